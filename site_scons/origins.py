"""Who a piece of a linked program belongs to: a file of the project, of a package, the compiler's library, the system's.

What linkers merge (strings and constants that several files have) is found again by its bytes in the objects; what a file of
ours includes from a package is known by the debug information.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from elftools.elf.constants import SH_FLAGS
from elftools.elf.elffile import ELFFile

from component import Source
from definitions import Definition, definitions
from linker_map import Piece

WHOLE_OBJECT = ".ltrans.o"  # what gcc compiles when it links
COMPILERS = ("libgcc.a", "libcompiler_rt.a")
ARCHIVED = re.compile(r"(?:.*/)?(.*\.a)\((.*)\)$")  # a library's name, and the object in it


@dataclass(frozen=True, order=True)
class Origin:
    """A part of the firmware (a folder, or what is no folder of ours) and a file in it."""

    part: str
    file: str = ""


UNKNOWN = Origin("not attributed")
LINKER = Origin("the linker's alignment and tables")
MODULE = Origin("the module that MODULE= names")


class Origins:
    """What the build knows of its objects."""

    def __init__(self, root: Path, objects: Mapping[str, dict[Path, Source]]) -> None:
        """`objects` are the object files by library, with what they are made from; "" for those in no library."""
        self.root = root
        self.files = {path: origin(source.path) for group in objects.values() for path, source in group.items()}
        self.members = {(f"lib{name}.a", path.name): path for name, group in objects.items() for path in group}
        self.packages = {str(file.path): file.package for group in objects.values() for file in group.values() if file.package}
        self.included: dict[tuple[Origin, str], Origin] = {}  # by the file that includes them, and names
        self.placed: dict[int, Origin] = {}  # by addresses, what was compiled when the program was linked
        self.named: dict[str, Origin] = {}  # the same by names
        self.merged = merged_constants(self.files)
        self.present: set[Origin] = set()

    def learn(self, program: ELFFile, pieces: Iterable[Piece]) -> None:
        """Look at the program that is asked about next: which files are in it, and what of them comes from packages.

        Without debug information that stays with the file that includes it.
        """
        self.placed.clear()
        self.named.clear()
        for found in definitions(program, self.packages.__contains__):
            file = self.of_definition(found)
            self.included[origin(Path(found.source)), found.name] = file
            if found.address is not None:
                self.placed[found.address] = self.named[found.name] = file
        self.present = {self.of_file(piece.file) for piece in pieces} | set(self.placed.values())

    def of_definition(self, found: Definition) -> Origin:
        """The origin of a function or variable: a package, when the source includes it from one."""
        package = self.packages.get(found.source)
        if package and found.file.parent.name == package.name and (package / found.file.name).is_file():
            return Origin(f"packages/{package.name.split('-')[0]}/", found.file.name)
        return origin(Path(found.source))

    def of_file(self, name: str) -> Origin:
        """The origin of what a map says lies in this object file."""
        archived = ARCHIVED.fullmatch(name)
        path = self.members.get(archived.groups()) if archived else self.root / name
        if path in self.files:
            return self.files[path]
        if archived and archived[1] in COMPILERS:
            return Origin("the compiler's library", Path(archived[2]).name)
        if path and path.name == "module.o":
            return MODULE
        if name.endswith(WHOLE_OBJECT):
            return UNKNOWN
        return Origin("the system's libraries", archived[1] if archived else Path(name).name) if name else LINKER

    def of_symbol(self, holder: Origin, symbol: str, address: int) -> Origin:
        """The origin of a function, variable or constant in an object file of `holder`."""
        if holder == UNKNOWN:
            return self.placed.get(address) or self.named.get(symbol, UNKNOWN)
        return self.included.get((holder, symbol), holder)

    def of_constant(self, content: bytes, file: str) -> Origin:
        """The origin of a string or constant that may be merged: a file that has it, else the object file that the map names."""
        found = next(filter(self.present.__contains__, self.merged.get(content, ())), None)
        return found or (self.of_file(file) if file else UNKNOWN)


def origin(source: Path) -> Origin:
    """The part and the name of a file of the project."""
    return Origin(f"{source.parent}/", source.name)


def merged_constants(files: Mapping[Path, Origin]) -> dict[bytes, list[Origin]]:
    """The strings and constants of all objects that a linker may merge, with the files that have them."""
    found: dict[bytes, list[Origin]] = {}
    for path, file in sorted(files.items(), key=lambda row: row[1]):
        if path.is_file():
            with path.open("rb") as stream:
                for section in ELFFile(stream).iter_sections():
                    if section["sh_flags"] & SH_FLAGS.SHF_MERGE and section["sh_flags"] & SH_FLAGS.SHF_ALLOC:
                        size = 0 if section["sh_flags"] & SH_FLAGS.SHF_STRINGS else section["sh_entsize"]
                        for _, content in split_constants(section.data(), size, section["sh_addralign"], 0):
                            found.setdefault(content, []).append(file)
    return found


def split_constants(data: bytes, size: int, align: int, address: int) -> Iterator[tuple[int, bytes]]:
    """The strings (size 0) or the constants of some size in a section at some address, each with what it takes, aligned."""
    at = 0
    while at < len(data):
        end = at + size if size else (data.find(0, at) + 1 or len(data))
        content, end = data[at:end], min(end + -(address + end) % align, len(data))
        yield end - at, content
        at = end
