"""The core as a library for bare CPUs: it compiles freestanding, and asks its surroundings for next to nothing."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from elftools.elf.elffile import ELFFile

from build.scons import build
from support.places import FIRMWARE, ROOT

TARGETS = [name for name in json.loads((ROOT / "site_scons" / "targets.json").read_text()) if "-linux" not in name]
MEMORY = {"memcpy", "memmove", "memset", "memcmp"}
# What compilers keep in libgcc or compiler-rt: 64-bit arithmetic, floating point in software, switch tables.
COMPILER = re.compile(r"__(aeabi_\w+|gnu_thumb1_case_\w+|\w+[sdt]i[234]?|\w+[sd]f[234]?)$")


LINKER = re.compile(r"__(start|stop)_\w+$")  # the bounds of a section


@pytest.fixture(scope="module", params=TARGETS)
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The core library built for each bare CPU."""
    folder = tmp_path_factory.mktemp(request.param)
    assert build(f"TARGET={request.param}", f"BUILD={folder}", "lib")
    return folder


def core_objects(folder: Path) -> Iterator[tuple[str, ELFFile]]:
    """The object files of the core."""
    for path in sorted((folder / "obj" / "firmware").rglob("*.o")):
        with path.open("rb") as file:
            yield path.name, ELFFile(file)


def symbols(folder: Path) -> tuple[set[str], set[str]]:
    """The names that the core's objects define, and those that they need from elsewhere."""
    defined: set[str] = set()
    needed: set[str] = set()
    for _, elf in core_objects(folder):
        for symbol in elf.get_section_by_name(".symtab").iter_symbols():
            if symbol["st_info"]["bind"] != "STB_LOCAL" and symbol.name:
                (needed if symbol["st_shndx"] == "SHN_UNDEF" else defined).add(symbol.name)
    return defined, needed - defined


def port_functions() -> set[str]:
    """What the headers of hal declare."""
    text = "".join(path.read_text() for path in (FIRMWARE / "hal").glob("*.h"))
    return set(re.findall(r"\b(hal_\w+)\(", text))


def test_core_needs_only_the_port_and_the_compiler(folder: Path) -> None:
    defined, needed = symbols(folder)
    foreign = needed - MEMORY - port_functions()
    assert not {name for name in foreign if not COMPILER.match(name) and not LINKER.match(name)}
    assert "mote_runtime_new" in defined


def test_core_has_no_mutable_globals(folder: Path) -> None:
    for name, elf in core_objects(folder):
        variables = [section for section in elf.iter_sections() if section.name.startswith((".bss", ".data", ".sbss", ".sdata"))]
        assert not [s.name for s in variables if s["sh_size"] and ".rel.ro" not in s.name], name
