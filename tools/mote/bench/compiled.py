"""Our runtime with native code: modules are compiled for this machine by `mote aot` before anything is measured.

The engine `aot` uses guard pages, `aot-checks` a build whose native code compares every address with the memory's size.
"""

import importlib.util
import os
from collections.abc import Callable, Sequence
from pathlib import Path

from mote import checkout
from mote.bench.programs import Program
from mote.errors import UserError

# Engine, how its code keeps inside its memory, the variable that names its motert, where else it is, and what builds it there.
AOT_ENGINES = (
    ("aot", "guard", "MOTE_BENCH_MOTERT", "linux", "scons BOARD=linux"),
    ("aot-checks", "checks", "MOTE_BENCH_MOTERT_CHECKS", "linux-checks", "scons BUILD=build/linux-checks SET=MEMORY_CHECKS=y"),
)


def find_motert(variable: str, folder: str, recipe: str) -> str:
    """Our runtime as a variable names it, else in a build folder; a UserError says why not."""
    if os.environ.get(variable):
        return os.environ[variable]
    path = checkout.build_folder(folder) / "motert"
    if not path.exists():
        raise UserError(f"{checkout.shown(path)} is not built: run {recipe}")
    return str(path)


def check_compiler() -> None:
    """Refuse a machine that native code cannot be made on or for."""
    from mote.aot.machines import this_machine

    if not importlib.util.find_spec("llvmlite"):
        raise UserError("llvmlite is not installed")
    this_machine()


def compiled_path(module: Path, bounds: str) -> Path:
    """Where the compiled form of a module lies."""
    return checkout.root() / "build" / "bench" / f"{module.stem}.{bounds}.wasm"


def compile_programs(programs: Sequence[Program], kinds: Sequence[str], step: Callable[[str], None]) -> None:
    """Compile every program with every kind of bounds; unchanged functions come from the cache."""
    from mote.aot.compile import compile_module
    from mote.aot.machines import this_machine
    from mote.aot.options import Options

    for program in programs:
        data = program.module.read_bytes()
        for bounds in kinds:
            result = compile_module(data, this_machine(), Options(bounds=bounds))
            path = compiled_path(program.module, bounds)
            path.parent.mkdir(parents=True, exist_ok=True)
            made = path.with_name(f".{path.name}.{os.getpid()}")  # renamed when it is whole: tests run side by side
            made.write_bytes(result.data)
            made.replace(path)
            step(f"compiled {program.name} ({bounds})")
