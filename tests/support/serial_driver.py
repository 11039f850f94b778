"""The driver program on a bare board: files go over the serial line as part of the protocol, since a board has none."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from support.builds import Build
from support.driver import Driver
from support.protocol import Answer, decode_name, stage_lines

LINE_CHUNK = 2000  # bytes of a module in one line
LIMIT_S = 300


class SerialDriver(Driver):
    """Commands and answers as with a process; `file PATH` becomes as many `stage` commands as it takes."""

    def __init__(self, command: Sequence[str]) -> None:
        super().__init__(command, timeout=LIMIT_S)
        assert self.process.stdout
        greeting = self.process.stdout.readline()  # what is sent before the board listens is lost
        assert greeting.strip() == b"ok ready", greeting

    def run(self, commands: Sequence[str]) -> list[Answer]:
        """Send commands and return one answer each."""
        lines, last = [], []
        for command in commands:
            word, _, rest = command.partition(" ")
            lines += stage_lines(Path(decode_name(rest)).read_bytes(), LINE_CHUNK) if word == "file" else [command]
            last.append(len(lines) - 1)
        answers = super().run(lines)
        return [answers[i] for i in last]

    def close(self) -> None:
        """A serial line has no end: the driver is told to end, and with it the machine."""
        self._send(b"quit\n")
        super().close()


def open_driver(build: Build) -> Driver:
    """The driver of a build: a process, or a board in its emulator."""
    words = build.launch("spec-driver")
    return SerialDriver(words) if build.board else Driver(words)
