"""Modules that were sent to devices, with their names and debug data: found again by the hash that a device tells of
what crashed.

A copy of each lies in the state folder; the ones not used for longest go.
"""

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path

from mote.device.state import state_folder
from mote.wasm.model import Module
from mote.wasm.module import decode
from mote.wasm.reader import MalformedError

KEPT = 64
CODE = 10
KEY_BYTES = 8


@dataclass(frozen=True, slots=True)
class Kept:
    """A module as it was before it was sent; `shift` is what to add to an offset in what was sent."""

    module: Module
    path: str
    shift: int


def shelf() -> Path:
    """Where the copies are."""
    return state_folder() / "modules"


def keep(sent: bytes, original: Module, path: Path) -> None:
    """Remember what was sent. It is a convenience: what cannot be written is left out."""
    key = hashlib.sha256(sent).digest()[:KEY_BYTES].hex()
    target = shelf() / f"{key}.wasm"
    try:
        if target.is_file():
            os.utime(target)
            return
        shelf().mkdir(parents=True, exist_ok=True)
        about = {"path": str(path.resolve()), "shift": code_at(original.data) - code_at(sent)}
        target.with_suffix(".json").write_text(json.dumps(about), encoding="utf-8")
        half = shelf() / f".{os.getpid()}.half"
        half.write_bytes(original.data)
        half.replace(target)
        prune()
    except OSError:
        return


def prune() -> None:
    """Remove the copies that have not been used for longest."""
    copies = sorted(shelf().glob("*.wasm"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in copies[KEPT:]:
        path.unlink(missing_ok=True)
        path.with_suffix(".json").unlink(missing_ok=True)


def find(sha: bytes) -> Kept | None:
    """What was sent with that hash, of which the first bytes are enough."""
    target = shelf() / f"{sha[:KEY_BYTES].hex()}.wasm"
    try:
        about = json.loads(target.with_suffix(".json").read_text(encoding="utf-8"))
        return Kept(decode(target.read_bytes()), str(about["path"]), int(about["shift"]))
    except (OSError, ValueError, KeyError, TypeError, MalformedError):
        return None


def code_at(module: bytes) -> int:
    """Where the contents of the code section begin."""
    from mote.wasm.module import check_header, section_header
    from mote.wasm.reader import Reader

    reader = Reader(module)
    check_header(reader)
    while reader.left:
        section, _ = section_header(reader)
        if section.id == CODE:
            return section.payload
    return 0
