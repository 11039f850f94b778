"""The builds that tests run against: both dispatch styles, both bounds modes, sanitizers, coverage, other CPUs; made by scons."""

import fcntl
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from support.native import Native
from support.places import ROOT

# Set by `mote test`, which builds everything first and shows it.
BUILT_VARIABLE = "MOTE_TEST_BUILT"
TARGETS = ("motert", "spec-driver", "unit-tests", "fault-driver")


class MissingBuild(Exception):
    """This machine cannot make the build: says why and what would help."""


@dataclass(frozen=True)
class Build:
    """A configuration of the Linux board; `arguments` are those of scons.

    `target` is a row of targets.json whose programs an emulator runs; `board` a bare board in its emulator instead of a
    Linux process; `rooms` are those whose tests use the build (none: all); `native` is for what modules are compiled before
    they are loaded (None: they are interpreted); quick runs take every `sample`-th test of such a build, none at all for 0.
    """

    name: str
    what: str
    folder: str
    arguments: tuple[str, ...] = ()
    needs: str = ""
    sanitized: bool = False
    programs: tuple[str, ...] = TARGETS
    target: str = ""
    board: str = ""
    rooms: tuple[str, ...] = ()
    native: Native | None = None
    sample: int = 1

    @property
    def path(self) -> Path:
        """The folder it is built in."""
        return ROOT / self.folder

    def program(self, name: str) -> Path:
        """A program of this build, built when it is not up to date; MissingBuild when it cannot be."""
        self.check_needs()
        if os.environ.get(BUILT_VARIABLE) != "1":
            make(self)
        path = self.path / name
        if not path.exists():
            raise MissingBuild(f"{path.relative_to(ROOT)} is not there; build it with: {self.command_line()}")
        return path

    def launch(self, name: str) -> tuple[str, ...]:
        """The words that start a program of this build, the emulator's first."""
        return (*self.emulator(), str(self.program(name)))

    def emulator(self) -> tuple[str, ...]:
        """What runs the programs; empty when this machine does."""
        if self.board:
            return serial_emulator(self.board)
        if not self.target:
            return ()
        emulator = targets()[self.target]["emulator"]
        return (emulator["program"], *emulator["arguments"])

    def runs_in(self, room: str) -> bool:
        """Whether tests of this room use the build."""
        return not self.rooms or room in self.rooms

    def check_needs(self) -> None:
        """Raise MissingBuild when the compiler or the emulator for it is not here."""
        if self.needs and not shutil.which(self.needs):
            raise MissingBuild(f"the {self.name} build needs {self.needs}: apt-get install {self.needs} libc6-dev")
        emulator = self.emulator()
        if emulator and not shutil.which(emulator[0]):
            package = (board_emulator(self.board) if self.board else targets()[self.target]["emulator"])["package"]
            raise MissingBuild(f"the {self.name} build needs {emulator[0]}: apt-get install {package}")

    def command(self) -> list[str]:
        """The command that builds it."""
        folder = [f"BUILD={self.folder}"] if self.folder != "build/linux" else []
        programs = [f"{self.folder}/{program}" for program in self.programs]
        where = [f"BOARD={self.board or 'linux'}", *([f"TARGET={self.target}"] if self.target else [])]
        return [sys.executable, "-m", "SCons", "-C", str(ROOT), "-Q", *where, *folder, *self.arguments, *programs]

    def command_line(self) -> str:
        """The same as a person would type it."""
        return " ".join(["scons", *self.command()[6:]])


@cache
def board_emulator(board: str) -> dict[str, Any]:
    """What runs the programs of a bare board: "emulator" of its board.json."""
    return json.loads((ROOT / "boards" / board / "board.json").read_text())["emulator"]


def serial_emulator(board: str) -> tuple[str, ...]:
    """The words that start a board's emulator with the serial line on its standard streams, up to the program."""
    emulator = board_emulator(board)
    return (emulator["program"], *emulator["arguments"], "-display", "none", "-monitor", "none", "-serial", "stdio", "-kernel")


@cache
def targets() -> dict[str, dict[str, Any]]:
    """The rows of targets.json."""
    return json.loads((ROOT / "site_scons" / "targets.json").read_text())


GCC = "TOOLCHAIN=gcc"
# What emulators of other CPUs run: their builds are there for 32 bits and for the other instruction sets, not for Linux.
EMULATED_ROOMS = ("spec", "unit", "differential")
NATIVE_ROOMS = ("spec", "differential")
RV32, THUMB = "riscv32-linux-musl", "thumb-linux-musleabi"


