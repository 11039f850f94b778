"""What runs on a board: images made by scons, and CoreMark's sources, which are not in the tree, compiled by the cross compiler
and to a module. MOTE_BENCH_COREMARK names their folders."""

import fcntl
import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from mote import checkout
from mote.bench.board_console import Board
from mote.bench.programs import zig_cc
from mote.errors import UserError
from mote.runtime import scons

VARIABLE = "MOTE_BENCH_COREMARK"
C_OBJECT = "coremark.o"
# Has main() and needs a library; the folders' own run() stands for it.
LEFT_OUT = "core_main.c"
C_FLAGS = ("-O2", "-ffreestanding", "-nostdlib", "-r")
WASM_FLAGS = (
    "-target", "wasm32-freestanding", "-O2", "-s", "-fno-sanitize=all", "-nostdlib",
    "-Wl,--no-entry", "-Wl,--export=run", "-Wl,-z,stack-size=4096",
)  # fmt: skip


def find_sources() -> list[Path]:
    """The folders that MOTE_BENCH_COREMARK names; none when it is not set."""
    folders = [Path(name).expanduser() for name in os.environ.get(VARIABLE, "").split(os.pathsep) if name]
    for folder in folders:
        if not folder.is_dir():
            raise UserError("is no folder", where=f"{VARIABLE}={folder}")
    return folders


@dataclass(frozen=True)
class Images:
    """Programs for one board, made with one toolchain."""

    board: Board
    toolchain: str

    @property
    def folder(self) -> Path:
        """Where the images are made."""
        return checkout.root() / "build" / "bench" / f"{self.board.name}-{self.toolchain}"

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep other processes from making images in the same folder meanwhile."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def build(self, program: str, module: Path) -> Path:
        """An image with a module or an object file in it."""
        folder = self.folder
        arguments = [f"BOARD={self.board.name}", f"BUILD={folder}", f"TOOLCHAIN={self.toolchain}"]
        if scons([*arguments, f"MODULE={module}", str(folder / program)], output=subprocess.DEVNULL):
            raise UserError(f"{program} did not build", where=f"scons {' '.join(arguments)}", remedy="See above.")
        return folder / program

    def compile_c(self, folders: Sequence[Path], target: Path) -> Path:
        """The sources as one object file, by the cross compiler at -O2."""
        row = json.loads((checkout.root() / "site_scons" / "targets.json").read_text())[self.board.target]
        compiler = shutil.which(row["gcc_prefix"] + "gcc")
        if not compiler:
            raise UserError(f"{row['gcc_prefix']}gcc is not installed", remedy=f"Run: apt-get install {row['gcc_package']}")
        return compile_sources([compiler, *row["gcc"], *C_FLAGS], folders, target)

    def compile_module(self, folders: Sequence[Path], target: Path) -> Path:
        """The sources as a module."""
        return compile_sources([*zig_cc(), *WASM_FLAGS], folders, target)


def compile_sources(command: Sequence[str], folders: Sequence[Path], target: Path) -> Path:
    """Compile every C file of the folders into one file."""
    sources = [path for folder in folders for path in sorted(folder.glob("*.c")) if path.name != LEFT_OUT]
    if not sources:
        raise UserError(
            f"{VARIABLE} names no folder with CoreMark's sources",
            remedy=f"Set it to CoreMark's folder and one with a core_portme.h and a run(iterations), joined by '{os.pathsep}'.",
        )  # fmt: skip
    includes = [f"-I{folder}" for folder in folders]
    done = subprocess.run(
        [*command, *includes, *map(str, sources), "-o", str(target)],
        capture_output=True, text=True, env=checkout.compiler_environment(), check=False,
    )  # fmt: skip
    if done.returncode:
        said = next((line for line in done.stderr.splitlines() if "error" in line), "the compiler failed")
        raise UserError(said.strip(), where=command[0])
    return target
