"""Finds the runtime `motert` of this checkout, builds it through SCons when it is missing, and runs it."""

import os
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from mote import checkout
from mote.errors import ExitCode, UserError

VARIABLE = "MOTE_RUNTIME"
# Exit statuses of motert besides the guest's own.
TRAPPED = 134
DEADLINE = 124


def find_runtime() -> Path | None:
    """The runtime that MOTE_RUNTIME names, else the one built for Linux; None when that is not built yet."""
    named = os.environ.get(VARIABLE)
    if not named:
        built = checkout.build_folder("linux") / "motert"
        return built if built.is_file() else None
    path = Path(named).expanduser()
    if not path.is_file() or not os.access(path, os.X_OK):
        raise UserError(f"{VARIABLE} names no program", where=named, remedy=f"Unset {VARIABLE} or correct it.")
    return path


def need_runtime() -> Path:
    """The runtime; builds it when it is missing, and says so."""
    found = find_runtime()
    if found:
        return found
    print("mote: the runtime is not built yet: scons BOARD=linux", file=sys.stderr, flush=True)
    if scons(["BOARD=linux"], output=sys.stderr):
        raise UserError("the runtime did not build", remedy="See above; mote doctor shows what is missing.")
    found = find_runtime()
    if not found:
        raise UserError(f"SCons made no {checkout.build_folder('linux') / 'motert'}", remedy="Run: mote doctor")
    return found


def scons(arguments: Sequence[str], output: object = None) -> int:
    """Run SCons in the checkout and return its status; `output` takes its standard output instead of ours."""
    if not find_spec("SCons"):
        raise UserError("SCons is not installed", remedy="Run: pip install scons", code=ExitCode.FAILED)
    command = [sys.executable, "-m", "SCons", "-C", str(checkout.root()), "-Q", *arguments]
    return subprocess.run(command, env=checkout.compiler_environment(), stdout=output, check=False).returncode


def become(runtime: Path, arguments: Sequence[str]) -> int:
    """Run the runtime in place of this process, so that signals, streams and the exit status are the guest's own."""
    sys.stdout.flush()
    sys.stderr.flush()
    command = [str(runtime), *arguments]
    if os.name == "posix":
        os.execv(command[0], command)
    return subprocess.run(command, check=False).returncode
