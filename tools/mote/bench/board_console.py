"""A board in its emulator: starts it with a program, types commands, reads the figures that ports/bare/bench_command.c prints."""

import contextlib
import json
import re
import shutil
import subprocess
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from mote import checkout
from mote.errors import ExitCode, UserError

LIMIT_S = 120.0
CONTROL_D = "\x04"
PROMPT = b"> "
# The console on standard streams, nothing else that could wait for a person.
SCRIPTED = ("-display", "none", "-monitor", "none", "-serial", "stdio")

FIGURE = re.compile(r"^([A-Za-z][\w ]*): (\d+) (bytes|instructions)$", re.MULTILINE)
CALL = re.compile(r"^(\w[\w ]*) = (\d+), (\d+) instructions$", re.MULTILINE)
ENGINE = re.compile(r"^engine: (\S+)$", re.MULTILINE)
COMPLAINT = re.compile(r"^mote: (.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Board:
    """A board that an emulator stands for, from its board.json."""

    name: str
    target: str
    emulator: dict[str, Any]

    def command(self, program: Path) -> list[str]:
        """The words that run a program and count instructions."""
        found = shutil.which(self.emulator["program"])
        if not found:
            what = f"{self.emulator['program']} is not installed"
            raise UserError(what, remedy=f"Run: apt-get install {self.emulator['package']}")
        return [found, *self.emulator["arguments"], *self.emulator["counting"], *SCRIPTED, *self.loading(program)]

    def loading(self, program: Path) -> list[str]:
        """The words that name the program to the emulator."""
        return [word.replace("{program}", str(program)) for word in self.emulator.get("load", ["-kernel", "{program}"])]


@dataclass(frozen=True)
class Call:
    """A call on the board."""

    result: int
    instructions: int


@dataclass
class Figures:
    """What a program printed: bytes and instructions by name, calls by how they were typed."""

    engine: str
    sizes: dict[str, int] = field(default_factory=dict)
    instructions: dict[str, int] = field(default_factory=dict)
    calls: dict[str, Call] = field(default_factory=dict)


def read_board(name: str) -> Board:
    """A board by its name; it must have an emulator that counts instructions."""
    folder = checkout.root() / "boards"
    boards = {path.parent.name: json.loads(path.read_text()) for path in sorted(folder.glob("*/board.json"))}
    counting = [board for board, data in boards.items() if "counting" in data.get("emulator", {})]
    if name not in counting:
        close = get_close_matches(name, counting, n=1)
        hint = f"Did you mean '{close[0]}'?" if close else f"There are: {', '.join(counting)}."
        what = "no emulator counts its instructions" if name in boards else "there is no such board"
        raise UserError(what, where=f"--board {name}", remedy=hint, code=ExitCode.USAGE)
    return Board(name, boards[name]["target"], boards[name]["emulator"])


def converse(board: Board, program: Path, commands: Sequence[str]) -> str:
    """Run a program, type a command whenever it asks for one, then the end; all that it printed."""
    with subprocess.Popen(
        board.command(program), bufsize=0, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        alarm = threading.Timer(LIMIT_S, process.kill)
        alarm.start()
        output = b""
        try:
            for line in [*(f"{command}\n" for command in commands), CONTROL_D]:
                output += read_until(process, PROMPT)
                type_line(process, line)
            output += read_until(process, None)
        finally:
            alarm.cancel()
            process.kill()
    text = output.decode(errors="replace").replace("\r", "")
    if process.returncode:
        complaint = COMPLAINT.search(text)
        said = complaint[1] if complaint else text.strip()[-200:] or f"status {process.returncode}"
        raise UserError(f"failed on {board.name}: {said}", where=program.name)
    return text


def read_until(process: subprocess.Popen[bytes], end: bytes | None) -> bytes:
    """What a process prints up to and with `end`, or up to its own end."""
    output = bytearray()
    while end is None or not output.endswith(end):
        byte = process.stdout.read(1) if process.stdout else b""
        if not byte:
            process.wait()
            break
        output += byte
    return bytes(output)


def type_line(process: subprocess.Popen[bytes], line: str) -> None:
    """Send a line, unless nobody is there any more: what was printed then says why."""
    with contextlib.suppress(BrokenPipeError):
        if process.stdin:
            process.stdin.write(line.encode())


def measure(board: Board, program: Path, commands: Sequence[str]) -> Figures:
    """Run a measuring program and read its figures; every command must have been obeyed."""
    output = converse(board, program, commands)
    figures = read_figures(output)
    for command in commands:
        if command not in figures.calls:
            complaint = COMPLAINT.search(output)
            said = complaint[1] if complaint else "it says nothing"
            raise UserError(f"`{command}` failed on {board.name}: {said}", where=program.name)
    return figures


def read_figures(output: str) -> Figures:
    """The figures in what a measuring program printed."""
    engine = ENGINE.search(output)
    figures = Figures(engine[1] if engine else "")
    for name, value, unit in FIGURE.findall(output):
        (figures.sizes if unit == "bytes" else figures.instructions)[name] = int(value)
    for text, result, instructions in CALL.findall(output):
        figures.calls[text] = Call(int(result), int(instructions))
    return figures
