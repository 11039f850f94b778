"""What a module costs on an emulated board, in executed instructions: interpreted, as native code, and the same source in C.

The emulator counts instructions, so each figure is exact and the same in every run.
"""

import shlex
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from mote.bench.board_build import C_OBJECT, Images, find_sources
from mote.bench.board_console import Board, Figures, measure, read_board
from mote.errors import UserError

FUNCTION = "run"
# Iterations of the two calls; their difference leaves out what a call costs besides iterating.
FEW, MANY = 1, 11

C, INTERPRETER, NATIVE = "C", "interpreter", "native"
Step = Callable[[str], None]


@dataclass
class Row:
    """One way to run the program; `problem` says why there are no figures."""

    name: str
    figures: Figures | None = None
    section_bytes: int | None = None
    problem: str = ""

    @property
    def iteration(self) -> float | None:
        """Instructions for an iteration."""
        if not self.figures:
            return None
        few, many = (self.figures.calls[f"{FUNCTION} {count}"] for count in (FEW, MANY))
        return (many.instructions - few.instructions) / (MANY - FEW)

    @property
    def results(self) -> list[int]:
        """What the calls returned."""
        return [call.result for call in self.figures.calls.values()] if self.figures else []


@dataclass
class Measurement:
    """All rows of one board."""

    board: Board
    toolchain: str
    module: str
    module_bytes: int
    rows: list[Row] = field(default_factory=list)

    def ratio(self, row: Row) -> float | None:
        """Instructions of an iteration as a multiple of C."""
        base = next((other.iteration for other in self.rows if other.name == C), None)
        return row.iteration / base if base and row.iteration is not None else None

    def as_data(self) -> dict[str, Any]:
        """Everything for a JSON file."""
        return {
            "board": self.board.name,
            "target": self.board.target,
            "toolchain": self.toolchain,
            "module": self.module,
            "module_bytes": self.module_bytes,
            "rows": {row.name: self._row_data(row) for row in self.rows},
        }

    def _row_data(self, row: Row) -> dict[str, Any]:
        """One row for a JSON file."""
        if not row.figures:
            return {"problem": row.problem}
        figures = row.figures
        return {
            "instructions_per_iteration": row.iteration,
            "ratio": self.ratio(row),
            "section_bytes": row.section_bytes,
            "engine": figures.engine,
            "instructions": figures.instructions,
            "bytes": figures.sizes,
            "calls": {text: vars(call) for text, call in figures.calls.items()},
        }


def measure_board(name: str, module: Path | None, toolchain: str, variants: Sequence[str], step: Step) -> Measurement:
    """Build, run and count everything that can be on a board; `variants` are options of `mote aot` for more rows."""
    board = read_board(name)
    sources = find_sources()
    images = Images(board, toolchain)
    with images.alone(), temporary_module(module, images, sources) as file:
        measurement = Measurement(board, toolchain, module.name if module else "CoreMark", file.stat().st_size)
        ways: list[tuple[str, Callable[[], Row]]] = [
            (C, lambda: run_c(images, sources)),
            (INTERPRETER, lambda: run_module(images, file)),
            *((f"{NATIVE} {words}".strip(), partial(run_native, images, file, words)) for words in ("", *variants)),
        ]
        for way, action in ways:
            measurement.rows.append(attempt(way, action))
            step(f"{way} on {name}")
    compare(measurement)
    return measurement


@contextmanager
def temporary_module(module: Path | None, images: Images, sources: list[Path]) -> Iterator[Path]:
    """The module that was named, or one compiled from CoreMark's sources."""
    if module:
        yield module
        return
    with TemporaryDirectory() as folder:
        yield images.compile_module(sources, Path(folder) / "coremark.wasm")


def attempt(name: str, action: Callable[[], Row]) -> Row:
    """One way's row; what cannot be done on this machine becomes its problem."""
    try:
        return action()
    except UserError as error:
        return Row(name, problem=str(error))


def run_c(images: Images, sources: list[Path]) -> Row:
    """The source in C, in the same surroundings."""
    with TemporaryDirectory() as folder:
        program = images.build("native.elf", images.compile_c(sources, Path(folder) / C_OBJECT))
        return Row(C, measure(images.board, program, commands()))


def run_module(images: Images, module: Path) -> Row:
    """The module as it is, which is then interpreted."""
    return Row(INTERPRETER, measure(images.board, images.build("bench.elf", module), commands()))


def run_native(images: Images, module: Path, words: str) -> Row:
    """The module with native code for the board, compiled with these options of `mote aot`."""
    with TemporaryDirectory() as folder:
        native = Path(folder) / "native.wasm"
        data = module.read_bytes()
        native.write_bytes(with_native_code(data, images.board.name, words))
        figures = measure(images.board, images.build("bench.elf", native), commands())
        if figures.engine != NATIVE:
            raise UserError(f"the board ran it in its {figures.engine}", remedy="Its console says why: scons run.")
        return Row(f"{NATIVE} {words}".strip(), figures, native.stat().st_size - len(data))


def with_native_code(data: bytes, board: str, words: str = "") -> bytes:
    """A module with a section for the board's CPU, made with these options of `mote aot`."""
    from mote.aot.compile import compile_module
    from mote.aot.machines import board_target
    from mote.aot.options import Options, parse_call_stack
    from mote.cli.aot import command

    given = command.make_context("mote aot", ["module", *shlex.split(words)]).params
    call_stack = given["call_stack"]
    options = Options(
        level=given["level"],
        bounds=given["bounds"],
        interrupt=not given["no_interrupt"],
        call_stack=None if call_stack is None else parse_call_stack(call_stack),
    )
    return compile_module(data, board_target(board), options).data


def commands() -> list[str]:
    """What is called; the very first call takes a few instructions more, and the one after it counts in its place."""
    return [f"{FUNCTION} {count}" for count in (FEW, FEW, MANY)]


def compare(measurement: Measurement) -> None:
    """A row whose calls returned something else than the first row's has no figures."""
    results = [row.results for row in measurement.rows if row.figures]
    for row in measurement.rows:
        if row.figures and row.results != results[0]:
            row.problem = f"returns {row.results} where others return {results[0]}"
            row.figures = None
