"""Times of programs in engines, run in turn (A B C A B C ...) so that a change of the machine's pace hits all alike."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mote.bench.engines import NATIVE, Engine
from mote.bench.process import Run, run
from mote.bench.programs import Program
from mote.bench.table import Cell, Table

Step = Callable[[str], None]  # told what was just done, once for each run

# Lines of other people's benchmarks that differ between runs (CoreMark's times and compiler).
DEFAULT_IGNORE = r"(?i)tick|time|secs|/sec|compiler|coremark 1\.0|^error|^errors? |^correct operation"


@dataclass(frozen=True)
class Options:
    """How to measure."""

    runs: int = 5
    clock: str = "cpu"
    limit_s: float = 120.0
    ignore: str = DEFAULT_IGNORE
    unit: str = "s"
    per_second: float = 1.0  # units in a second


def measure(programs: Sequence[Program], engines: Sequence[Engine], options: Options, step: Step) -> Table:
    """Run every program in every engine `runs` times; the times, with outputs compared."""
    table = Table(options.unit, [program.name for program in programs], [engine.name for engine in engines])
    for program in programs:
        outputs: dict[str, str] = {}
        for _ in range(options.runs):
            for engine in engines:
                cell = table.cell(program.name, engine.name)
                if not cell.problem:
                    _one_run(program, engine, options, cell, outputs)
                step(f"{program.name} in {engine.name}")
        _compare(program, outputs, table)
    return table


def _one_run(program: Program, engine: Engine, options: Options, cell: Cell, outputs: dict[str, str]) -> None:
    """Run once; put the time into the cell and the output, made comparable, beside it."""
    command = engine.command(program)
    if command is None:
        cell.problem, cell.absent = program.why_no_native, True
        return
    done = run(command, options.limit_s)
    if not done.ok:
        cell.problem = done.failure()
        return
    cell.values.append(time_of(done, engine, options.clock) * options.per_second)
    output = done.output if program.ours else without_lines(done.output, options.ignore)
    if outputs.setdefault(engine.name, output) != output:
        cell.problem = "prints something else in each run"


def time_of(done: Run, engine: Engine, clock: str) -> float:
    """Seconds of a run by the chosen clock; wasmtime's runner says them itself."""
    if engine.reports_itself:
        wall, cpu = done.errors.split()[-2:]
        return float(cpu if clock == "cpu" else wall)
    return done.cpu_s if clock == "cpu" else done.wall_s


def _compare(program: Program, outputs: dict[str, str], table: Table) -> None:
    """Mark the engines whose output is not the reference's: native code's, else that of most engines."""
    if not outputs:
        return
    texts = list(outputs.values())
    reference = outputs.get(NATIVE) or max(texts, key=texts.count)
    for engine, output in outputs.items():
        if output != reference:
            seen, wanted = first_difference(output, reference)
            table.cell(program.name, engine).problem = f"prints {seen!r} where others print {wanted!r}"


def first_difference(output: str, reference: str) -> tuple[str, str]:
    """The first lines in which two outputs differ."""
    ours, theirs = output.splitlines(), reference.splitlines()
    length = max(len(ours), len(theirs))
    pairs = zip(ours + [""] * (length - len(ours)), theirs + [""] * (length - len(theirs)), strict=True)
    return next(((a[:80], b[:80]) for a, b in pairs if a != b), ("", ""))


def without_lines(output: str, pattern: str) -> str:
    """An output without the lines that match, blanks at line ends removed."""
    lines = (line.rstrip() for line in output.splitlines())
    return "\n".join(line for line in lines if not (pattern and re.search(pattern, line)))
