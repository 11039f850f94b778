"""`mote fs image`: images of folders, for boards and of sizes; what does not go in is named."""

import json
from pathlib import Path

import pytest

from mote.fsimage import Shape, board_shape, make_image, open_image
from support.places import ROOT
from tools.command import mote


def folder_of(tmp_path: Path, files: dict[str, bytes]) -> Path:
    """A folder with files."""
    folder = tmp_path / "folder"
    folder.mkdir()
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def test_image_holds_the_folder_and_is_always_the_same(tmp_path: Path) -> None:
    files = {"a.txt": b"text", "sub/deep/b": bytes(range(256)) * 100, "empty": b"", "ä": b"name"}
    folder = folder_of(tmp_path, files)
    (folder / "nothing-in-it").mkdir()
    image = tmp_path / "image.bin"
    result = mote("fs", "image", folder, "-o", image, "--size", "256K", "--json")
    assert (result.status, result.err) == (0, "")
    told = json.loads(result.out)
    assert (told["size"], told["block"], told["files"], told["bytes"]) == (262144, 4096, 4, sum(map(len, files.values())))
    read = open_image(Shape(262144, 4096), image.read_bytes())
    for name, content in files.items():
        with read.open(f"/{name}", "rb") as file:
            assert file.read() == content
    assert read.listdir("/nothing-in-it") == []
    assert told["free"] == 262144 - 4096 * read.used_block_count
    assert make_image(folder, Shape(262144, 4096))[0] == image.read_bytes()


def test_board_gives_the_shape(tmp_path: Path) -> None:
    data = {path.parent.name: json.loads(path.read_text()) for path in ROOT.glob("boards/*/board.json")}
    boards = [name for name, board in data.items() if "files" in board.get("partitions", {})]
    assert boards
    folder = folder_of(tmp_path, {"file": b"x"})
    for board in boards:
        shape = board_shape(board)
        result = mote("fs", "image", folder, "-o", tmp_path / board, "--for", board)
        assert (result.status, result.err) == (0, "")
        assert (tmp_path / board).stat().st_size == shape.size
        assert f"{shape.size:,} bytes in blocks of {shape.block:,} bytes; 1 file, 1 byte;" in result.out


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--size", "much"], "--size: 'much' is no number of bytes. Write it as in 65536, 64K or 1M"),
        (["--size", "10K"],
         "--size 10240: is no size of an image. It is a multiple of the block's 4,096 bytes, 16,384 bytes at least"),
        (["--block", "5000"], "--block 5000: is no size of a block. It is a power of two, 4096 at least"),
        (["--for", "nowhere"], "nowhere: there is no such board. List them: scons boards"),
        (["--for", "linux"], "linux: this board has no region for files. Leave --for out and say --size"),
    ],
)
def test_mistake_is_one_line(tmp_path: Path, arguments: list[str], line: str) -> None:
    result = mote("fs", "image", folder_of(tmp_path, {}), "-o", tmp_path / "image", *arguments)
    assert (result.status, result.out, result.err) == (2, "", f"mote: {line}\n")


def test_what_does_not_go_in_is_named(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, {"large": bytes(100_000)})
    image = ["-o", tmp_path / "image", "--size", "64K"]
    result = mote("fs", "image", folder, *image)
    assert result.status == 1
    assert result.err.startswith(f"mote: {folder}/large: does not fit any more: the image has 16 blocks of 4,096 bytes. Choose")
    (folder / "large").unlink()
    (folder / ("n" * 64)).touch()
    assert "its name is too long. A name has up to 63 bytes" in mote("fs", "image", folder, *image).err
    (folder / ("n" * 64)).unlink()
    (folder / "loop").symlink_to(folder)
    assert "loop: is a symbolic link to a folder. An image has no links" in mote("fs", "image", folder, *image).err
