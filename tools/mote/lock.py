"""The locked dependencies: which version of each package the checkout was tested with.

A lock file lies in the checkout's folder, is called *.lock and has pip's form: NAME==VERSION, then perhaps a marker and
hashes.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from mote import checkout

PIN = re.compile(r"^([A-Za-z0-9][\w.-]*)==([^\s;\\]+)\s*(;)?", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Pin:
    """A package and its version; a conditional one is for some machines only."""

    name: str
    version: str
    conditional: bool


def locked(folder: Path | None = None) -> list[Pin]:
    """All pins of the lock files in a folder (default: the checkout), by name."""
    pins: dict[str, Pin] = {}
    for path in sorted((folder or checkout.root()).glob("*.lock")):
        for name, version, marker in PIN.findall(path.read_text(encoding="utf-8")):
            pins.setdefault(name.lower(), Pin(name, version, bool(marker)))
    return [pins[name] for name in sorted(pins)]
