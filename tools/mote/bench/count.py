"""Exact instruction counts with valgrind: the same in every run, on a busy machine as well.

Each program is run with two amounts of work; the difference, divided by the work between, leaves out the
start of the process and the loading of the module. Cachegrind with the cache simulation off is the cheapest
of valgrind's tools that counts every instruction (12 % slower than counting nothing; callgrind 50 %, lackey 180 %).
"""

import os
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass

from mote.bench.engines import Engine
from mote.bench.process import run
from mote.bench.programs import Program
from mote.bench.table import Cell, Table
from mote.bench.timing import Options, Step
from mote.errors import UserError

TOOL = ("--tool=cachegrind", "--cache-sim=no", f"--cachegrind-out-file={os.devnull}")

# Work factors of our programs: as many digits in both, so that reading and printing them cost the same.
SMALL, LARGE = 10, 20


@dataclass(frozen=True)
class Pair:
    """The same program with less and with more work, and how many units of work lie between."""

    name: str
    small: Program
    large: Program
    units: float

    @staticmethod
    def of(program: Program) -> "Pair":
        """A pair from a program of tests/bench; any other module is counted whole, its start included."""
        if not program.ours:
            return Pair(program.name, program, program, 0)
        return Pair(program.name, program.with_arguments(str(SMALL)), program.with_arguments(str(LARGE)), LARGE - SMALL)


def find_valgrind() -> str:
    """Valgrind's path."""
    found = shutil.which("valgrind")
    if not found:
        raise UserError("valgrind is not installed", remedy="Install it (apt install valgrind) or leave --count out.")
    return found


def count(pairs: Sequence[Pair], engines: Sequence[Engine], options: Options, step: Step) -> Table:
    """Millions of instructions for a unit of work of every program in every engine."""
    valgrind = find_valgrind()
    table = Table("M instructions", [pair.name for pair in pairs], [engine.name for engine in engines])
    for pair in pairs:
        for engine in engines:
            cell = table.cell(pair.name, engine.name)
            small = _one_count(valgrind, pair.small, engine, options, cell) if pair.units else 0
            large = 0 if cell.problem else _one_count(valgrind, pair.large, engine, options, cell)
            if not cell.problem:
                cell.values.append((large - small) / (pair.units or 1) / 1e6)
            step(f"{pair.name} in {engine.name}")
    return table


def _one_count(valgrind: str, program: Program, engine: Engine, options: Options, cell: Cell) -> int:
    """All instructions of one run; 0 and a problem in the cell when there is no count."""
    if engine.compiles:
        cell.problem, cell.absent = "compiles in threads, which cannot be counted exactly", True
    command = engine.command(program)
    if command is None:
        cell.problem, cell.absent = program.why_no_native, True
    if cell.problem or command is None:
        return 0
    done = run([valgrind, *TOOL, *command], options.limit_s * 60)
    found = re.search(r"I\s+refs:\s+([\d,]+)", done.errors)
    if not done.ok or not found:
        cell.problem = f"under valgrind: {done.failure()}"
        return 0
    return int(found[1].replace(",", ""))
