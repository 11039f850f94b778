"""`mote bench`: times or instruction counts of programs in our engines, in peers and natively."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click

from mote.bench import count as counting
from mote.bench import load as loading
from mote.bench import timing
from mote.bench.compiled import compile_programs
from mote.bench.engines import Found, choose, find_engines
from mote.bench.programs import (
    Builder,
    Program,
    extra_programs,
    from_specification,
    source_folder,
    sources_in,
    startup_folder,
)
from mote.bench.report import full_report, machine, missing_lines
from mote.bench.table import Table
from mote.console import Report
from mote.errors import ExitCode, UserError, reason
from mote.progress import Progress

DEFAULT_BASE = "wasm3"
NATIVE_WORK = 10  # times the usual work when all engines run machine code, so that starting them does not count
STARTUP_RUNS = 4  # times as many runs as of long programs: a start takes milliseconds


@dataclass(frozen=True)
class Request:
    """The command line of `mote bench`."""

    names: tuple[str, ...]
    engines: tuple[str, ...]
    base: str
    runs: int
    clock: str | None
    limit: float
    work: int | None
    modules: tuple[str, ...]
    ignore: str
    count: bool
    pairs: tuple[tuple[str, str, float], ...]
    startup: bool
    loads: tuple[str, ...]
    json_file: Path | None
    board: str | None
    toolchain: str
    variants: tuple[str, ...]

    def check(self) -> None:
        """Refuse options that say nothing together."""
        if sum((self.count, self.startup, bool(self.loads), bool(self.board))) > 1:
            raise click.UsageError("--count, --startup, --load and --board exclude each other")
        if self.board and (self.names or self.engines or len(self.modules) > 1):
            raise click.UsageError("--board takes one --module, no programs and no engines")
        if self.pairs and not self.count:
            raise click.UsageError("--pair goes with --count")
        if self.loads and (self.names or self.modules):
            raise click.UsageError("--load takes no programs but its own FILE")


@click.command(short_help="Measure our engines against others.")
@click.argument("names", nargs=-1)
@click.option("--engine", "-e", "engines", multiple=True, metavar="NAME[=COMMAND]",
              help="Only this engine (repeat for more), or one that COMMAND starts.")
@click.option("--base", default=DEFAULT_BASE, show_default=True, metavar="NAME",
              help="The engine that others are multiples of, beside native code.")
@click.option("--runs", default=5, show_default=True, type=click.IntRange(1),
              help=f"Runs of each program in each engine; --startup makes {STARTUP_RUNS} times as many.")
@click.option("--clock", type=click.Choice(("cpu", "wall")),
              help="Processor time or time on the wall.  [default: cpu; with --startup wall]")
@click.option("--limit", default=120.0, show_default=True, metavar="SECONDS", help="When a run is given up.")
@click.option("--work", type=click.IntRange(1), metavar="TIMES",
              help=f"Times the usual work of our programs.  [default: 1; {NATIVE_WORK} where all engines are native code]")
@click.option("--module", "-m", "modules", multiple=True, metavar="FILE[:ARGS]", help="Run this WASI module as well.")
@click.option("--ignore", default=timing.DEFAULT_IGNORE, metavar="REGEX",
              help="Lines of a --module's output that may differ.  [default: lines with times]")
@click.option("--count", is_flag=True, help="Count instructions with valgrind instead of taking times.")
@click.option("--pair", "pairs", multiple=True, type=(str, str, float), metavar="SMALL LARGE UNITS",
              help="With --count: two modules (FILE[:ARGS]) whose work differs by UNITS.")
@click.option("--startup", is_flag=True, help="Take the time of whole processes that do next to nothing.")
@click.option("--load", "loads", multiple=True, metavar="FILE", help="Measure how fast our runtime loads this module.")
@click.option("--board", metavar="BOARD", help="Count instructions on an emulated board: interpreted, native, and CoreMark in C.")
@click.option("--toolchain", default="zig", show_default=True, metavar="NAME", help="With --board: what compiles the firmware.")
@click.option("--aot", "variants", multiple=True, metavar="OPTIONS",
              help="With --board: native code once more with these options of mote aot.")
@click.option("--json", "json_file", type=click.Path(dir_okay=False, path_type=Path), help="Write all figures here.")
def command(**given: Any) -> int:
    """Run the programs of tests/bench (all, or NAMES) in turn in every engine that is found, and compare.

    Engines are native code (gcc -O2), our motert with code of mote aot (aot: guard pages, aot-checks: comparisons)
    and as an interpreter (mote), and wasm3, iwasm, toywasm and wasmtime from PATH or from MOTE_BENCH_WASM3,
    _IWASM, _TOYWASM and _WASMTIME. MOTE_BENCH_EXTRA lists more modules, MOTE_BENCH_NATIVE names a folder with their
    native programs. A program must print the same in all engines. More: docs/design/benchmarks.md
    """
    request = Request(**given)
    request.check()
    if request.board:
        return _board(request)
    found = choose(find_engines(), request.engines)
    if request.base != DEFAULT_BASE:
        _check_base(request.base, found)
    if request.loads:
        return _load(request, found)
    for line in missing_lines(found.missing):
        Report().line(line, "dim")
    title, digits, table = _count(request, found) if request.count else _time(request, found)
    lines = full_report(table, request.base, title, digits)
    engines = {engine.name: engine.described() for engine in found.engines}
    _show(request, lines, {"title": title, "engines": engines, "missing": found.missing, **table.as_data()})
    return ExitCode.FAILED if table.failed() else ExitCode.OK


def _check_base(base: str, found: Found) -> None:
    """Refuse a base that is not measured."""
    names = [engine.name for engine in found.engines]
    if base not in names:
        raise UserError(f"--base {base} is not among the engines", remedy=f"There are: {', '.join(names)}.")


def _time(request: Request, found: Found) -> tuple[str, int, Table]:
    """Times of programs that run, or of processes that start."""
    options = timing.Options(request.runs, request.clock or "cpu", request.limit, request.ignore)
    if request.startup:
        runs = request.runs * STARTUP_RUNS
        options = replace(options, runs=runs, clock=request.clock or "wall", unit="ms", per_second=1000.0)
    programs = _programs(request)
    if not request.startup:
        work = request.work or (NATIVE_WORK if all(engine.is_native for engine in found.engines) else 1)
        programs = [program.with_work(work) for program in programs]
    _compile_ahead(programs, found)
    with Progress(len(programs) * len(found.engines) * options.runs) as progress:
        table = timing.measure(programs, found.engines, options, progress.step)
    what = "whole processes" if request.startup else "programs"
    title = f"{what}, {options.clock} time in {options.unit}: medians of {options.runs} runs in turn"
    return title, 2 if request.startup else 3, table


def _count(request: Request, found: Found) -> tuple[str, int, Table]:
    """Instructions for a unit of work."""
    counting.find_valgrind()
    pairs = [
        counting.Pair(Path(small).stem, from_specification(small), from_specification(large), units)
        for small, large, units in request.pairs
    ]
    if not pairs or request.names or request.modules:
        programs = _programs(request)
        pairs = [counting.Pair.of(program) for program in programs] + pairs
    options = timing.Options(limit_s=request.limit)
    _compile_ahead([program for pair in pairs for program in dict.fromkeys((pair.small, pair.large))], found)
    with Progress(len(pairs) * len(found.engines)) as progress:
        table = counting.count(pairs, found.engines, options, progress.step)
    return "millions of instructions for a unit of work (a module without --pair: for the whole run)", 3, table


def _compile_ahead(programs: list[Program], found: Found) -> None:
    """Compile what engines with native code are to run, so that it is not measured."""
    kinds = [engine.bounds for engine in found.engines if engine.bounds]
    modules = list({program.module: program for program in programs}.values()) if kinds else []
    with Progress(len(modules) * len(kinds)) as progress:
        compile_programs(modules, kinds, progress.step)


def _load(request: Request, found: Found) -> int:
    """Speed of loading modules."""
    ours = loading.our_engines(found)
    with Progress(len(request.loads) * len(ours) * request.runs) as progress:
        loads = loading.measure(request.loads, ours, request.runs, request.limit, progress.step)
    title = f"loading, as motert --stats says: medians of {request.runs} runs"
    _show(request, [title, *loading.load_lines(loads)], {"title": title, "loads": [load.as_data() for load in loads]})
    return ExitCode.OK


def _board(request: Request) -> int:
    """Instructions on an emulated board."""
    from mote.bench.board import measure_board
    from mote.bench.board_report import board_lines

    module = from_specification(request.modules[0]).module if request.modules else None
    with Progress(3 + len(request.variants)) as progress:
        measurement = measure_board(str(request.board), module, request.toolchain, request.variants, progress.step)
    _show(request, board_lines(measurement), measurement.as_data())
    return ExitCode.OK if any(row.figures for row in measurement.rows) else ExitCode.FAILED


def _programs(request: Request) -> list[Program]:
    """What is to be run: the named programs and modules, or all of them when nothing is named."""
    modules = [from_specification(text) for text in request.modules]
    everything = not request.names and not modules
    folder = startup_folder() if request.startup else source_folder()
    sources = sources_in(folder, request.names) if request.names or everything else []
    with Progress(2 * len(sources)) as progress:
        builder = Builder(notice=lambda name: progress.note(f"compiling {name}"))
        programs = [builder.build(source) for source in sources]
    return programs + modules + (extra_programs() if everything and not request.startup else [])


def _show(request: Request, lines: list[str], data: dict[str, Any]) -> None:
    """Print the report and write the file."""
    report = Report()
    for line in [machine(), *lines]:
        report.line(line)
    if request.json_file:
        _write(request.json_file, {"machine": machine(), **data})


def _write(path: Path, data: dict[str, Any]) -> None:
    """Write the figures as JSON."""
    import json

    try:
        path.write_text(json.dumps(data, indent=2) + "\n")
    except OSError as error:
        raise UserError(f"cannot be written: {reason(error)}", where=str(path)) from error
