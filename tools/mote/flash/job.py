"""What is to be flashed, and the one place that knows which file is for which tool."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path
from typing import Any

from mote import checkout
from mote.errors import ExitCode, UserError

# The words of "tool" in board.json, each with the module whose `flash` does it.
TOOLS = {"esptool": "mote.flash.esp", "openocd": "mote.flash.openocd", "pyocd": "mote.flash.pyocd", "uf2": "mote.flash.uf2"}


@dataclass(frozen=True)
class Job:
    """An image for a board. `progress` is told how many bytes of how many are done."""

    board: str
    data: dict[str, Any]  # board.json
    image: Path
    port: str
    progress: Callable[[int, int], None]

    @property
    def flasher(self) -> dict[str, Any]:
        """What board.json says of the tool."""
        return self.data["flasher"]

    def run(self) -> str:
        """Write the image; where it went, for people."""
        tool = self.flasher["tool"]
        if tool not in TOOLS:
            where = f"{self.board}: board.json: flasher"
            raise UserError(f"there is no tool '{tool}'", where, f"There are: {', '.join(TOOLS)}.", ExitCode.USAGE)
        return str(import_module(TOOLS[tool]).flash(self))


def boards_to_flash() -> dict[str, dict[str, Any]]:
    """The boards that can be flashed, with their data."""
    found = {path.parent.name: read_board(path.parent) for path in sorted((checkout.root() / "boards").glob("*/board.json"))}
    return {name: data for name, data in found.items() if "flasher" in data}


def read_board(folder: Path) -> dict[str, Any]:
    """The data of a board."""
    return dict(json.loads((folder / "board.json").read_text()))


def need_board(name: str) -> tuple[str, dict[str, Any]]:
    """A board that can be flashed: the one that is named, by its folder or its name, or the only one."""
    boards = boards_to_flash()
    folder = Path(name).resolve()
    if name and (folder / "board.json").is_file() and "flasher" in read_board(folder):
        return str(folder), read_board(folder)
    if not name and len(boards) == 1:
        return next(iter(boards.items()))
    if name in boards:
        return name, boards[name]
    close = get_close_matches(name, boards, n=1)
    remedy = f"Did you mean {close[0]}?" if close else f"Say --board and one of: {', '.join(boards)}."
    if not name:
        raise UserError("which board?", remedy=remedy, code=ExitCode.USAGE)
    exists = any((base / name / "board.json").is_file() for base in (checkout.root() / "boards", Path()))
    what = "its board.json names no flasher" if exists else "there is no such board"
    raise UserError(what, f"--board {name}", remedy, ExitCode.USAGE)
