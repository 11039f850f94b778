"""Writes modules byte by byte: numbers, sections, instructions by their text. Opcodes come from the firmware's tables."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache

from mote.tables import tables

HEADER = b"\0asm\1\0\0\0"
NUMBERS = ("i32", "i64", "f32", "f64")
REFERENCES = ("funcref", "externref")


@cache
def opcode(text: str) -> bytes:
    """The bytes of an instruction without its immediates."""
    for op in tables().ops.values():
        if op.text == text:
            return bytes([op.prefix]) + unsigned(op.code) if op.prefix else bytes([op.code])
    raise KeyError(text)


@cache
def valtype(text: str) -> int:
    """The byte of a value type."""
    return next(row.byte for row in tables().valtypes.values() if row.text == text)


@cache
def section_id(text: str) -> int:
    """The number of a section."""
    return next(row.id for row in tables().sections.values() if row.text == text)


@cache
def unsigned(number: int) -> bytes:
    """LEB128."""
    out = bytearray()
    while number >= 0x80:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes(out + bytes([number]))


def signed(number: int) -> bytes:
    """Signed LEB128."""
    out = bytearray()
    while not -64 <= number < 64:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes(out + bytes([number & 0x7F]))


def constant(kind: str, bits: int) -> bytes:
    """A constant of a number type from its unsigned bits."""
    if kind in ("f32", "f64"):
        return opcode(f"{kind}.const") + bits.to_bytes(4 if kind == "f32" else 8, "little")
    width = int(kind[1:])
    return opcode(f"{kind}.const") + signed(bits - (1 << width) if bits >> (width - 1) else bits)


def name(text: str) -> bytes:
    """A name with its length."""
    return unsigned(len(text.encode())) + text.encode()


def vector(items: Iterable[bytes]) -> bytes:
    """A count and the items."""
    listed = list(items)
    return unsigned(len(listed)) + b"".join(listed)


def section(kind: str, content: bytes) -> bytes:
    """A section with its size."""
    return bytes([section_id(kind)]) + unsigned(len(content)) + content


def custom_section(title: str, content: bytes) -> bytes:
    """A custom section."""
    return section("custom", name(title) + content)


def limits(minimum: int, maximum: int | None) -> bytes:
    """Limits of a table or memory."""
    return b"\0" + unsigned(minimum) if maximum is None else b"\1" + unsigned(minimum) + unsigned(maximum)


def sized(content: bytes) -> bytes:
    """Bytes behind their count."""
    return unsigned(len(content)) + content


@dataclass(frozen=True)
class FuncType:
    """A function type by the texts of its value types."""

    params: tuple[str, ...] = ()
    results: tuple[str, ...] = ()

    def encoded(self) -> bytes:
        """As in the type section."""
        return b"\x60" + types(self.params) + types(self.results)


def types(listed: Sequence[str]) -> bytes:
    """A vector of value types."""
    return unsigned(len(listed)) + bytes(map(valtype, listed))


def body(code: bytes, locals_: Sequence[str] = ()) -> bytes:
    """A function body of the code section: runs of equal locals, code, END."""
    runs: list[tuple[int, str]] = []
    for kind in locals_:
        if runs and runs[-1][1] == kind:
            runs[-1] = (runs[-1][0] + 1, kind)
        else:
            runs.append((1, kind))
    groups = vector(unsigned(count) + bytes([valtype(kind)]) for count, kind in runs)
    return sized(groups + code + opcode("end"))


@dataclass
class ModuleBytes:
    """The contents of each section as lists of encoded items."""

    types: list[FuncType] = field(default_factory=list)
    imports: list[bytes] = field(default_factory=list)
    functions: list[int] = field(default_factory=list)
    tables: list[bytes] = field(default_factory=list)
    memories: list[bytes] = field(default_factory=list)
    globals: list[bytes] = field(default_factory=list)
    exports: list[bytes] = field(default_factory=list)
    start: int | None = None
    elements: list[bytes] = field(default_factory=list)
    data_count: int | None = None
    bodies: list[bytes] = field(default_factory=list)
    datas: list[bytes] = field(default_factory=list)
    customs: list[bytes] = field(default_factory=list)

    def typeidx(self, kind: FuncType) -> int:
        """The index of a function type, added when it is new."""
        if kind not in self.types:
            self.types.append(kind)
        return self.types.index(kind)

    def add_function(self, kind: FuncType, code: bytes, locals_: Sequence[str] = (), export: str = "") -> int:
        """A function defined here (imports must be complete); returns its index among the defined ones."""
        self.functions.append(self.typeidx(kind))
        self.bodies.append(body(code, locals_))
        if export:
            self.export(export, "func", len(self.functions) - 1)
        return len(self.functions) - 1

    def export(self, title: str, kind: str, index: int) -> None:
        """An export."""
        self.exports.append(name(title) + bytes([EXTERNS.index(kind)]) + unsigned(index))

    def encoded(self) -> bytes:
        """The module."""
        parts = [HEADER]
        listed = (
            ("type", [kind.encoded() for kind in self.types]), ("import", self.imports),
            ("function", [unsigned(index) for index in self.functions]), ("table", self.tables),
            ("memory", self.memories), ("global", self.globals), ("export", self.exports),
        )
        parts += [section(kind, vector(items)) for kind, items in listed if items]
        parts += [section("start", unsigned(self.start))] if self.start is not None else []
        parts += [section("element", vector(self.elements))] if self.elements else []
        parts += [section("data count", unsigned(self.data_count))] if self.data_count is not None else []
        parts += [section("code", vector(self.bodies))] if self.bodies else []
        parts += [section("data", vector(self.datas))] if self.datas else []
        return b"".join(parts + self.customs)


EXTERNS = ("func", "table", "memory", "global")
