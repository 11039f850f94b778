"""Takes a linked program apart: every byte of flash and RAM goes to a file and a function, variable or constant.

The linker's map says which piece of which object lies where, the symbols say what is in a piece, `origins.py` whose it is.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from pathlib import Path

from elftools.elf.constants import SH_FLAGS
from elftools.elf.elffile import ELFFile
from elftools.elf.sections import Section

from footprint import RETAINED, STACK, Entry, Footprint
from linker_map import Piece, read_map
from origins import LINKER, Origin, Origins, split_constants
from report import Size

# Sections of programs under an operating system that are written only while it loads them.
RELOCATED = (".data.rel.ro", ".got", ".dynamic", ".init_array", ".fini_array", ".tm_clone_table")
STRINGS = re.compile(r"\.str\d+\.(\d+)$")  # what a linker merges: strings with their alignment,
CONSTANTS = re.compile(r"\.cst(\d+)$")  # constants with their size
KIND = re.compile(r"^\.(s?rodata|text|s?data|s?bss)\b\.?(.*)")
# What is kept of RAM for something, from one symbol of the linker script to another.
RESERVED = (
    (LINKER, "link_ram_code_rest", "link_guard_start"),
    (STACK, "link_guard_start", "link_stack_end"),
    (RETAINED, "link_retained_start", "link_retained_end"),
)
RAM_CODE = ".ram_code"
Row = tuple[Origin, str, int]


def measure_program(program: Path, origins: Origins, limits: Size | None) -> Footprint:
    """What a program takes; its map lies beside it. `limits` are the board's flash and RAM."""
    footprint = Footprint(program.name, limits=limits)
    pieces = read_map(Path(f"{program}.map").read_text(encoding="utf-8", errors="replace"))
    with program.open("rb") as file:
        elf = ELFFile(file)
        origins.learn(elf, pieces)
        symbols = Symbols(elf)
        for section in elf.iter_sections():
            if section["sh_flags"] & SH_FLAGS.SHF_ALLOC and section["sh_size"] and not is_template(section):
                flash, ram = section["sh_type"] != "SHT_NOBITS", is_in_ram(section)
                inside = [piece for piece in pieces if piece.output == section.name]
                for origin, name, size in section_rows(section, inside, symbols, origins):
                    footprint.entries.append(Entry(origin, name, Size(size * flash, size * ram)))
        add_memory(footprint, symbols.values)
    return footprint


def is_template(section: Section) -> bool:
    """Whether a section is what threads start with and only they have."""
    return bool(section["sh_flags"] & SH_FLAGS.SHF_TLS) and section["sh_type"] == "SHT_NOBITS"


def is_in_ram(section: Section) -> bool:
    """Whether a section lies in RAM while the program runs: what may be written, and code that is copied there."""
    written = section["sh_flags"] & SH_FLAGS.SHF_WRITE and not section.name.startswith(RELOCATED)
    return section.name == RAM_CODE or bool(written)


class Symbols:
    """The functions and variables of a program by their addresses."""

    def __init__(self, elf: ELFFile) -> None:
        """Read the table of symbols. Functions in Thumb code have odd addresses there."""
        odd = 1 if elf["e_machine"] == "EM_ARM" else 0
        table = elf.get_section_by_name(".symtab")
        symbols = list(table.iter_symbols()) if table else []
        self.values = {symbol.name: symbol["st_value"] for symbol in symbols}
        sized = [symbol for symbol in symbols if symbol["st_size"] and symbol["st_info"]["type"] in ("STT_FUNC", "STT_OBJECT")]
        self.rows = sorted(
            (symbol["st_value"] & ~(odd if symbol["st_info"]["type"] == "STT_FUNC" else 0), symbol["st_size"], symbol.name)
            for symbol in sized
        )

    def within(self, start: int, end: int) -> Iterator[tuple[str, int]]:
        """The symbols between two addresses with their sizes; no name where there is none."""
        at = start
        for address, size, name in self.rows[bisect_left(self.rows, (start,)) :]:
            if address >= end:
                break
            if address + size > at:
                if address > at:
                    yield "", address - at
                stop = min(address + size, end)
                yield name, stop - max(address, at)
                at = stop
        if at < end:
            yield "", end - at


def section_rows(section: Section, pieces: list[Piece], symbols: Symbols, origins: Origins) -> Iterator[Row]:
    """Every byte of a section: piece by piece, and what lies between them."""
    data = section.data() if section["sh_type"] != "SHT_NOBITS" else b""
    at, base, end = section["sh_addr"], section["sh_addr"], section["sh_addr"] + section["sh_size"]
    for piece in sorted(pieces, key=lambda piece: piece.address):
        start, stop = max(piece.address, at), min(piece.address + piece.size, end)
        if start >= stop:
            continue
        if start > at:
            yield LINKER, "", start - at
        yield from piece_rows(piece, data[start - base : stop - base], start, stop, symbols, origins)
        at = stop
    if at < end:
        yield LINKER, "", end - at


def piece_rows(piece: Piece, data: bytes, start: int, stop: int, symbols: Symbols, origins: Origins) -> Iterator[Row]:
    """Every byte of a piece: its symbols, or the files whose strings and constants it holds."""
    strings, constants = STRINGS.search(piece.section), CONSTANTS.search(piece.section)
    if data and (strings or constants):
        size, align = (0, int(strings[1])) if strings else (int(constants[1]), 1)
        for length, content in split_constants(data, size, align, start):
            yield origins.of_constant(content, piece.file), "strings" if strings else "constants", length
        return
    holder = origins.of_file(piece.file)
    at = start
    for name, size in symbols.within(start, stop):
        known = (name or named_after(piece)).partition(".")[0]  # compilers put .constprop.0 and the like behind a name
        yield origins.of_symbol(holder, known, at), name or rest_of(piece), size
        at += size


def named_after(piece: Piece) -> str:
    """The function or variable that a section of an object is named after."""
    kind = KIND.match(piece.section)
    return kind[2] if kind else ""


def rest_of(piece: Piece) -> str:
    """A name for what has no symbol: tables of jumps, code written in assembly."""
    kind = KIND.match(piece.section)
    what = {"rodata": "constants", "text": "code"}.get(kind[1].removeprefix("s"), "variables") if kind else piece.section
    return f"{kind[2]} ({what})" if kind and kind[2] else what


def add_memory(footprint: Footprint, values: dict[str, int]) -> None:
    """What the linker script of a bare board reserves of RAM, and what it leaves free."""
    if "link_pool_start" not in values:
        return
    for origin, first, last in RESERVED:
        footprint.entries.append(Entry(origin, "", Size(0, values[last] - values[first])))
    footprint.pool = values["link_pool_end"] - values["link_pool_start"]
