"""Tables for a person: values, multiples of native code and of the base, geometric means, and what went wrong."""

import os
import platform
import re
from collections.abc import Callable, Sequence
from pathlib import Path

from mote.bench.engines import NATIVE
from mote.bench.table import Table

Value = Callable[[str, str], float | None]


def value_lines(table: Table, digits: int) -> list[str]:
    """The medians themselves."""
    return _grid(table.programs, table.engines, table.value, digits)


def ratio_lines(table: Table, base: str) -> list[str]:
    """Every engine as a multiple of the base, with the geometric mean below."""
    others = [engine for engine in table.engines if engine != base]
    lines = _grid(table.programs, others, lambda program, engine: table.ratio(program, engine, base), 2)
    if len(table.programs) == 1:
        return lines
    means = {engine: table.mean_ratio(engine, base) for engine in others}
    width = max(map(len, (*table.programs, "geometric mean")))
    lines.append(_row("geometric mean", width, [_number(means[e][0], 2) for e in others], others))
    partial = [f"{e}: {n} of {len(table.programs)}" for e, (_, n) in means.items() if 0 < n < len(table.programs)]
    return [*lines, f"(means over fewer programs: {', '.join(partial)})"] if partial else lines


def full_report(table: Table, base: str, what: str, digits: int) -> list[str]:
    """The whole report on a table: values, then ratios where there is something to relate them to."""
    lines = [what, *value_lines(table, digits)]
    for reference in dict.fromkeys((NATIVE, base)):
        if reference in table.engines and len(table.engines) > 1 and _has_values(table, reference):
            lines += ["", f"multiples of {reference}", *ratio_lines(table, reference)]
    return [*lines, *problem_lines(table)]


def problem_lines(table: Table) -> list[str]:
    """One line for each reason, with the programs that it concerns."""
    grouped: dict[tuple[str, str], list[str]] = {}
    for program, engine, problem in table.problems():
        grouped.setdefault((engine, problem), []).append(program)
    lines = []
    for (engine, problem), programs in grouped.items():
        where = "all programs" if len(programs) == len(table.programs) > 1 else ", ".join(programs)
        lines.append(f"no value for {engine} on {where}: {problem}")
    return ["", *lines] if lines else []


def missing_lines(missing: dict[str, str]) -> list[str]:
    """The engines that are not there."""
    return [f"without {name}: {why}" for name, why in missing.items()]


def machine() -> str:
    """The machine that the figures hold for."""
    return f"{platform.machine()}, {_processor()}, {os.cpu_count()} CPUs, {platform.system()} {platform.release()}"


def _processor() -> str:
    """The processor's name as the system has it."""
    try:
        found = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    except OSError:
        found = None
    return found[1] if found else platform.processor() or "unknown processor"


def _has_values(table: Table, engine: str) -> bool:
    """Whether anything was measured in an engine."""
    return any(table.value(program, engine) is not None for program in table.programs)


def _grid(programs: Sequence[str], engines: Sequence[str], value: Value, digits: int) -> list[str]:
    """Programs down, engines across, numbers aligned."""
    width = max(map(len, (*programs, "geometric mean")))
    lines = [_row("", width, engines, engines)]
    for program in programs:
        lines.append(_row(program, width, [_number(value(program, engine), digits) for engine in engines], engines))
    return lines


def _row(name: str, width: int, cells: Sequence[str], engines: Sequence[str]) -> str:
    """One line of a grid; a column is as wide as its heading or a number."""
    aligned = (cell.rjust(max(len(engine), 9)) for cell, engine in zip(cells, engines, strict=True))
    return "  ".join([name.ljust(width), *aligned]).rstrip()


def _number(value: float | None, digits: int) -> str:
    """A number, or a dash for none."""
    return "-" if value is None else f"{value:.{digits}f}"
