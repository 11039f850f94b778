"""Flash on boards in their emulators: erased, written and read back by the main thread and by others, kept when the power is off.
The model of the ESP32-C3 is strict here: while the cache is off, whatever reads flash or executes code in it faults."""

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from mote.bench.board_console import PROMPT, SCRIPTED, read_until, type_line
from mote.device.board_emulator import emulator_words, environment, size_of
from support.places import ROOT, scratch

BOARDS = ("qemu_riscv32", "mps2_an385", "mps2_an386", "esp32c3")
LIMIT_S = 60.0
STORE, FILES = 0, 1
MAIN, OTHER = 0, 1  # threads


class Switched:
    """A board with the program flash.elf and a flash file; `on` and `off` as often as one likes."""

    def __init__(self, data: dict[str, Any], program: Path, flash: Path) -> None:
        self.data = data
        self.program = program
        self.flash = flash
        self.process: subprocess.Popen[bytes] | None = None

    def on(self) -> None:
        """Start it and wait until it asks for a command."""
        words = emulator_words(self.data, self.program, self.flash)
        strict = ["-strict"] if words[1:2] == ["-m"] else []
        self.process = subprocess.Popen(
            [*words, *SCRIPTED, *strict], bufsize=0, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, env=environment(),
        )  # fmt: skip
        self.alarm = threading.Timer(LIMIT_S, self.process.kill)
        self.alarm.start()
        read_until(self.process, PROMPT)

    def off(self) -> None:
        """Pull the plug."""
        if self.process:
            self.alarm.cancel()
            self.process.kill()
            self.process.communicate()
            self.process = None

    def say(self, command: str, *numbers: int) -> list[str]:
        """Type a command; what it printed."""
        assert self.process
        type_line(self.process, f"{command} {' '.join(map(str, numbers))}\n")
        return read_until(self.process, PROMPT).decode().replace("\r", "").splitlines()[1:-1]

    def all_right(self, commands: Sequence[tuple[str, int, int, int, int]], thread: int) -> None:
        """Commands succeed, on a thread."""
        for name, *numbers in commands:
            said = self.say(name, *numbers, thread)
            assert said == [f"{name}: right", *(["thread: ended"] if thread == OTHER else [])], (name, numbers, said)

    def partition(self, name: str) -> tuple[int, int]:
        """Where a partition begins in the flash file, and its size."""
        row = self.data["partitions"][name]
        return int(row["address"], 0) - int(self.data["devices"]["flash"]["address"], 0), size_of(row["size"])


@pytest.fixture(params=BOARDS)
def board(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Switched]:
    """A board whose emulator is here, switched on."""
    data = json.loads((ROOT / "boards" / request.param / "board.json").read_text())
    need_emulator(data["emulator"])
    made = Switched(data, build(request.param, ".bin" if "image" in data["emulator"] else ".elf"), tmp_path / "flash.img")
    made.on()
    yield made
    made.off()


def need_emulator(emulator: dict[str, Any]) -> None:
    """Skip a test whose emulator is not installed."""
    if "module" in emulator and not find_spec(emulator["package"]):
        pytest.skip(f"the model of the chip needs: pip install {emulator['package']}")
    if "program" in emulator and not shutil.which(emulator["program"]):
        pytest.skip(f"{emulator['program']} is not installed: apt-get install {emulator['package']}")


@cache
def build(board: str, suffix: str) -> Path:
    """The program for a board."""
    folder = scratch("board") / f"{board}-zig"
    goal = folder / f"flash{suffix}"
    command = [sys.executable, "-m", "SCons", "-C", str(ROOT), "-Q", f"BOARD={board}", f"BUILD={folder}", str(goal)]
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ)
    assert done.returncode == 0, done.stderr[-3000:]
    return goal


def work(sector: int, region: int) -> list[tuple[str, int, int, int, int]]:
    """Two sectors erased, written across the border in pieces of odd sizes, copied from flash to flash."""
    border = 2 * sector
    return [
        ("erase", region, sector, 2 * sector, 0),
        ("write", region, border - 64, 128, 5),
        ("write", region, border + 68, 1020, 9),
        ("check", region, border - 64, 128, 5),
        ("check", region, border + 68, 1020, 9),
        ("copy", region, border + 68, border - 2048, 1000),
    ]


@pytest.mark.parametrize("thread", [MAIN, OTHER])
def test_flash_is_erased_written_and_kept(board: Switched, thread: int) -> None:
    shapes = {region: list(map(int, board.say("shape", region)[0].split()[1:])) for region in (STORE, FILES)}
    assert [shape[0] for shape in shapes.values()] == [board.partition(name)[1] for name in ("store", "files")]
    for region, (_, sector, unit) in shapes.items():
        assert (sector, unit) == (size_of(board.data["devices"]["flash"]["sector"]), 4)
        board.all_right(work(sector, region), thread)
    board.off()
    content = board.flash.read_bytes()
    for name, (_, sector, _) in zip(("store", "files"), shapes.values(), strict=True):
        start = board.partition(name)[0] + 2 * sector
        assert content[start + 68 : start + 72] == bytes((9 * 131 + at * 7) % 256 for at in range(4))
    board.on()
    for region, (_, sector, _) in shapes.items():
        board.all_right([("check", region, 2 * sector + 68, 1020, 9)], thread)
        board.all_right([("erase", region, 2 * sector, sector, 0)], thread)


def test_last_sector_of_each_region_is_its_own(board: Switched) -> None:
    for region, name in ((STORE, "store"), (FILES, "files")):
        size, sector, _ = map(int, board.say("shape", region)[0].split()[1:])
        board.all_right([("erase", region, size - sector, sector, 0), ("write", region, size - 8, 8, 3)], MAIN)
        start = board.partition(name)[0]
        assert board.flash.read_bytes()[start + size - 8 : start + size] == bytes((3 * 131 + at * 7) % 256 for at in range(8))
    assert board.say("check", STORE, 0, 4, 3) == ["check: wrong"]
