"""Finds the official test suite and reads it as lists of commands, one list a file.

The suite is data beside the checkout (archives or folders of wast2json's form) or a clone of the upstream .wast files.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from support.places import find_shared, unpacked

VARIABLE = "MOTE_SPEC_SUITE"
HOW_TO_GET_IT = (
    f"the official test suite is not here: git clone https://github.com/WebAssembly/spec -b wg-2.0, "
    f"then {VARIABLE}=spec/test/core"
)
SUITES = ("core-1.0", "core-2.0", "extended-const")


@dataclass(frozen=True)
class SuiteFile:
    """One file of a suite: its commands, and where the modules they name lie."""

    suite: str
    path: Path

    @property
    def name(self) -> str:
        """How tests call the file."""
        return f"{self.suite}/{self.path.stem}"

    def commands(self) -> list[dict[str, Any]]:
        """The commands; `filename` is made absolute."""
        if self.path.suffix == ".wast":
            from spec.wast import read_wast

            return read_wast(self.path)
        commands = json.loads(self.path.read_text(encoding="utf-8"))["commands"]
        for command in commands:
            if "filename" in command:
                command["filename"] = str(self.path.parent / command["filename"])
        return commands


@dataclass
class Inventory:
    """What was found: files, and the suites that are missing."""

    files: list[SuiteFile] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


@cache
def inventory() -> Inventory:
    """All files of all suites that this machine has."""
    root = find_shared(VARIABLE, "spec")
    found = Inventory()
    if root and any(root.glob("*.wast")):
        found.files = [SuiteFile("wast", path) for path in sorted(root.glob("*.wast"))]
        return found
    for suite in SUITES:
        files = [SuiteFile(suite, path) for path in _files(root, suite)] if root else []
        found.files += files
        found.missing += [] if files else [suite]
    return found


def _files(root: Path, suite: str) -> Iterator[Path]:
    for place in (root / suite, root / f"{suite}.tar.gz"):
        if place.exists():
            return iter(sorted(unpacked(place).glob("*.json")))
    return iter(())
