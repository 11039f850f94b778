"""A bounds-checked reader of a module's bytes: integers, names and vectors (core specification, 5.1 to 5.2).

The first thing that is wrong raises MalformedError with its byte offset; its texts are those of errors.def.
"""

from collections.abc import Callable
from typing import TypeVar

from mote.tables import tables

Item = TypeVar("Item")


class MalformedError(Exception):
    """The bytes are not a module: a row of errors.def, the byte offset, what exactly, and in which function."""

    def __init__(self, name: str, offset: int, detail: str = "", funcidx: int | None = None) -> None:
        self.name = name
        self.offset = offset
        self.text = tables().errors[name].text
        self.detail = detail
        self.funcidx = funcidx
        super().__init__(str(self))

    @property
    def kind(self) -> str:
        """Whether the bytes make no module or the module breaks a rule; errors.def lists them in this order."""
        names = list(tables().errors)
        return "invalid" if names.index(self.name) >= names.index("TYPE_MISMATCH") else "malformed"

    def __str__(self) -> str:
        detail = f": {self.detail}" if self.detail else ""
        function = "" if self.funcidx is None else f", function {self.funcidx}"
        return f"{self.kind}: {self.text}{detail} (offset 0x{self.offset:x}{function})"


class Reader:
    """Reads `data` from `pos` up to `end`; offsets are those in `data`."""

    __slots__ = ("data", "end", "pos")

    def __init__(self, data: bytes, pos: int = 0, end: int | None = None) -> None:
        self.data = data
        self.pos = pos
        self.end = len(data) if end is None else end

    @property
    def left(self) -> int:
        """How many bytes have not been read yet."""
        return self.end - self.pos

    def u8(self) -> int:
        """One byte."""
        if self.pos >= self.end:
            raise MalformedError("UNEXPECTED_END", self.pos)
        self.pos += 1
        return self.data[self.pos - 1]

    def take(self, size: int) -> bytes:
        """The next `size` bytes."""
        if size > self.left:
            raise MalformedError("UNEXPECTED_END", self.pos)
        self.pos += size
        return self.data[self.pos - size : self.pos]

    def part(self, size: int) -> "Reader":
        """A reader for the next `size` bytes, which this one then has behind it."""
        if size > self.left:
            raise MalformedError("LENGTH_OUT_OF_BOUNDS", self.pos)
        self.pos += size
        return Reader(self.data, self.pos - size, self.pos)

    def u32(self) -> int:
        """An unsigned 32-bit LEB128 number."""
        pos = self.pos
        if pos < self.end and self.data[pos] < 0x80:
            self.pos = pos + 1
            return self.data[pos]
        return self.leb(32, signed=False)

    def s32(self) -> int:
        """A signed 32-bit LEB128 number."""
        return self.leb(32, signed=True)

    def s33(self) -> int:
        """A signed 33-bit LEB128 number, as in block types."""
        return self.leb(33, signed=True)

    def s64(self) -> int:
        """A signed 64-bit LEB128 number."""
        return self.leb(64, signed=True)

    def leb(self, bits: int, signed: bool) -> int:
        """A LEB128 number of at most `bits` bits; longer ones and ones with unused bits set are malformed."""
        start, value, shift = self.pos, 0, 0
        while True:
            byte = self.u8()
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                break
            if shift >= bits:
                raise MalformedError("LEB_TOO_LONG", start)
        if signed and byte & 0x40:
            value -= 1 << shift
        low, high = (-(1 << (bits - 1)), 1 << (bits - 1)) if signed else (0, 1 << bits)
        if not low <= value < high:
            raise MalformedError("LEB_TOO_LARGE", start)
        return value

    def name(self) -> str:
        """A name: a length and that many bytes of UTF-8."""
        size = self.u32()
        start = self.pos
        if size > self.left:
            raise MalformedError("LENGTH_OUT_OF_BOUNDS", start)
        try:
            return self.take(size).decode("utf-8")
        except UnicodeDecodeError as error:
            raise MalformedError("BAD_UTF8", start + error.start) from error

    def vector(self, read: Callable[["Reader"], Item], item_size: int = 1) -> list[Item]:
        """A vector: its count is checked against the bytes left, at least `item_size` for each item."""
        start = self.pos
        count = self.u32()
        if count * item_size > self.left:
            raise MalformedError("LENGTH_OUT_OF_BOUNDS", start, f"{count} items cannot fit in {self.left} bytes")
        return [read(self) for _ in range(count)]
