"""What a program's debug information tells of its functions and variables: which source was compiled, which file has them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from elftools.dwarf.compileunit import CompileUnit
from elftools.dwarf.die import DIE
from elftools.elf.elffile import ELFFile

WHOLE = "<artificial>"  # what gcc compiled when it linked, from many sources
ADDRESS_FOLLOWS = 0x03  # DW_OP_addr


@dataclass(frozen=True)
class Definition:
    """A function or variable: the source that was compiled, the file it is written in; where it lies if it was compiled when the
    program was linked."""

    name: str
    source: str
    file: Path
    address: int | None


def definitions(program: ELFFile, wanted: Callable[[str], bool]) -> Iterator[Definition]:
    """The definitions of sources that are wanted by name, and of all that were compiled when the program was linked."""
    for unit in program.get_dwarf_info().iter_CUs() if program.has_dwarf_info() else ():
        is_whole = unit_name(unit) == WHOLE
        for entry in entries(unit.get_top_DIE(), is_whole) if is_whole or wanted(unit_name(unit)) else ():
            address = address_of(entry, program.little_endian) if is_whole else None
            if is_whole == (address is not None) and "DW_AT_declaration" not in entry.attributes:
                yield from defined(entry, address)


def entries(top: DIE, is_deep: bool) -> Iterator[DIE]:
    """The entries in one; the deep ones are variables of functions."""
    for entry in top.iter_children():
        yield entry
        if is_deep and entry.tag in ("DW_TAG_subprogram", "DW_TAG_lexical_block", "DW_TAG_inlined_subroutine"):
            yield from entries(entry, is_deep)


def defined(entry: DIE, address: int | None) -> Iterator[Definition]:
    """What an entry defines: its name may be that of a declaration, the file is that of the definition."""
    names = [link.attributes["DW_AT_name"].value.decode() for link in links(entry) if "DW_AT_name" in link.attributes]
    places = [link for link in links(entry) if "DW_AT_decl_file" in link.attributes]
    if names and places:
        file = file_of(places[0].cu, places[0].attributes["DW_AT_decl_file"].value)
        yield Definition(names[0], unit_name(places[0].cu), file, address)


def unit_name(unit: CompileUnit) -> str:
    """The source of a compilation unit, as the compiler was told."""
    return unit.get_top_DIE().attributes["DW_AT_name"].value.decode()


def links(entry: DIE) -> Iterator[DIE]:
    """An entry, and those that it was made from or that declared it."""
    yield entry
    for link in ("DW_AT_abstract_origin", "DW_AT_specification"):
        if link in entry.attributes:
            yield from links(entry.get_DIE_from_attribute(link))


def address_of(entry: DIE, is_little: bool) -> int | None:
    """Where a function or variable lies."""
    facts = entry.attributes
    if "DW_AT_low_pc" in facts:
        return facts["DW_AT_low_pc"].value
    place = facts["DW_AT_location"].value if "DW_AT_location" in facts else None
    if isinstance(place, list) and place and place[0] == ADDRESS_FOLLOWS:
        return int.from_bytes(bytes(place[1:]), "little" if is_little else "big")
    return None


def file_of(unit: CompileUnit, number: int) -> Path:
    """A file by its number in a compilation unit."""
    header = unit.dwarfinfo.line_program_for_CU(unit).header
    first = 0 if header["version"] >= 5 else 1  # before DWARF 5 files and folders count from 1
    file = header["file_entry"][number - first]
    folder = header["include_directory"][file.dir_index - first] if file.dir_index >= first else b""
    return Path(folder.decode()) / file.name.decode()
