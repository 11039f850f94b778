"""Reads relocatable ELF files as compilers write them: sections, symbols, relocations. Little-endian, 32 and 64 bits.

Lean on purpose: thousands of small files pass through here for each module.
"""

import struct
from collections.abc import Iterator

EM_ARM, EM_X86_64, EM_AARCH64, EM_RISCV = 40, 62, 183, 243
SHT_PROGBITS, SHT_SYMTAB, SHT_RELA, SHT_NOBITS, SHT_REL = 1, 2, 4, 8, 9
SHF_WRITE, SHF_ALLOC, SHF_EXECINSTR, SHF_MERGE = 1, 2, 4, 16
STT_FUNC = 2
SHN_UNDEF, SHN_LORESERVE = 0, 0xFF00

FILE_HEADER = {4: struct.Struct("<16sHHIIIIIHHHHHH"), 8: struct.Struct("<16sHHIQQQIHHHHHH")}
SECTION_HEADER = {4: struct.Struct("<10I"), 8: struct.Struct("<IIQQQQIIQQ")}
SYMBOL = {4: struct.Struct("<IIIBBH"), 8: struct.Struct("<IBBHQQ")}
REL = {4: struct.Struct("<II"), 8: struct.Struct("<QQ")}
RELA = {4: struct.Struct("<IIi"), 8: struct.Struct("<QQq")}
# How many low bits of r_info are the kind.
KIND_BITS = {4: 8, 8: 32}


class Section:
    """A section: its header's numbers and the bytes, which are empty for SHT_NOBITS."""

    __slots__ = ("align", "data", "entry_size", "flags", "index", "info", "link", "name", "size", "type")

    def __init__(self, index: int, name: str, header: tuple[int, ...], data: bytes) -> None:
        _, self.type, self.flags, _, at, self.size, self.link, self.info, align, self.entry_size = header
        self.index = index
        self.name = name
        self.align = align or 1
        self.data = b"" if self.type == SHT_NOBITS else data[at : at + self.size]


class Symbol:
    """A symbol; `section` is 0 when it is defined elsewhere."""

    __slots__ = ("is_function", "name_at", "section", "value")

    def __init__(self, name_at: int, info: int, section: int, value: int) -> None:
        self.name_at = name_at
        self.is_function = info & 15 == STT_FUNC
        self.section = section
        self.value = value


class Elf:
    """A relocatable file, parsed as far as every user needs it."""

    def __init__(self, data: bytes) -> None:
        self.word = 8 if data[4] == 2 else 4
        header = FILE_HEADER[self.word].unpack_from(data)
        self.machine = header[2]
        at, count, names = header[6], header[12], header[13]
        unpack = SECTION_HEADER[self.word].unpack_from
        step = SECTION_HEADER[self.word].size
        headers = [unpack(data, at + i * step) for i in range(count)]
        texts = self.strings = data[headers[names][4] : headers[names][4] + headers[names][5]]
        self.sections = [Section(i, text_at(texts, h[0]), h, data) for i, h in enumerate(headers)]
        self.symbols = list(self._symbols())
        self.relocations = {s.info: s for s in self.sections if s.type in (SHT_REL, SHT_RELA)}

    def _symbols(self) -> Iterator[Symbol]:
        """The symbols of the only table."""
        for table in self.sections:
            if table.type == SHT_SYMTAB:
                self.strings = self.sections[table.link].data
                for row in SYMBOL[self.word].iter_unpack(table.data):
                    if self.word == 4:
                        yield Symbol(row[0], row[3], row[5], row[1])
                    else:
                        yield Symbol(row[0], row[1], row[3], row[4])

    def name(self, symbol: Symbol) -> str:
        """A symbol's name."""
        return text_at(self.strings, symbol.name_at)

    def find(self, name: str) -> Section | None:
        """The first section of this name."""
        return next((s for s in self.sections if s.name == name), None)

    def relocations_of(self, section: Section) -> Iterator[tuple[int, int, int, int | None]]:
        """A section's relocations: place, kind, index of the symbol, addend (None: it stands at the place)."""
        table = self.relocations.get(section.index)
        if table is None:
            return
        bits = KIND_BITS[self.word]
        mask = (1 << bits) - 1
        if table.type == SHT_RELA:
            for place, info, addend in RELA[self.word].iter_unpack(table.data):
                yield place, info & mask, info >> bits, addend
        else:
            for place, info in REL[self.word].iter_unpack(table.data):
                yield place, info & mask, info >> bits, None


def text_at(strings: bytes, at: int) -> str:
    """The zero-terminated text at an offset of a string table."""
    return strings[at : strings.index(b"\0", at)].decode()
