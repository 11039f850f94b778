"""A run on a device with this terminal as its standard streams: Ctrl-C stops it, its end is told as `mote run` tells
of a run here.
"""

import os
import select
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

from mote.device.crash import describe, lines_of
from mote.device.find import Device
from mote.device.modules import Exchange
from mote.errors import ExitCode
from mote.runtime import DEADLINE, TRAPPED

IDLE_MIN_S, IDLE_MAX_S = 0.002, 0.05
INPUT_MAX = 256  # bytes in a message; a module reads lines
OUTPUT_NOISY = 300  # bytes that are asked for at once on a line that loses messages
ENDED = ("exited", "trapped", "stopped", "faulted")


@dataclass(slots=True)
class Interrupts:
    """`with`: counts Ctrl-C instead of breaking off a message in its middle; the third gets through."""

    count: int = 0
    _before: Any = None

    def __enter__(self) -> "Interrupts":
        self._before = signal.signal(signal.SIGINT, self._note)
        return self

    def __exit__(self, *_: object) -> None:
        signal.signal(signal.SIGINT, self._before)

    def _note(self, number: int, frame: FrameType | None) -> None:
        self.count += 1
        if self.count > 2:
            raise KeyboardInterrupt


@dataclass(slots=True)
class Input:
    """Our standard input, read only when there is something; what the device did not take yet is kept."""

    fd: int = 0
    kept: bytes = b""
    is_open: bool = True
    eof_told: bool = False

    def fill(self, wait_s: float) -> bool:
        """Wait for input, if we want some; whether there is news."""
        if not self.is_open or self.kept:
            time.sleep(wait_s if not self.kept else 0)
            return bool(self.kept)
        try:
            ready, _, _ = select.select([self.fd], [], [], wait_s)
            data = os.read(self.fd, INPUT_MAX) if ready else None
        except OSError:
            data = b""
        if data == b"":
            self.is_open = False
        self.kept += data or b""
        return data is not None

    @property
    def tells_end(self) -> bool:
        """Whether the device is to be told now that no more comes."""
        return not self.is_open and not self.eof_told and len(self.kept) <= INPUT_MAX


@dataclass(slots=True)
class Attached:
    """A run whose streams are ours."""

    device: Device
    run: int
    timeout_s: float | None = None
    input: Input = field(default_factory=Input)
    timed_out: bool = False
    repeated: int = 0
    write: Callable[[int, bytes], None] = lambda fd, data: give(fd, data)

    def follow(self) -> Exchange:
        """Hand on what comes and goes until the run has ended; how it ended."""
        idle_s, end = IDLE_MIN_S, None if self.timeout_s is None else time.monotonic() + self.timeout_s
        with Interrupts() as interrupts:
            stopped = 0
            while True:
                now = self.round()
                moved = bool(now.out or now.err)
                if now.state in ENDED and not moved:
                    return now
                self.timed_out = self.timed_out or (end is not None and time.monotonic() > end)
                if interrupts.count + self.timed_out > stopped and now.state not in ENDED:
                    stopped = interrupts.count + self.timed_out
                    self.device.modules.stop(self.run)
                elif not moved:
                    idle_s = IDLE_MIN_S if self.input.fill(idle_s) else min(idle_s * 1.5, IDLE_MAX_S)
                    continue
                idle_s = IDLE_MIN_S

    def round(self) -> Exchange:
        """One message each way."""
        data, eof = self.input.kept[:INPUT_MAX], self.input.tells_end
        is_noisy = self.device.client.counts.repeated > self.repeated
        self.repeated = self.device.client.counts.repeated
        eof = eof and len(data) == len(self.input.kept)
        now = self.device.modules.exchange(self.run, data, eof, OUTPUT_NOISY if is_noisy else None)
        self.input.kept = self.input.kept[now.taken :]
        self.input.eof_told = self.input.eof_told or (eof and not self.input.kept)
        for fd, text in ((1, now.out), (2, now.err)):
            if text:
                self.write(fd, text)
        return now


def give(fd: int, data: bytes) -> None:
    """Write all of it to one of our streams."""
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]


def conclude(device: Device, ended: Exchange, program: str, timed_out: bool = False) -> int:
    """Say how a run ended when it was not by itself; the exit status."""
    if ended.state == "exited":
        return (ended.exit or 0) & 0xFF
    if ended.state == "stopped":
        if timed_out:
            print(f"mote: {program}: trap: deadline exceeded", file=sys.stderr)
        return DEADLINE if timed_out else ExitCode.INTERRUPTED
    crash = describe(device.modules.crash())
    if crash and (not ended.trap or crash["trap"] == ended.trap):
        print("mote: " + "\n".join(lines_of(crash, program)), file=sys.stderr)
    else:
        print(f"mote: {program}: {ended.state}: {ended.trap or 'no reason given'}", file=sys.stderr)
    return TRAPPED
