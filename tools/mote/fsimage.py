"""Images of a device's file system (littlefs), made on this machine: from a folder, for a board's region of flash or of a size.

The firmware reads them as they are; firmware/host/wasi/littlefs_mount.c has the other half of what the two agree on.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mote import checkout
from mote.console import number, size
from mote.errors import ExitCode, UserError

BLOCK_BYTES_MIN = 4096  # smaller sectors are taken together
NAME_BYTES_MAX = 63
METADATA_BYTES_MAX = 16384
BLOCKS_MIN = 4
SIZE_DEFAULT = 1 << 20
UNITS = {"K": 1 << 10, "M": 1 << 20, "G": 1 << 30}
NO_SPACE = -28


@dataclass(frozen=True)
class Shape:
    """How large an image is, and the blocks that flash erases at once."""

    size: int = SIZE_DEFAULT
    block: int = BLOCK_BYTES_MIN


@dataclass(frozen=True)
class Contents:
    """What an image holds."""

    files: int
    bytes: int
    free: int


def read_bytes(text: str | int, where: str) -> int:
    """A number of bytes as people and board.json write it: 4096, 0x1000, 4K, 1M."""
    digits = str(text).strip()
    unit = UNITS.get(digits[-1:].upper(), 1)
    try:
        value = int(digits[:-1] if unit > 1 else digits, 0) * unit
    except ValueError:
        value = 0
    if value <= 0:
        raise UserError(f"'{text}' is no number of bytes", where, "Write it as in 65536, 64K or 1M", ExitCode.USAGE)
    return value


def shape_of(board: str | None, size_text: str | None, block_text: str | None) -> Shape:
    """The shape that the words on the command line ask for; those of the board stand behind them."""
    shape = board_shape(board) if board else Shape()
    total = read_bytes(size_text, "--size") if size_text else shape.size
    block = read_bytes(block_text, "--block") if block_text else shape.block
    if block < BLOCK_BYTES_MIN or block & (block - 1):
        raise UserError("is no size of a block", f"--block {block}", "It is a power of two, 4096 at least", ExitCode.USAGE)
    if total % block or total < BLOCKS_MIN * block:
        remedy = f"It is a multiple of the block's {size(block)}, {size(BLOCKS_MIN * block)} at least"
        raise UserError("is no size of an image", f"--size {total}", remedy, ExitCode.USAGE)
    return Shape(total, block)


def board_shape(board: str) -> Shape:
    """The region for files in a board's flash."""
    path = checkout.root() / "boards" / board / "board.json"
    if not path.is_file():
        raise UserError("there is no such board", board, "List them: scons boards", ExitCode.USAGE)
    data = json.loads(path.read_text(encoding="utf-8"))
    partition = data.get("partitions", {}).get("files")
    if not partition:
        raise UserError("this board has no region for files", board, "Leave --for out and say --size", ExitCode.USAGE)
    sector = read_bytes(data["devices"]["flash"].get("sector", BLOCK_BYTES_MIN), str(path))
    return Shape(read_bytes(partition["size"], str(path)), max(sector, BLOCK_BYTES_MIN))


def open_image(shape: Shape, data: bytes | None = None) -> Any:
    """A littlefs in memory, as the firmware has it: made anew, or mounted from an image's bytes."""
    import littlefs

    context = littlefs.UserContext(buffer=bytearray(data if data is not None else b"\xff" * shape.size))
    blocks = {"block_size": shape.block, "block_count": shape.size // shape.block, "name_max": NAME_BYTES_MAX}
    caches = {"read_size": 256, "prog_size": 256, "cache_size": 256, "lookahead_size": 16}
    image = littlefs.LittleFS(context=context, mount=False, metadata_max=min(shape.block, METADATA_BYTES_MAX), **blocks, **caches)
    if data is None:
        image.format()
    image.mount()
    return image


def make_image(folder: Path, shape: Shape) -> tuple[bytes, Contents]:
    """The bytes of an image with all that is in a folder; the same folder gives the same bytes."""
    import littlefs

    image = open_image(shape)
    files = total = 0
    for path, name in walk(folder):
        try:
            if path.is_dir():
                image.mkdir(name)
                continue
            content = path.read_bytes()
            with image.open(name, "wb") as file:
                file.write(content)
        except littlefs.LittleFSError as error:
            raise told(error, path, shape) from error
        files += 1
        total += len(content)
    used = image.used_block_count * shape.block
    image.unmount()
    return bytes(image.context.buffer), Contents(files, total, shape.size - used)


def told(error: Any, path: Path, shape: Shape) -> UserError:
    """What littlefs refuses, for people."""
    if error.code != NO_SPACE:
        return UserError(f"littlefs refuses it: {error}", str(path))
    blocks = number(shape.size // shape.block, "block")
    remedy = "Choose a larger --size. A file takes whole blocks, a directory two; small files share them"
    return UserError(f"does not fit any more: the image has {blocks} of {size(shape.block)}", str(path), remedy)


def walk(folder: Path) -> Iterator[tuple[Path, str]]:
    """All files and folders below a folder with their names in the image, each folder before what is in it."""
    for path in sorted(folder.rglob("*"), key=lambda path: path.relative_to(folder).parts):
        name = "/" + path.relative_to(folder).as_posix()
        if len(path.name.encode()) > NAME_BYTES_MAX:
            raise UserError("its name is too long", str(path), f"A name has up to {size(NAME_BYTES_MAX)}")
        if path.is_symlink() and path.is_dir():
            raise UserError("is a symbolic link to a folder", str(path), "An image has no links: copy the folder")
        if not path.is_file() and not path.is_dir():
            raise UserError("is neither a file nor a folder", str(path), "Leave it out")
        yield path, name
