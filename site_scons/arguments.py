"""What may be said on the command line of scons (`scons NAME=value ...`), checked and with defaults filled in."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from problem import Problem

MEANING = {
    "BOARD": "board to build for, a folder of boards/ or a path to one (default: linux); `scons boards` lists them",
    "TARGET": "alone: build only the core library for a bare CPU; with BOARD=linux: build for Linux on another CPU",
    "TOOLCHAIN": "zig (default, installed by pip), gcc or clang (the system's)",
    "BUILD": "folder to build in (default: build/<board> or build/<target>)",
    "MODULE": "for a bare board: the module that its flash holds; for native.elf an object file",
    "SET": "options to set in that folder's .config: SET=WASM_NAMES=n,ASSERT=y",
    "SANITIZE": "address, undefined, thread or several, joined by commas",
    "COVERAGE": "1: count which lines are executed (gcov)",
    "FEATURES": "with `size`: what switching features off saves; 1 for all, or their names joined by commas",
    "JSON": "with `size`: also write the figures to this file",
    "PORT": "with `flash`: the serial port or the drive of the board, where it is not found by itself",
    "ARGS": "with `run`: the arguments of motert, or of the board's emulator; with `test` and `flash`: those of `mote`",
    "V": "1: print whole command lines",
}
SANITIZERS = ("address", "undefined", "thread")


@dataclass(frozen=True)
class Arguments:
    """The command line, each argument checked by itself; whether they fit together is found out later."""

    board: str
    target: str
    toolchain: str
    build: str
    module: str
    overrides: dict[str, str]
    sanitize: tuple[str, ...]
    coverage: bool
    features: str
    json: str
    args: str
    port: str
    verbose: bool


def read_arguments(given: Mapping[str, str]) -> Arguments:
    """Check the NAME=value arguments of scons."""
    for name in given:
        if name not in MEANING:
            raise Problem(f"{name}=: there is no such argument{suggestion(name, MEANING)}; there are {', '.join(MEANING)}")
    target = given.get("TARGET", "")
    board = given.get("BOARD", "" if target else "linux")
    if not (board or target):
        raise Problem("BOARD=: name a board; `scons boards` lists them")
    return Arguments(
        board=board,
        target=target,
        toolchain=given.get("TOOLCHAIN", "zig"),
        build=given.get("BUILD", "") or f"build/{target or Path(board).name}",
        module=given.get("MODULE", ""),
        overrides=read_overrides(given.get("SET", "")),
        sanitize=read_sanitizers(given.get("SANITIZE", "")),
        coverage=read_switch(given, "COVERAGE"),
        features=given.get("FEATURES", ""),
        json=given.get("JSON", ""),
        args=given.get("ARGS", ""),
        port=given.get("PORT", ""),
        verbose=read_switch(given, "V"),
    )


def read_switch(given: Mapping[str, str], name: str) -> bool:
    """An argument that is 0 or 1."""
    value = given.get(name, "0")
    if value not in ("0", "1"):
        raise Problem(f"{name}={value}: say {name}=1 or leave it out")
    return value == "1"


def read_overrides(text: str) -> dict[str, str]:
    """SET's value as option -> value; the prefix CONFIG_ is allowed."""
    overrides = {}
    for part in filter(None, text.split(",")):
        match = re.fullmatch(r"(?:CONFIG_)?(\w+)=(.*)", part)
        if not match:
            raise Problem(f"SET={text}: '{part}' is not of the form OPTION=value")
        overrides[match[1]] = match[2]
    return overrides


def read_sanitizers(text: str) -> tuple[str, ...]:
    """SANITIZE's value as a sorted tuple."""
    chosen = sorted(set(filter(None, text.split(","))))
    for name in chosen:
        if name not in SANITIZERS:
            raise Problem(f"SANITIZE={text}: there is no '{name}'; there are {', '.join(SANITIZERS)}")
    return tuple(chosen)


def suggestion(name: str, known: object) -> str:
    """', did you mean X?' when something known is spelt much like `name`."""
    close = get_close_matches(name, list(known), n=1)
    return f", did you mean {close[0]}?" if close else ""


def help_text() -> str:
    """What `scons -h` says."""
    width = max(map(len, MEANING)) + 1
    rows = "\n".join(f"  {name + '=':{width}} {text}" for name, text in MEANING.items())
    return f"""Targets:
  (none)       the board's firmware and libraries, and compile_commands.json
  lib          only the core library, libmote.a
  menuconfig, guiconfig, savedefconfig    edit .config, or save it as the board's defconfig
  size         flash and RAM of the firmware by part, file and symbol
  run, test    start the firmware, in the board's emulator if it has one; run the tests
  flash        write the firmware to the board
  boards       list the boards

Arguments:
{rows}
"""
