"""How much flash and RAM the core takes: per folder and file, from the sections of the object files, and per feature."""

import json
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from elftools.elf.constants import SH_FLAGS
from elftools.elf.elffile import ELFFile


@dataclass(frozen=True)
class Size:
    """Bytes of flash (code, constants, initial values of variables) and of RAM (variables)."""

    flash: int = 0
    ram: int = 0

    def __add__(self, other: "Size") -> "Size":
        return Size(self.flash + other.flash, self.ram + other.ram)


Sizes = dict[str, Size]  # source file -> its size


def object_size(path: Path) -> Size:
    """Flash and RAM that the sections of one object file take."""
    flash = ram = 0
    with path.open("rb") as file:
        for section in ELFFile(file).iter_sections():
            flags = section["sh_flags"]
            if not flags & SH_FLAGS.SHF_ALLOC:
                continue
            writable = flags & SH_FLAGS.SHF_WRITE and ".rel.ro" not in section.name
            ram += section["sh_size"] if writable else 0
            flash += section["sh_size"] if section["sh_type"] != "SHT_NOBITS" else 0
    return Size(flash, ram)


def measure(objects: dict[str, Path]) -> Sizes:
    """The size of each source file, given its object file."""
    return {source: object_size(path) for source, path in objects.items()}


def linked_size(link: list[str], objects: list[Path], header: Path, program: Path) -> Size:
    """What is left when a linker has dropped what nothing uses and shortened calls; all functions of a header are kept but those
    of prepared modules, which only a firmware with a store calls.

    The library alone is linked: what it needs from outside (the port, the compiler's helpers) stays open and is not counted.
    """
    names = sorted(set(re.findall(r"\b(mote_\w+)\(", header.read_text(encoding="utf-8"))))
    kept = [name for name in names if "_prepare" not in name]
    loose = ["-Wl,--unresolved-symbols=ignore-all", "-Wl,-Ttext=0x1000", f"-Wl,-e,{kept[0]}"]
    roots = [f"-Wl,-u,{name}" for name in kept]
    subprocess.run([*link, *loose, *roots, *map(str, objects), "-o", str(program)], check=True, capture_output=True)
    return object_size(program)


def total(sizes: Sizes) -> Size:
    """The sum."""
    return sum(sizes.values(), Size())


def folders(sizes: Sizes) -> dict[str, Sizes]:
    """The files by folder, both in alphabetical order."""
    result: dict[str, Sizes] = {}
    for source in sorted(sizes, key=lambda source: (str(Path(source).parent), source)):
        result.setdefault(str(Path(source).parent), {})[source] = sizes[source]
    return result


def size_text(sizes: Sizes, title: str) -> str:
    """The table of flash and RAM that `scons size` prints."""
    lines = [f"{title:48} {'flash':>8} {'RAM':>8}"]
    for folder, files in folders(sizes).items():
        lines.append(row(folder + "/", total(files)))
        lines += [row("    " + Path(source).name, size) for source, size in files.items()]
    lines.append(row("total", total(sizes)))
    return "\n".join(lines)


def row(name: str, size: Size) -> str:
    """One line of the table."""
    return f"{name:48} {size.flash:8} {size.ram:8}"


def size_json(sizes: Sizes) -> dict[str, object]:
    """The same for programs."""
    return {
        "files": {source: vars(size) for source, size in sorted(sizes.items())},
        "folders": {folder: vars(total(files)) for folder, files in folders(sizes).items()},
        "total": vars(total(sizes)),
    }


@dataclass(frozen=True)
class FeatureCost:
    """What switching one feature off saves, and which others go with it."""

    name: str
    saves: Size
    along: tuple[str, ...]


def feature_text(costs: list[FeatureCost], whole: Size, title: str) -> str:
    """The table that `scons size FEATURES=1` prints, dearest first."""
    lines = [f"{title:48} {'flash':>8} {'RAM':>8}", row("everything that is on", whole)]
    for cost in sorted(costs, key=lambda cost: -cost.saves.flash):
        lines.append(row(cost.name, cost.saves) + (f"  with {', '.join(cost.along)}" if cost.along else ""))
    lines.append("A feature's line is what switching it off saves, along with those that cannot be without it.")
    return "\n".join(lines)


def feature_json(costs: list[FeatureCost], whole: Size) -> dict[str, object]:
    """The same for programs."""
    rows = {cost.name: {**vars(cost.saves), "along": list(cost.along)} for cost in costs}
    return {"total": vars(whole), "features": rows}


def write_json(path: Path, value: dict[str, object]) -> None:
    """Write figures to a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, indent=2) + "\n")
