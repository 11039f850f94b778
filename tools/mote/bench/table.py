"""What was measured: a cell for each program and engine, and the figures that are drawn from the cells."""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Cell:
    """One engine on one program: all its values, or why there are none."""

    values: list[float] = field(default_factory=list)
    problem: str = ""
    absent: bool = False  # the problem is that this pair does not exist, which is nobody's failure

    @property
    def value(self) -> float | None:
        """The median, or None when something went wrong."""
        return statistics.median(self.values) if self.values and not self.problem else None


@dataclass
class Table:
    """All cells of one measurement, programs down and engines across."""

    unit: str
    programs: list[str]
    engines: list[str]
    cells: dict[tuple[str, str], Cell] = field(default_factory=dict)

    def cell(self, program: str, engine: str) -> Cell:
        """The cell of a program and an engine; made when it is new."""
        return self.cells.setdefault((program, engine), Cell())

    def value(self, program: str, engine: str) -> float | None:
        """The median of a cell."""
        return self.cell(program, engine).value

    def ratio(self, program: str, engine: str, base: str) -> float | None:
        """An engine's value as a multiple of the base's."""
        ours, theirs = self.value(program, engine), self.value(program, base)
        return ours / theirs if ours is not None and theirs else None

    def mean_ratio(self, engine: str, base: str) -> tuple[float | None, int]:
        """The geometric mean of the ratios and over how many programs it goes."""
        known = [r for r in (self.ratio(program, engine, base) for program in self.programs) if r]
        return geometric_mean(known), len(known)

    def problems(self) -> list[tuple[str, str, str]]:
        """Program, engine and reason of each cell without a value."""
        return [(program, engine, cell.problem) for (program, engine), cell in self.cells.items() if cell.problem]

    def failed(self) -> bool:
        """Whether anything went wrong that should not have."""
        return any(cell.problem and not cell.absent for cell in self.cells.values())

    def as_data(self) -> dict[str, Any]:
        """The table for a JSON file."""
        return {
            "unit": self.unit,
            "programs": {program: {e: self._cell_data(program, e) for e in self.engines} for program in self.programs},
            "geometric_means": {
                base: {e: self.mean_ratio(e, base)[0] for e in self.engines if e != base} for base in self.engines
            },
        }

    def _cell_data(self, program: str, engine: str) -> dict[str, Any]:
        """One cell for a JSON file."""
        cell = self.cell(program, engine)
        if cell.problem:
            return {"problem": cell.problem}
        return {"median": cell.value, "values": cell.values}


def geometric_mean(values: Sequence[float]) -> float | None:
    """The geometric mean, or None of nothing."""
    return math.exp(sum(map(math.log, values)) / len(values)) if values else None
