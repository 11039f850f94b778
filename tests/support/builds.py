"""The builds that tests run against: both dispatch styles, both bounds modes, sanitizers, coverage; built by scons."""

import fcntl
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from support.places import ROOT

# Set by `mote test`, which builds everything first and shows it.
BUILT_VARIABLE = "MOTE_TEST_BUILT"
TARGETS = ("motert", "spec-driver", "unit-tests", "fault-driver")


class MissingBuild(Exception):
    """This machine cannot make the build: says why and what would help."""


@dataclass(frozen=True)
class Build:
    """A configuration of the Linux board; `arguments` are those of scons."""

    name: str
    what: str
    folder: str
    arguments: tuple[str, ...] = ()
    needs: str = ""
    sanitized: bool = False
    programs: tuple[str, ...] = TARGETS

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

    def check_needs(self) -> None:
        """Raise MissingBuild when the compiler for it is not here."""
        if self.needs and not shutil.which(self.needs):
            raise MissingBuild(f"the {self.name} build needs {self.needs}: apt-get install {self.needs} libc6-dev")

    def command(self) -> list[str]:
        """The command that builds it."""
        folder = [f"BUILD={self.folder}"] if self.folder != "build/linux" else []
        targets = [f"{self.folder}/{target}" for target in self.programs]
        return [sys.executable, "-m", "SCons", "-C", str(ROOT), "-Q", "BOARD=linux", *folder, *self.arguments, *targets]

    def command_line(self) -> str:
        """The same as a person would type it."""
        return " ".join(["scons", *self.command()[6:]])


GCC = "TOOLCHAIN=gcc"


def sanitized_build() -> Build:
    """All sanitizers with gcc; the pip-installed compiler brings the one for undefined behaviour only."""
    options = "SET=ASSERT=y,MEMORY_CHECKS=y"
    if shutil.which("gcc"):
        what = "gcc's address and undefined-behaviour sanitizers, asserts, explicit checks"
        return Build("sanitized", what, "build/linux-sanitized", (GCC, "SANITIZE=address,undefined", options), sanitized=True)
    what = "undefined-behaviour sanitizer, asserts, explicit checks (no address sanitizer: that needs gcc)"
    return Build("sanitized", what, "build/linux-ubsan", ("SANITIZE=undefined", options), sanitized=True)


def builds() -> dict[str, Build]:
    """What tests run against unless told otherwise, by name. Asked anew each time: a compiler may have been installed."""
    listed = (
        Build("tail-guard", "tail calls, guard pages", "build/linux"),
        Build("goto-guard", "computed goto, guard pages", "build/linux-goto-guard", ("SET=INTERP_DISPATCH_GOTO=y",)),
        Build("tail-checks", "tail calls, explicit checks", "build/linux-tail-checks", ("SET=MEMORY_CHECKS=y",)),
        Build("goto-checks", "computed goto, explicit checks", "build/linux-goto-checks",
              ("SET=INTERP_DISPATCH_GOTO=y,MEMORY_CHECKS=y",)),
        sanitized_build(),
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
