"""What `scons size` found out about a firmware (size.json in its build folder): read, compared with another, shown."""

import json
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from mote.console import Report
from mote.errors import UserError, reason

SYMBOLS_SHOWN = 25


class Size(NamedTuple):
    """Bytes of flash and RAM."""

    flash: int = 0
    ram: int = 0

    def __add__(self, other: "Size") -> "Size":  # type: ignore[override]
        return Size(self.flash + other.flash, self.ram + other.ram)

    def __sub__(self, other: "Size") -> "Size":
        return Size(self.flash - other.flash, self.ram - other.ram)


@dataclass(frozen=True)
class Footprint:
    """A program: what it takes by part, file and symbol, what the board has, and what is left for the pool."""

    total: Size
    limits: Size | None
    pool: int
    parts: dict[str, Size]
    files: dict[tuple[str, str], Size]
    symbols: dict[tuple[str, str, str], Size]


def read_footprints(path: Path) -> dict[str, Footprint]:
    """The programs of a size.json."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return {name: read_footprint(program) for name, program in data["programs"].items()}
    except OSError as error:
        raise UserError(f"cannot read the file: {reason(error)}", str(path)) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        what = "it is no size.json with linked programs"
        raise UserError(what, str(path), "Name one that mote size has written into a build folder.") from error


def read_footprint(data: dict[str, Any]) -> Footprint:
    """One program."""
    files: dict[tuple[str, str], Size] = defaultdict(Size)
    symbols: dict[tuple[str, str, str], Size] = defaultdict(Size)
    for part, file, symbol, flash, ram in data["symbols"]:
        files[part, file] += Size(flash, ram)
        symbols[part, file, symbol] += Size(flash, ram)
    parts = {part: Size(**size) for part, size in data["parts"].items()}
    limits = Size(**data["limits"]) if data["limits"] else None
    return Footprint(Size(**data["total"]), limits, data["pool"], parts, dict(files), dict(symbols))


def show(name: str, program: Footprint, with_files: bool, out: Report) -> None:
    """The table of a program, largest parts first."""
    largest = max((size.flash for size in program.parts.values()), default=0)
    rows = [[name, "flash", "RAM", ""]]
    for part, size in sorted(program.parts.items(), key=lambda row: (-row[1].flash, -row[1].ram)):
        rows.append([part, *figures(size), out.bar(size.flash, largest)])
        inside = {file: size for (whose, file), size in program.files.items() if whose == part and file} if with_files else {}
        rows += [[f"  {file}", *figures(size)] for file, size in sorted(inside.items(), key=lambda row: -sum(row[1]))]
    rows.append(["total", *figures(program.total)])
    if program.limits:
        rows += [["on the board", *figures(program.limits)], ["left for the pool", "", f"{program.pool:,}"]]
    out.table(rows, right=(1, 2), styles=("", "", "", "cyan"))


def figures(size: Size) -> list[str]:
    """Two cells of a table."""
    return [f"{size.flash:,}", f"{size.ram:,}"]


def show_difference(name: str, before: Footprint, after: Footprint, out: Report) -> None:
    """What has become larger or smaller: by part, then the symbols that changed most."""
    rows = [[name, "flash", "", "RAM", ""]]
    for part in dict.fromkeys([*after.parts, *before.parts]):
        old, new = before.parts.get(part, Size()), after.parts.get(part, Size())
        rows += [[part, *changes(old, new)]] if old != new else []
    rows.append(["total", *changes(before.total, after.total)])
    out.table(rows, right=(1, 2, 3, 4))
    symbols = {key: after.symbols.get(key, Size()) - before.symbols.get(key, Size()) for key in {*after.symbols, *before.symbols}}
    moved = sorted((key for key, size in symbols.items() if any(size)), key=lambda key: (-sum(map(abs, symbols[key])), key))
    if moved:
        out.heading("symbols that changed most")
        shown = [[*signed(symbols[key]), " ".join(filter(None, key))] for key in moved[:SYMBOLS_SHOWN]]
        out.table([["flash", "RAM", ""], *shown], right=(0, 1))
        if len(moved) > SYMBOLS_SHOWN:
            out.line(f"and {len(moved) - SYMBOLS_SHOWN} more")


def changes(old: Size, new: Size) -> list[str]:
    """Four cells of a table: each figure and how it has changed."""
    flash, ram = signed(new - old)
    return [f"{new.flash:,}", flash, f"{new.ram:,}", ram]


def signed(size: Size) -> list[str]:
    """Two cells with a sign; empty where nothing has changed."""
    return [f"{count:+,}" if count else "" for count in size]
