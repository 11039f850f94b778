"""Modules that many tests want: those of the unit tests, and small valid ones out of the official suite."""

import os
from functools import cache
from pathlib import Path

import wasmtime

from spec.suites import inventory
from support.places import TESTS, scratch


@cache
def unit_modules() -> dict[str, bytes]:
    """The modules of tests/unit/modules by name."""
    return {path.stem: bytes(wasmtime.wat2wasm(path.read_text())) for path in sorted((TESTS / "unit" / "modules").glob("*.wat"))}


@cache
def unit_files() -> dict[str, Path]:
    """The same as files; written aside and renamed, since two test processes may do this at the same time."""
    files = {}
    for name, module in unit_modules().items():
        files[name] = scratch("modules") / f"{name}.wasm"
        half = files[name].with_suffix(f".{os.getpid()}")
        half.write_bytes(module)
        half.rename(files[name])
    return files


@cache
def suite_modules(suite: str = "core-2.0", largest: int = 4000) -> list[Path]:
    """The valid modules of a suite up to a size, one list over all its files; empty without the suite."""
    found = []
    for file in inventory().files:
        if file.suite == suite:
            commands = [command for command in file.commands() if command["type"] == "module"]
            found += [Path(command["filename"]) for command in commands]
    return [path for path in found if path.stat().st_size <= largest]


def spread(items: list[Path], count: int) -> list[Path]:
    """About `count` of the items, spread evenly over the list."""
    step = max(1, len(items) // count)
    return items[::step][:count]
