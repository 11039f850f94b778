"""Threads, memory protection, the console's buffers, resets and the watchdog of the bare port, on boards in their emulators."""

import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from board.test_board import BOARDS, build
from mote.bench.board_console import SCRIPTED, Board, converse, read_board, read_until, type_line

TIME_LIMIT_S = 60.0
LINE = b"0123456789abcdefghijklmnopqrstuvwxyz ABCDEFGHIJKLMNOPQRSTUVWXYZ\n"


@pytest.fixture(scope="module", params=BOARDS)
def board(request: pytest.FixtureRequest) -> Board:
    """A board whose emulator is here."""
    found = read_board(request.param)
    if not shutil.which(found.emulator["program"]):
        pytest.skip(f"{found.emulator['program']} is not installed: apt-get install {found.emulator['package']}")
    return found


@pytest.fixture(scope="module")
def program(board: Board) -> Path:
    """The program that tries all this."""
    return build(board, "zig", "threads.elf") / "threads.elf"


@pytest.fixture
def running(board: Board, program: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The program in an emulator that does not count instructions, so that time is real; it has asked for its first command."""
    command = [shutil.which(board.emulator["program"]) or "", *board.emulator["arguments"], *SCRIPTED, "-kernel", str(program)]
    with subprocess.Popen(command, bufsize=0, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        try:
            read_until(process, b"> ")
            yield process
        finally:
            process.kill()


def ask(process: subprocess.Popen[bytes], command: str, end: bytes = b"> ") -> str:
    """What the program says to a command, up to its next prompt."""
    type_line(process, command + "\n")
    return read_until(process, end).decode(errors="replace")


@pytest.mark.parametrize("command", ["turns", "life", "lock", "waking", "faults"])
def test_program_finds_all_right(board: Board, program: Path, command: str) -> None:
    output = converse(board, program, [command])
    assert "wrong" not in output, output
    assert output.count(": right") >= 3


def test_images_of_gcc_do_the_same(board: Board) -> None:
    """With guards as small as on a chip."""
    program = build(board, "gcc", "threads.elf", setting="BARE_GUARD_BYTES=128") / "threads.elf"
    output = converse(board, program, ["life", "faults"])
    assert "wrong" not in output, output
    assert "a full stack: right" in output and output.count(": right") >= 15


def test_input_is_kept_while_the_main_thread_works(running: subprocess.Popen[bytes]) -> None:
    ask(running, "input 600", b"send now\n")
    sent = bytes(32 + i * 7 % 90 for i in range(500))
    assert running.stdin
    for at in range(0, len(sent), 50):
        running.stdin.write(sent[at : at + 50])
        time.sleep(0.01)
    found = re.search(r"received at once: (\d+) bytes, sum (\d+)", read_until(running, b"> ").decode())
    assert found and int(found[1]) == len(sent)
    expected = 0
    for byte in sent:
        expected = (expected * 31 + byte) & 0xFFFFFFFF
    assert int(found[2]) == expected


def test_more_input_than_fits_waits_in_the_line(running: subprocess.Popen[bytes]) -> None:
    """The emulated line holds back what the UART does not take, so nothing may be lost, nor the line stand still for ever."""
    ask(running, "input 300", b"send now\n")
    assert running.stdin
    running.stdin.write(b"life\n" * 200)
    text = read_until(running, b"> ").decode()
    assert "received at once: 1000 bytes" in text or "received at once: 512 bytes" in text, text
    seen = 0
    while seen < 50:
        seen += read_until(running, b"> ").count(b"a thread ends")


def test_output_is_complete_for_a_slow_reader(running: subprocess.Popen[bytes]) -> None:
    """More than a pipe holds, from a thread and then from the main one, begins to be read late."""
    lines = 1500
    type_line(running, f"output {lines}\n")
    time.sleep(0.3)
    output = read_until(running, b"\n> ")
    assert output.split(b"\n", 1)[1] == LINE * (2 * lines) + b"> "


# Ends of the program while the watchdog is on, what is said then, and what the next start knows. Capitals: by another thread.
ENDS = (
    ("reset", "", "software"),
    ("hang", "mote: the watchdog was not fed", "watchdog"),
    ("Hold the lock", "mote: the watchdog was not fed", "watchdog"),
    ("crash", " instruction at 0x", "fault"),
    ("Crash", " instruction at 0x", "fault"),
    ("panic", "mote: internal error at threads.c:7: made up", "fault"),
    ("Panic", "mote: internal error at threads.c:7: made up", "fault"),
)


def test_starts_tell_their_reason_and_keep_memory(running: subprocess.Popen[bytes]) -> None:
    assert "started by power, " in ask(running, "start")
    assert "\nfed\n" in ask(running, "watchdog").replace("\r", "")
    for number, (command, said, reason) in enumerate(ENDS):
        ask(running, f"keep {number}")
        output = ask(running, command)
        assert said in output, output
        who = " in culprit" if command[0].isupper() else ""
        assert f"started by {reason}{who}, kept {number} and {number + 1}\n" in ask(running, "start"), (command, output)
