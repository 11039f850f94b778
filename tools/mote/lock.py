"""The locked dependencies: which version of each package the checkout was tested with.

The lock file is what the launcher ./mote installs from, in pip's form: NAME==VERSION, perhaps a marker that says for
which machines, then hashes.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from mote import checkout

FILE = "requirements.lock"
PIN = re.compile(r"^([A-Za-z0-9][\w.-]*)==([^\s;\\]+)[ \t]*(?:;([^\\\n]*))?", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Pin:
    """A package and its version."""

    name: str
    version: str


def locked(folder: Path | None = None) -> list[Pin]:
    """The pins that hold for this machine in the lock file of a folder (default: the checkout)."""
    path = (folder or checkout.root()) / FILE
    if not path.is_file():
        return []
    found = PIN.findall(path.read_text(encoding="utf-8"))
    return [Pin(name, version) for name, version, marker in found if not marker.strip() or applies(marker)]


def applies(marker: str) -> bool:
    """Whether a marker speaks of this machine; not, when the package that reads markers is missing."""
    try:
        from packaging.markers import Marker
    except ModuleNotFoundError:
        return False
    return Marker(marker.strip()).evaluate()
