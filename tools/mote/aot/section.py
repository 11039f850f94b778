"""Native sections in modules (docs/formats/native.md): writes, finds and reads them, and keeps their alignment in the file."""

import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from mote.aot.hashing import native_hash
from mote.aot.image import Image
from mote.aot.leb import unsigned
from mote.aot.lines import encode_lines
from mote.aot.options import BOUNDS
from mote.errors import UserError
from mote.native_tables import native
from mote.wasm.module import check_header, section_header
from mote.wasm.reader import Reader

PREAMBLE = 8  # bytes before the first section
NAME = "mote.native"
MAGIC = 0x74616E6D
NO_ENTRY = 0xFFFFFFFF
FLAG_BOUNDS, FLAG_NO_POLLS, FLAG_STRIPPED, FLAG_FIXED_MEMORY = 3, 4, 8, 16
FILE_ALIGN = 16  # of the header in the file
SIZES = {2: "H", 4: "I"}


def header_format() -> struct.Struct:
    """The header's members as native_layout.def has them."""
    return struct.Struct("<" + "".join(SIZES[size] for size in native().header.values()))


@dataclass(frozen=True, slots=True)
class NativeSection:
    """A native section from its header on: where that is in the file, what the header and the names say, and all bytes."""

    offset: int
    data: bytes
    header: dict[str, int]
    target: str
    features: tuple[str, ...]

    @property
    def bounds(self) -> str:
        """How the code keeps inside its memory."""
        return BOUNDS[self.header["flags"] & FLAG_BOUNDS]

    @property
    def is_stripped(self) -> bool:
        """Whether the module's own code has been taken out."""
        return bool(self.header["flags"] & FLAG_STRIPPED)

    def part(self, name: str, size: int) -> bytes:
        """The part of the section that begins at the header's `<name>_at`."""
        return self.data[self.header[f"{name}_at"] :][:size]

    def problem(self, module: bytes) -> str:
        """Why the section cannot be used with the module it lies in, or an empty text."""
        header = self.header
        image = self.part("image", header["image_size"])
        if header["abi_major"] != native().version[0] or header["abi_minor"] > native().version[1]:
            return f"made for ABI {header['abi_major']}.{header['abi_minor']}"
        if not len(self.data) >= header["image_at"] >= header_format().size or len(image) != header["image_size"]:
            return "truncated"
        if header_hash(self.data) != header["header_hash"] or native_hash(image) != header["image_hash"]:
            return "corrupted"
        if native_hash(hashed_part(module)) != header["code_hash"]:
            return "stale: the module's code has changed since"
        return ""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a section says beside its image: the target, functions that the module defines (the first codes of the image),
    where in the image the entry thunk of each type begins (None: it has none), names of features that are required, flags.
    """

    target: str
    func_count: int
    entries: Sequence[int | None]
    features: Iterable[str]
    flags: int


def write_section(module: bytes, image: Image, wish: Wish) -> bytes:
    """A native section for a module, from its header on."""
    bits = {native().features[name] for name in wish.features}
    texts = [wish.target, *(native().feature_texts[bit] for bit in sorted(bits))]
    names = b"".join(text.encode() + b"\0" for text in texts)
    lines = encode_lines(image.lines)
    entries = [NO_ENTRY if at is None else at for at in wish.entries]
    has_frames = any(words for words, _ in image.frames)
    body = Body()
    header = dict.fromkeys(native().header, 0) | {
        "magic": MAGIC,
        "abi_major": native().version[0],
        "abi_minor": native().version[1],
        "image_hash": native_hash(image.data),
        "code_hash": native_hash(hashed_part(module)),
        "features": sum(1 << bit for bit in bits),
        "flags": wish.flags,
        "stack_bytes": image.stack_bytes,
        "func_count": wish.func_count,
        "code_count": len(image.offsets),
        "type_count": len(entries),
        "names_at": body.put(names),
        "names_size": len(names),
        "codes_at": body.put(numbers("I", image.offsets)),
        "entries_at": body.put(numbers("I", entries)),
        "frames_at": body.put(numbers("H", [n for row in image.frames for n in row])) if has_frames else 0,
        "lines_at": body.put(lines) if lines else 0,
        "lines_size": len(lines),
        "image_at": body.put(image.data, image.align),
        "image_size": len(image.data),
        "image_align": image.align,
    }
    return with_header(body.data, header)


class Body:
    """The bytes of a section while it grows; room for the header is there."""

    def __init__(self) -> None:
        self.data = bytearray(header_format().size)

    def put(self, part: bytes, align: int = 4) -> int:
        """Append a part; where it begins."""
        self.data += bytes(-len(self.data) % max(align, 4))
        self.data += part
        return len(self.data) - len(part)


def numbers(letter: str, values: Sequence[int]) -> bytes:
    """Numbers of 4 bytes (I) or 2 (H), one after the other."""
    return struct.pack(f"<{len(values)}{letter}", *values)


def header_hash(body: bytes) -> int:
    """The hash of all that is before the image, with 0 for itself."""
    header = dict(zip(native().header, header_format().unpack_from(body), strict=True))
    head = header_format().pack(*(header | {"header_hash": 0}).values())
    return native_hash(head + body[len(head) : header["image_at"]])


def with_header(body: bytes, header: dict[str, int]) -> bytes:
    """The section with this header and the hash that belongs to it."""
    size = header_format().size
    body = header_format().pack(*header.values()) + body[size:]
    return header_format().pack(*(header | {"header_hash": header_hash(body)}).values()) + body[size:]


def pieces(module: bytes) -> Iterator[tuple[int, str, int, bytes]]:
    """The sections of a module: id, name of a custom one, offset of the contents, all bytes; of native ones offset and bytes
    from the header on.
    """
    reader = Reader(module)
    check_header(reader)
    while reader.left:
        section, payload = section_header(reader)
        if section.name == NAME:
            padding = payload.u8() if payload.left else 0
            at = min(payload.pos + padding, section.end)
            yield section.id, section.name, at, module[at : section.end]
        else:
            yield section.id, section.name, section.payload, module[section.offset : section.end]


def hashed_part(module: bytes) -> bytes:
    """What native code is made from: from the first section to the end of the code section; nothing when there is none."""
    reader = Reader(module)
    check_header(reader)
    while reader.left:
        section, _ = section_header(reader)
        if section.text == "code":
            return module[PREAMBLE : section.end]
    return b""


def need_code(module: bytes) -> None:
    """Refuse a module whose code has been taken out."""
    if any(section.is_stripped for section in read_sections(module)):
        raise UserError("the module's code has been taken out by --strip-code", remedy="Compile the module as it was before.")


def read_sections(module: bytes) -> list[NativeSection]:
    """All native sections of a module that can be read; MalformedError when it is no module."""
    found = (read_section(body, at) for _, name, at, body in pieces(module) if name == NAME)
    return [section for section in found if section]


def read_section(body: bytes, offset: int) -> NativeSection | None:
    """A section from its header on, None when there is no header with names."""
    if len(body) < header_format().size:
        return None
    header = dict(zip(native().header, header_format().unpack_from(body), strict=True))
    names = body[header["names_at"] :][: header["names_size"]]
    if header["magic"] != MAGIC or not names.endswith(b"\0"):
        return None
    target, *features = names[:-1].decode(errors="replace").split("\0")
    return NativeSection(offset, body, header, target, tuple(features))


def pack(at: int, body: bytes) -> bytes:
    """A custom section for the offset `at` of a file, with the padding that puts the header where it belongs."""
    name = bytes([len(NAME)]) + NAME.encode()
    padding = 0
    while True:  # ends below 32: the size, whose length grows with the padding, grows once at most
        contents = name + bytes([padding]) + bytes(padding) + body
        head = b"\0" + unsigned(len(contents))
        if (at + len(head) + len(contents) - len(body)) % FILE_ALIGN == 0:
            return head + contents
        padding += 1


def join(module: bytes, parts: Iterable[tuple[str, bytes]]) -> bytes:
    """A module of these sections; native ones, given from their header on, get their padding."""
    result = bytearray(module[:8])
    for name, part in parts:
        result += pack(len(result), part) if name == NAME else part
    return bytes(result)


def add_section(module: bytes, body: bytes) -> bytes:
    """The module with a section at its end; one for the same target goes."""
    new = read_section(body, 0)
    assert new, "not a native section"
    kept = []
    for _, name, at, part in pieces(module):
        old = read_section(part, at) if name == NAME else None
        if old is None or old.target != new.target:
            kept.append((name, part))
    return join(module, [*kept, (NAME, body)])
