"""What runs the programs: our own runtime, the peers that are found on this machine, and native code.

A peer is looked for where its environment variable points, else on PATH; one that is not there is reported
with the reason and the rest is measured without it.
"""

import importlib.util
import os
import shlex
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path

from mote.bench.compiled import AOT_ENGINES, check_compiler, compiled_path, find_motert
from mote.bench.programs import Program, find_native_compiler
from mote.errors import UserError

NATIVE = "native"


@dataclass(frozen=True)
class Engine:
    """A way to run a program: words before the module and between the module and the program's arguments."""

    name: str
    before: tuple[str, ...] = ()
    between: tuple[str, ...] = ()
    compiles: bool = False  # compiles in threads at load time: its instructions cannot be counted exactly
    bounds: str = ""  # runs the module's form that is compiled with these bounds, see compiled.py
    reports_itself: bool = False  # our runner around the pip-installed wasmtime: it leaves out Python's start

    def command(self, program: Program) -> list[str] | None:
        """The command line for a program, or None when the engine cannot run it."""
        if self.name == NATIVE:
            return [str(program.native), *program.arguments] if program.native else None
        module = compiled_path(program.module, self.bounds) if self.bounds else program.module
        return [*self.before, str(module), *self.between, *program.arguments]

    @property
    def is_native(self) -> bool:
        """Whether it runs machine code that has been made before."""
        return self.name == NATIVE or bool(self.bounds)

    def described(self) -> str:
        """The command line as a person types it."""
        words = find_native_compiler() if self.name == NATIVE else self.before
        made = " -O2" if self.name == NATIVE else f" (mote aot --bounds={self.bounds})" if self.bounds else ""
        return " ".join([Path(words[0]).name, *words[1:]]) + made


@dataclass(frozen=True)
class Peer:
    """Another runtime: its name, the variable that points to it, and the options that a fair run needs."""

    name: str
    variable: str
    options: tuple[str, ...] = ()
    between: tuple[str, ...] = ()
    compiles: bool = False


# Stacks are made large enough for tests/bench/calls.c; all else is left as the peers' authors chose it.
PEERS = (
    Peer("wasm3", "MOTE_BENCH_WASM3", ("--stack-size", "1000000")),
    Peer("iwasm", "MOTE_BENCH_IWASM", ("--stack-size=1000000",)),
    Peer("toywasm", "MOTE_BENCH_TOYWASM", ("--wasi", "--")),
    Peer("wasmtime", "MOTE_BENCH_WASMTIME", ("run",), compiles=True),
)


@dataclass(frozen=True)
class Found:
    """The engines that are there, in the order in which they are shown, and why others are not."""

    engines: list[Engine]
    missing: dict[str, str]


def find_engines() -> Found:
    """Everything on this machine that can run a program."""
    engines, missing = [Engine(NATIVE)], {}
    ours = [(name, _find_aot(name, *how)) for name, *how in AOT_ENGINES]
    for name, found in [*ours, ("mote", _find_ours()), *((peer.name, _find_peer(peer)) for peer in PEERS)]:
        if isinstance(found, Engine):
            engines.append(found)
        else:
            missing[name] = found
    return Found(engines, missing)


def choose(found: Found, wanted: Sequence[str]) -> Found:
    """Only the engines of `--engine`: names of found ones, or NAME=COMMAND for one that is added."""
    if not wanted:
        return found
    known = {engine.name: engine for engine in found.engines}
    chosen = []
    for text in wanted:
        name, equals, command = text.partition("=")
        if equals:
            chosen.append(_named(name, command))
            continue
        if name not in known:
            raise UserError(_unknown(name, known, found.missing))
        chosen.append(known[name])
    return Found(chosen, {})


def _find_ours() -> Engine | str:
    """Our runtime as an interpreter."""
    try:
        path = find_motert("MOTE_BENCH_MOTERT", "linux", "scons BOARD=linux")
    except UserError as error:
        return str(error)
    return _from_variable("mote", "MOTE_BENCH_MOTERT", path, ("--interpret",))


def _find_aot(name: str, bounds: str, variable: str, folder: str, recipe: str) -> Engine | str:
    """Our runtime with native code."""
    try:
        found = _from_variable(name, variable, find_motert(variable, folder, recipe), ("--native-only",))
        check_compiler()
    except UserError as error:
        return str(error)
    return replace(found, bounds=bounds) if isinstance(found, Engine) else found


def _find_peer(peer: Peer) -> Engine | str:
    """A peer by its variable, on PATH or, for wasmtime, as a Python package; else why not."""
    named = os.environ.get(peer.variable)
    if named:
        return _from_variable(peer.name, peer.variable, named, peer.options, peer.between, peer.compiles)
    path = shutil.which(peer.name)
    if path:
        return Engine(peer.name, (path, *peer.options), peer.between, peer.compiles)
    if peer.name == "wasmtime" and importlib.util.find_spec("wasmtime"):
        runner = str(Path(__file__).with_name("wasmtime_runner.py"))
        return Engine("wasmtime", (sys.executable, runner), compiles=True, reports_itself=True)
    return f"not on PATH, and {peer.variable} is not set"


def _from_variable(
    name: str,
    variable: str,
    command: str,
    options: tuple[str, ...] = (),
    between: tuple[str, ...] = (),
    compiles: bool = False,
) -> Engine | str:
    """An engine from a variable that holds a path or a path with options of its own."""
    words = shlex.split(command)
    path = shutil.which(words[0]) if words else None
    if not path:
        return f"{variable} names {command!r}, which cannot be run"
    own = tuple(words[1:])
    return Engine(name, (path, *(own or options)), between, compiles)


def _named(name: str, command: str) -> Engine:
    """An engine from `--engine NAME=COMMAND`; a peer's options are added when the command has none."""
    peer = next((peer for peer in PEERS if name.startswith(peer.name)), Peer(name, "--engine"))
    made = _from_variable(name, "--engine", command, peer.options, peer.between, peer.compiles)
    if isinstance(made, str):
        raise UserError(made, remedy="Give --engine NAME=PATH or --engine NAME='PATH OPTIONS'.")
    return made


def _unknown(name: str, known: dict[str, Engine], missing: dict[str, str]) -> str:
    """Why there is no engine of that name."""
    if name in missing:
        return f"{name} is not there: {missing[name]}"
    close = get_close_matches(name, known, n=1)
    hint = f"did you mean '{close[0]}'?" if close else f"there are {', '.join(known)}"
    return f"no engine is called '{name}': {hint}"
