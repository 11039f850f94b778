"""What a linker says on standard output with --print-map: which piece of which object file lies where. Reads the forms of GNU ld
and of lld, which is inside the pip-installed compiler."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

# lld: two addresses, size and alignment; then the output section, indented by 8 the object's section, by 16 its symbols.
LLD_HEAD = re.compile(r"\s*VMA\s+LMA\s+Size\s+Align\s+Out")
LLD_ROW = re.compile(r"^\s*([0-9a-f]+)\s+[0-9a-f]+\s+([0-9a-f]+)\s+\d+ (?:(\S.*)|        (\S.*):\((.*)\))$", re.MULTILINE)
# GNU ld: an output section at the start of a line, an object's section behind one space; long names have a line of their own.
GNU_HEAD = "Linker script and memory map"
GNU_ROW = re.compile(r"^( ?)([^\s(]+)\s+0x([0-9a-f]+)\s+0x([0-9a-f]+)(?: (.+))?$", re.MULTILINE)
GNU_FILL = "*fill*"


@dataclass(frozen=True)
class Piece:
    """A section of an object file where the linker has put it: `output` is the program's section. No file: the linker made it."""

    address: int
    size: int
    output: str
    section: str
    file: str


def read_map(text: str) -> list[Piece]:
    """All pieces that take room."""
    rows = lld_pieces(text) if LLD_HEAD.match(text) else gnu_pieces(text)
    return [piece for piece in rows if piece.size]


def lld_pieces(text: str) -> Iterator[Piece]:
    """The rows of lld's form. What it has merged from several files has <internal> for a file."""
    output = ""
    for row in LLD_ROW.finditer(text):
        address, size, name, file, section = row.groups()
        if name:
            output = name
        else:
            yield Piece(int(address, 16), int(size, 16), output, section.split("+0x")[0], "" if file == "<internal>" else file)


def gnu_pieces(text: str) -> Iterator[Piece]:
    """The rows of GNU ld's form. What it has merged from several files stands with the first of them."""
    output = ""
    for row in GNU_ROW.finditer(text, max(text.find(GNU_HEAD), 0)):
        indent, name, address, size, file = row.groups()
        if not indent:
            output = name
        elif name != GNU_FILL and file:
            yield Piece(int(address, 16), int(size, 16), output, name, file)
