"""Devices to test: the firmware as a Linux process and on emulated boards, with flash of their own, reached over a
real serial stream.
"""

from __future__ import annotations

import os
import random
import select
import shutil
import socket
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pytest

from mote.device.board_emulator import boards, firmware_name
from mote.device.client import OS_GROUP, WRITE, Command
from mote.device.emulator import open_emulator, open_native
from mote.device.find import Device, meet
from mote.device.link import FileLink, Link
from support.places import ROOT, scratch

LINUX = "linux"
CHIP = "esp32c3"  # in our model of it
QEMUS = ("qemu_riscv32", "mps2_an385", "mps2_an386")
BOARDS = (*QEMUS, CHIP)
MACHINES = (LINUX, *BOARDS)
ESPRESSIF, ESPRESSIF_VARIABLE = "esp32c3-espressif", "ESP_QEMU"  # the same chip in the emulator that the variable names
ECHO = Command(OS_GROUP, 0, WRITE, "echo")
BITS = 10  # of a byte on a serial line

Wrap = Callable[[Link], Link]


@cache
def firmware(board: str, *settings: str) -> Path:
    """The firmware of a board, built in a folder of its own; the test is skipped with the reason when the compiler is
    not here.
    """
    folder = scratch("device") / "-".join([board, *(word.replace("=", "-") for word in settings)])
    program = "mote-device" if board == LINUX else firmware_name(boards()[board])
    arguments = [f"BOARD={board}", f"BUILD={folder}", *settings, str(folder / program)]
    done = subprocess.run([sys.executable, "-m", "SCons", "-C", str(ROOT), "-Q", *arguments], capture_output=True, text=True)
    if done.returncode == 2 and "is not on PATH" in done.stderr:
        pytest.skip(done.stderr.strip().removeprefix("error: "))
    assert done.returncode == 0, done.stderr[-3000:]
    return folder / program


def sample(test: str) -> tuple[str, ...]:
    """The machines that a quick run takes for a test, always the same: one of QEMU's boards beside the others."""
    return LINUX, QEMUS[zlib.crc32(test.encode()) % len(QEMUS)], CHIP


def need_emulator(kind: str) -> None:
    """Skip a test whose emulator is not here."""
    if kind == ESPRESSIF:
        if not os.environ.get(ESPRESSIF_VARIABLE):
            pytest.skip(f"{ESPRESSIF_VARIABLE} does not name Espressif's qemu-system-riscv32: docs/guide/esp32c3.md")
        return
    emulator = boards()[kind]["emulator"] if kind != LINUX else None
    if emulator and "module" in emulator:
        pytest.importorskip(emulator["package"], reason=f"the model of the chip needs: pip install {emulator['package']}")
    elif emulator and not shutil.which(emulator["program"]):
        pytest.skip(f"{emulator['program']} is not installed: apt-get install {emulator['package']}")


@dataclass
class Machine:
    """A machine with flash that stays when it is switched off."""

    kind: str
    flash: Path
    settings: tuple[str, ...] = ()
    devices: list[Device] = field(default_factory=list)

    @property
    def board(self) -> str:
        """What its firmware is built for."""
        return CHIP if self.kind == ESPRESSIF else self.kind

    def on(self, wrap: Wrap = lambda link: link) -> Device:
        """Switch it on; `wrap` puts something between us and its line."""
        need_emulator(self.kind)
        program = firmware(self.board, *self.settings)
        start = open_native(self.kind, self.flash, program) if self.kind == LINUX else self.start_board(program)
        link = wrap(start)
        try:
            device = meet(self.kind, link)
        except BaseException:
            link.close()
            raise
        self.devices.append(device)
        return device

    def start_board(self, program: Path) -> FileLink:
        """Start its emulator."""
        with pytest.MonkeyPatch.context() as patch:
            if self.kind == CHIP:
                patch.delenv(ESPRESSIF_VARIABLE, raising=False)
            return open_emulator(self.kind, self.board, self.flash, program)

    def off(self) -> None:
        """Pull the plug."""
        while self.devices:
            self.devices.pop().client.close()

    @property
    def target(self) -> str:
        """What native code for it is made for."""
        from mote.aot.machines import board_target

        return board_target(self.board).name


def echo_ms(device: Device) -> float:
    """How long an echo takes."""
    start = time.perf_counter()
    assert device.client.attempt(ECHO, {"d": "?"}, [2.0])["r"] == "?"
    return (time.perf_counter() - start) * 1000


