"""A compiled function apart from its object file: its code and constants, what is to be filled in, its frame and its lines.

Codes are plain data that travels between processes and lies in the cache.
"""

from dataclasses import dataclass
from typing import NamedTuple

from mote.aot.elf import (
    EM_ARM,
    SHF_ALLOC,
    SHF_EXECINSTR,
    SHF_MERGE,
    SHF_WRITE,
    SHN_LORESERVE,
    SHN_UNDEF,
    SHT_PROGBITS,
    Elf,
    Section,
    Symbol,
)
from mote.aot.frames import read_frame
from mote.aot.lines import Row, read_lines
from mote.aot.relocate_thumb import addend_in
from mote.errors import UserError

# Sections for unwinders of C++ and debuggers.
NOT_NEEDED = (".eh_frame", ".ARM.ex", ".note")


class Relocation(NamedTuple):
    """Something to be filled in: where in the part, what kind (the number in ELF), and the place it refers to: the name of
    another function or the number of a part and an offset in it, and what is added to that.
    """

    place: int
    kind: int
    target: str | int
    offset: int
    addend: int


@dataclass(frozen=True, slots=True)
class Part:
    """Bytes that stay together: the text, or constants."""

    data: bytes
    align: int
    relocations: tuple[Relocation, ...]


@dataclass(frozen=True, slots=True)
class Code:
    """A function or thunk: its text is the first part and begins with its first instruction.

    `frame_words` and `link_words` are a row of `frames` in docs/formats/native.md, `lines` pairs of address in the text and
    line.
    """

    name: str
    parts: tuple[Part, ...]
    frame_words: int
    link_words: int
    lines: tuple[Row, ...]

    def line(self, address: int) -> int:
        """The line that an address in the text belongs to, or 0."""
        return next((line for at, line in reversed(self.lines) if at <= address), 0)


def read_object(data: bytes, name: str) -> Code:
    """The code of the function of this name, which is the only one in the object file."""
    elf = Elf(data)
    parts = Parts(elf, name)
    frame, link = read_frame(elf, name)
    return Code(name, parts.build(), frame, link, read_lines(elf))


class Parts:
    """The parts of an object file; a section whose pieces can be shared becomes a part for each piece."""

    def __init__(self, elf: Elf, name: str) -> None:
        self.elf = elf
        self.name = name
        self.places: list[tuple[Section, int, int]] = []  # section, where the part begins in it, where it ends
        self.first: dict[int, tuple[int, int]] = {}  # section -> its first part, and the size of each
        text = self.find_text()
        for section in sorted(elf.sections, key=lambda s: s.index != text):
            if section.flags & SHF_ALLOC and section.size and not section.name.startswith(NOT_NEEDED):
                self.add(section)

    def find_text(self) -> int:
        """The number of the section that the function lies in, which must begin with it."""
        for symbol in self.elf.symbols:
            if symbol.is_function and self.elf.name(symbol) == self.name:
                assert symbol.value & ~self.thumb_bit == 0, f"{self.name} is not the first function of its object file"
                return symbol.section
        raise AssertionError(f"the object file does not define {self.name}")

    @property
    def thumb_bit(self) -> int:
        """The bit of a function's address that is no part of the address."""
        return 1 if self.elf.machine == EM_ARM else 0

    def add(self, section: Section) -> None:
        """Make parts of a section."""
        if section.flags & SHF_WRITE or section.type != SHT_PROGBITS:
            raise UserError(f"its code wants {section.name}, which native code cannot have", self.name)
        sharable = section.flags & SHF_MERGE and not section.flags & SHF_EXECINSTR and section.entry_size
        size = section.entry_size if sharable and section.index not in self.elf.relocations else section.size
        self.first[section.index] = (len(self.places), size)
        self.places += [(section, at, min(at + size, section.size)) for at in range(0, section.size, size)]

    def build(self) -> tuple[Part, ...]:
        """All parts with their relocations."""
        return tuple(
            Part(section.data[start:end], section.align, self.relocations(section) if start == 0 else ())
            for section, start, end in self.places
        )

    def relocations(self, section: Section) -> tuple[Relocation, ...]:
        """What is to be filled in in a section (one of several parts has nothing)."""
        rows = []
        for place, kind, index, addend in self.elf.relocations_of(section):
            if addend is None:
                addend = addend_in(kind, section.data, place)  # only Arm has that
            rows.append(self.relocation(place, kind, self.elf.symbols[index], addend))
        return tuple(rows)

    def relocation(self, place: int, kind: int, symbol: Symbol, addend: int) -> Relocation:
        """One relocation; functions are referred to by name, whether they lie here or elsewhere."""
        if symbol.section == SHN_UNDEF or symbol.is_function:
            return Relocation(place, kind, self.elf.name(symbol), 0, addend)
        if symbol.section >= SHN_LORESERVE or symbol.section not in self.first:
            raise UserError(f"its code refers to {self.elf.name(symbol)}, which is no part of native code", self.name)
        part, size = self.first[symbol.section]
        offset = symbol.value
        if offset == 0 and size < self.elf.sections[symbol.section].size and addend >= size:  # the section's symbol
            offset, addend = addend, 0
        return Relocation(place, kind, part + offset // size, offset % size, addend)