def sanitized_build() -> Build:
    """All sanitizers with gcc; the pip-installed compiler brings the one for undefined behaviour only."""
    options = "SET=ASSERT=y,MEMORY_CHECKS=y"
    if shutil.which("gcc"):
        what = "gcc's address and undefined-behaviour sanitizers, asserts, explicit checks"
        return Build("sanitized", what, "build/linux-sanitized", (GCC, "SANITIZE=address,undefined", options), sanitized=True)
    what = "undefined-behaviour sanitizer, asserts, explicit checks (no address sanitizer: that needs gcc)"
    return Build("sanitized", what, "build/linux-ubsan", ("SANITIZE=undefined", options), sanitized=True)


def native_build(
    folder: str, name: str, bounds: str = "", arguments: tuple[str, ...] = (), target: str = "", sample: int = 1
) -> Build:
    """A build that runs native code only, for a target of `mote aot`."""
    title = "-".join(filter(None, ("native", name, bounds)))
    what = f"native code for {name}" + (f", {bounds}" if bounds else "") + (", in an emulator" if target else "")
    return Build(title, what, folder, arguments, target=target, rooms=NATIVE_ROOMS, native=Native(name, bounds), sample=sample)


def board_build(board: str) -> Build:
    """The driver alone on a bare board, over its serial line."""
    return Build(board, f"the board {board} in its emulator, over its serial line", f"build/tests/spec-{board}", rooms=("spec",),
                 board=board, programs=("spec-driver",), sample=24)


def builds() -> dict[str, Build]:
    """What tests run against unless told otherwise, by name. Asked anew each time: a compiler may have been installed."""
    listed = (
        Build("tail-guard", "tail calls, guard pages", "build/linux"),
        Build("goto-guard", "computed goto, guard pages", "build/linux-goto-guard", ("SET=INTERP_DISPATCH_GOTO=y",)),
        Build("tail-checks", "tail calls, explicit checks", "build/linux-tail-checks", ("SET=MEMORY_CHECKS=y",)),
        Build("goto-checks", "computed goto, explicit checks", "build/linux-goto-checks",
              ("SET=INTERP_DISPATCH_GOTO=y,MEMORY_CHECKS=y",)),
        sanitized_build(),
        Build("rv32-linux", "32-bit RISC-V without floating point, in an emulator", "build/linux-rv32",
              target=RV32, rooms=EMULATED_ROOMS),
        Build("thumb-linux", "32-bit Arm in Thumb code without floating point, in an emulator", "build/linux-thumb",
              target=THUMB, rooms=EMULATED_ROOMS),
        native_build("build/linux", "x86-64"),
        native_build("build/linux-tail-checks", "x86-64", "checks", arguments=("SET=MEMORY_CHECKS=y",), sample=4),
        native_build("build/linux-rv32", "rv32imc", target=RV32, sample=8),
        native_build("build/linux-rv32", "rv32imac", target=RV32, sample=0),
        native_build("build/linux-thumb", "thumbv6m", target=THUMB, sample=8),
        native_build("build/linux-thumb", "thumbv7m", target=THUMB, sample=8),
        native_build("build/linux-thumb", "thumbv7em", target=THUMB, sample=0),
        native_build("build/linux-thumb", "thumbv7em+fp", target=THUMB, sample=0),
        native_build("build/linux-aarch64", "aarch64", target="aarch64-linux-musl", sample=0),
        board_build("qemu_riscv32"),
        board_build("mps2_an385"),
        board_build("mps2_an386"),
    )
    return {build.name: build for build in listed}


COVERAGE = {
    build.name: build
    for build in (
        Build("coverage-guard", "gcc with coverage, guard pages", "build/linux-coverage-guard", (GCC, "COVERAGE=1"), "gcc"),
        Build("coverage-checks", "gcc with coverage, explicit checks", "build/linux-coverage-checks",
              (GCC, "COVERAGE=1", "SET=MEMORY_CHECKS=y"), "gcc"),
    )
}
SMALLEST = Build(
    "smallest", "every feature of WebAssembly that has a switch is off", "build/linux-smallest",
    ("SET=WASM_FLOATING_POINT=n,WASM_MUTABLE_GLOBALS=n,WASM_SIGN_EXTENSION=n,WASM_MULTI_VALUE=n,WASM_BULK_MEMORY=n,"
     "WASM_EXTENDED_CONST=n",),
    programs=("motert",),
)


@cache
def make(build: Build) -> None:
    """Run scons once a session; two test processes wait for each other."""
    (ROOT / "build").mkdir(exist_ok=True)
    with (ROOT / "build" / ".tests.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = subprocess.run(build.command(), capture_output=True, text=True)
    if done.returncode:
        raise MissingBuild(f"{build.command_line()}: {(done.stderr or done.stdout).strip()[-2000:]}")


def find_build(name: str) -> Build:
    """A build by name."""
    return {**builds(), **COVERAGE, SMALLEST.name: SMALLEST}[name]