def wait_for(what: Callable[[], object], limit_s: float = 10.0) -> object:
    """The first true answer."""
    end = time.monotonic() + limit_s
    while True:
        found = what()
        if found or time.monotonic() > end:
            assert found, "it did not come"
            return found
        time.sleep(0.02)


def state_of(device: Device, run: int) -> dict:
    """What the device says of a run."""
    return next(row for row in device.modules.runs() if row["id"] == run)


class NoisyLink:
    """A line that loses, changes and doubles bytes, in both directions, always the same for a seed."""

    baud = 0

    def __init__(self, link: Link, seed: int, chance: float) -> None:
        self.link, self.name = link, link.name
        self.random = random.Random(seed)
        self.chance = chance
        self.harm = 0

    def spoiled(self, data: bytes) -> bytes:
        """The bytes as they come out of this line."""
        result = bytearray()
        for byte in data:
            if self.random.random() >= self.chance:
                result.append(byte)
                continue
            self.harm += 1
            result += self.random.choice((b"", bytes([byte ^ 1 << self.random.randrange(8)]), bytes([byte, byte])))
        return bytes(result)

    def read(self, timeout_s: float) -> bytes:
        """See Link."""
        return self.spoiled(self.link.read(timeout_s))

    def write(self, data: bytes) -> None:
        """See Link."""
        self.link.write(self.spoiled(data))

    def close(self) -> None:
        """See Link."""
        self.link.close()


class CutLink(NoisyLink):
    """A line that breaks after so many bytes have gone out."""

    def __init__(self, link: Link, after: int) -> None:
        super().__init__(link, 0, 0.0)
        self.left = after

    def write(self, data: bytes) -> None:
        """See Link."""
        self.link.write(data[: max(self.left, 0)])
        self.left -= len(data)
        if self.left <= 0:
            raise ConnectionResetError("the cable was pulled")


class StallingLink(NoisyLink):
    """A line that keeps each of the next messages to the device back for so many seconds."""

    def __init__(self, link: Link) -> None:
        super().__init__(link, 0, 0.0)
        self.stalls: list[float] = []

    def write(self, data: bytes) -> None:
        """See Link."""
        time.sleep(self.stalls.pop(0) if self.stalls else 0)
        self.link.write(data)


class PacedLine:
    """A TCP port that hands on to a link as a serial line of `baud` does: each byte takes its time, in both directions.
    For one client.
    """

    CHUNK = 32

    def __init__(self, link: FileLink, baud: int) -> None:
        self.link, self.byte_s = link, BITS / baud
        self.server = socket.create_server(("127.0.0.1", 0))
        self.address = f"socket://127.0.0.1:{self.server.getsockname()[1]}"
        self.queued = 0  # bytes for the device that the line has not carried yet
        self.queued_meanwhile = 0  # the most of these when something came back
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self) -> None:
        """Until the client hangs up. A link is not for several threads: each direction has the files themselves."""
        client, _ = self.server.accept()
        client.setblocking(False)
        with client:
            back = threading.Thread(target=self.hand_on, args=(self.link.fd, client.fileno()), daemon=True)
            back.start()
            self.hand_on(client.fileno(), self.link.fd)
            self.ended.set()
            back.join()

    def hand_on(self, source: int, target: int) -> None:
        """Bytes from one end to the other, none earlier than a line could carry it."""
        free_at, waiting = 0.0, b""
        with suppress(OSError):  # one end has gone
            while not self.ended.is_set():
                ready, _, _ = select.select([source], [], [], 0 if waiting else 0.05)
                came = os.read(source, 65536) if ready else b""
                if ready and not came:
                    return
                if came and not waiting:
                    free_at = max(free_at, time.perf_counter())  # the line was idle until now
                waiting += came
                if target == self.link.fd:
                    self.queued = len(waiting)
                elif came:
                    self.queued_meanwhile = max(self.queued_meanwhile, self.queued)
                piece, waiting = waiting[: self.CHUNK], waiting[self.CHUNK :]
                free_at += len(piece) * self.byte_s
                time.sleep(max(free_at - time.perf_counter(), 0))
                while piece and select.select([], [target], [], 5.0)[1]:
                    piece = piece[os.write(target, piece) :]

    def close(self) -> None:
        """End it with the link."""
        self.ended.set()
        self.thread.join(5)
        self.server.close()
        self.link.close()
