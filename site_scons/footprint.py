"""What a linked program takes of flash and RAM, byte for byte: sums by part and file, as a table and as data."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from origins import LINKER, UNKNOWN, Origin
from report import Size, row

STACK = Origin("the machine's stack")
RETAINED = Origin("kept over resets")
LAST = tuple(origin.part for origin in (STACK, RETAINED, LINKER, UNKNOWN))


@dataclass(frozen=True)
class Entry:
    """A function, a variable or a constant, or what else takes room."""

    origin: Origin
    symbol: str
    size: Size


@dataclass
class Footprint:
    """All that a program takes; on a board also what there is of flash and RAM, and of RAM what is left for the pool."""

    program: str
    entries: list[Entry] = field(default_factory=list)
    limits: Size | None = None
    pool: int = 0

    @property
    def total(self) -> Size:
        """The sum."""
        return sum((entry.size for entry in self.entries), Size())

    def parts(self) -> dict[str, Size]:
        """The sums by part: folders first, what nobody wrote last."""
        sums = added((entry.origin.part, entry.size) for entry in self.entries)
        return {part: sums[part] for part in sorted(sums, key=lambda part: (part in LAST, not part.endswith("/"), part))}

    def files(self, part: str) -> dict[str, Size]:
        """The sums by file of a part."""
        inside = [entry for entry in self.entries if entry.origin.part == part and entry.origin.file]
        return dict(sorted(added((entry.origin.file, entry.size) for entry in inside).items()))

    def text(self, with_files: bool = False) -> str:
        """The table that `scons size` prints."""
        lines = [f"{self.program:48} {'flash':>8} {'RAM':>8}"]
        for part, size in self.parts().items():
            lines.append(row(part, size))
            lines += [row(f"    {name}", size) for name, size in self.files(part).items()] if with_files else []
        lines.append(row("total", self.total))
        if self.limits:
            lines.append(row("on the board", self.limits))
            lines.append(f"{'left for the pool, which modules live from':48} {'':8} {self.pool:8}")
        return "\n".join(lines)

    def as_data(self) -> dict[str, object]:
        """The same for programs; a row of `symbols` is part, file, symbol, flash, RAM."""
        return {
            "total": vars(self.total),
            "limits": vars(self.limits) if self.limits else None,
            "pool": self.pool,
            "parts": {part: vars(size) for part, size in self.parts().items()},
            "symbols": sorted([e.origin.part, e.origin.file, e.symbol, e.size.flash, e.size.ram] for e in self.entries),
        }


def added(sizes: Iterable[tuple[str, Size]]) -> dict[str, Size]:
    """The sums by name."""
    sums: dict[str, Size] = defaultdict(Size)
    for name, size in sizes:
        sums[name] += size
    return sums
