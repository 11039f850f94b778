"""What starts an emulator: the program, and the words that give it firmware, flash and line, all from the board's board.json."""

import json
import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from mote import checkout
from mote.errors import ExitCode, UserError

FLASH_SECTOR = 4096
ERASED = 1 << 20
UNITS = {"K": 1 << 10, "M": 1 << 20}


def boards() -> dict[str, dict[str, Any]]:
    """The boards that an emulator stands for, with their data."""
    found = {path.parent.name: json.loads(path.read_text()) for path in sorted((checkout.root() / "boards").glob("*/board.json"))}
    return {name: data for name, data in found.items() if "emulator" in data}


def emulator_words(board: dict[str, Any], firmware: Path, flash: Path) -> list[str]:
    """The words that start a board's emulator with its firmware and a flash file, which is made when it is not there."""
    emulator = board["emulator"]
    program = emulator_program(emulator)
    if "flash" in emulator and not flash.exists():
        make_flash(flash, size_of(board["devices"]["flash"]["size"]))
    if "image" in emulator:
        put_firmware(flash, firmware)
    words = [*emulator["arguments"], *emulator.get("flash", []), *emulator.get("load", ["-kernel", "{program}"])]
    places = {"{flash}": str(flash).replace(",", ",,"), "{program}": str(firmware)}
    for name, value in places.items():
        words = [word.replace(name, value) for word in words]
    return [*program, *words]


def emulator_program(emulator: dict[str, Any]) -> list[str]:
    """How an emulator is started: a program of the system, or a model in Python unless a variable names a program instead."""
    if "module" not in emulator:
        return [need_program(emulator["program"], emulator["package"])]
    named = os.environ.get(emulator["variable"])
    if named:
        if not shutil.which(named):
            what = f"{emulator['variable']} names no program"
            raise UserError(what, named, f"Unset {emulator['variable']} or correct it.", ExitCode.NO_DEVICE)
        return [named]
    if find_spec(emulator["package"]) is None:
        what = f"the Python package {emulator['package']} is not installed"
        raise UserError(what, remedy=f"Run: pip install {emulator['package']}", code=ExitCode.NO_DEVICE)
    return [sys.executable, "-m", emulator["module"]]


def environment() -> dict[str, str]:
    """The environment of an emulator: one in Python must find this package."""
    tools = str(checkout.root() / "tools")
    return os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, (tools, os.environ.get("PYTHONPATH"))))}


def make_flash(path: Path, size: int) -> None:
    """A file of erased flash, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_suffix(".half")
    with half.open("wb") as file:
        for at in range(0, size, ERASED):
            file.write(b"\xff" * min(ERASED, size - at))
    half.replace(path)


def put_firmware(flash: Path, image: Path) -> None:
    """Write an image to the beginning of a flash file, in whole sectors, as flashing a chip does."""
    data = image.read_bytes()
    data += b"\xff" * (-len(data) % FLASH_SECTOR)
    with flash.open("r+b") as file:
        if file.read(len(data)) != data:
            file.seek(0)
            file.write(data)


def size_of(text: str) -> int:
    """A size of board.json: 0x..., or a number with K or M behind."""
    return int(text.rstrip("KM"), 0) * UNITS.get(text[-1:], 1)


def firmware_name(board: dict[str, Any]) -> str:
    """The file of the build that an emulator of the board starts."""
    return str(board["emulator"].get("image", "firmware.elf"))


def need_program(program: str, package: str) -> str:
    """An emulator; installed by its package where that may be done without asking."""
    found = shutil.which(program)
    if found:
        return found
    line = f"apt-get install -y --no-install-recommends {package}"
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise UserError(f"{program} is not installed", remedy=f"Run: sudo {line}", code=ExitCode.NO_DEVICE)
    print(f"mote: {line}", file=sys.stderr, flush=True)
    quiet = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    for words in (["apt-get", "-q", "update"], line.split()):
        subprocess.run(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=quiet, check=False)
    found = shutil.which(program)
    if not found:
        raise UserError(f"{program} is not installed and could not be", remedy=f"Run: {line}", code=ExitCode.NO_DEVICE)
    return found
