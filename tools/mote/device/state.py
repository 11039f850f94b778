"""What mote remembers of devices on this machine: the one used last, names that a person gave, emulated devices'
flash, and the modules that were sent, so that a crash can be explained later.
"""

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mote.errors import UserError, reason

VARIABLE = "MOTE_STATE"
FILE = "devices.json"


def state_folder() -> Path:
    """Where it is kept: MOTE_STATE, else the state folder of this person."""
    if os.environ.get(VARIABLE):
        return Path(os.environ[VARIABLE]).expanduser()
    base = os.environ.get("XDG_STATE_HOME", "")
    return (Path(base) if os.path.isabs(base) else Path.home() / ".local" / "state") / "mote"  # noqa: PTH117 (an empty text is no path)


@dataclass(slots=True)
class State:
    """The device used last, and aliases."""

    last: str = ""
    aliases: dict[str, str] = field(default_factory=dict)


def load_state() -> State:
    """What is remembered; nothing when there is no such file or it cannot be read."""
    try:
        document: Any = json.loads((state_folder() / FILE).read_text(encoding="utf-8"))
        return State(str(document.get("last", "")), {str(k): str(v) for k, v in document.get("aliases", {}).items()})
    except (OSError, ValueError, AttributeError):
        return State()


def save_state(state: State) -> None:
    """Remember it."""
    folder = state_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        half = folder / f".{FILE}.{os.getpid()}"
        half.write_text(json.dumps({"last": state.last, "aliases": state.aliases}, indent=2) + "\n", encoding="utf-8")
        half.replace(folder / FILE)
    except OSError as error:
        raise UserError(
            f"cannot remember the device: {reason(error)}", str(folder), f"Name another folder with {VARIABLE}."
        ) from error


def remember(name: str) -> None:
    """The device that was just used; nothing is written when it is the same as before."""
    state = load_state()
    if state.last != name:
        state.last = name
        save_state(state)
