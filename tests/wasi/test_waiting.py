"""poll_oneoff on clocks and streams, and everything that could wait for ever: it ends when it is told to."""

import os
import signal
import subprocess
import time

import pytest

from support.motert import Motert
from wasi.guests import guest

pytestmark = pytest.mark.builds("tail-guard", "goto-checks", "sanitized")

# How late a stop may be, in seconds, on a machine that other work shares.
LATE = 2.0


def test_poll_waits_on_clocks(motert: Motert) -> None:
    result = motert.run(guest("waiting"), "clocks")
    assert result.out.splitlines() == [
        "0: [100 0 0] after a while",  # relative, monotonic
        "0: [100 0 0] after a while",  # relative, realtime
        "0: [100 0 0] after a while",  # absolute, monotonic
        "0: [100 0 0] after a while",  # absolute, realtime
        "0: [100 0 0] at once",  # absolute, long gone
        "0: [100 0 0] at once",  # relative, now
        "0: [101 0 0] after a while",  # the shortest of three
        "0: [100 0 58] [101 0 28] at once",  # a CPU clock, no clock
    ]


def test_poll_answers_for_streams(motert: Motert) -> None:
    result = motert.run(guest("waiting"), "descriptors")
    assert result.out.splitlines() == [
        "0: [100 1 0] [101 2 0] [103 1 8] [104 2 8] at once",
        "28: at once",
        "28: at once",
    ]


def test_library_sleeps_and_polls(motert: Motert) -> None:
    assert motert.run(guest("waiting"), "library").out == "nanosleep 0\npoll 2 1 1\n"


def start_and_wait(motert: Motert, *arguments: object) -> "subprocess.Popen[bytes]":
    """Start a guest that says so as soon as it runs; nobody reads its output any more after that."""
    process = motert.start(*arguments)
    assert process.stdout and process.stderr
    if "ever" in arguments:
        assert process.stdout.readline() == b"waiting\n"
    else:
        assert process.stderr.readline() == b"started\n"
    return process


ENDLESS = [("waiting", "ever"), ("endless", "write"), ("endless", "read"), ("endless", "random"), ("endless", "yield"),
           ("endless", "compute")]


@pytest.mark.parametrize(("name", "how"), ENDLESS)
def test_deadline_ends_what_never_ends(motert: Motert, name: str, how: str) -> None:
    started = time.monotonic()
    process = start_and_wait(motert, "--timeout", "0.3", guest(name), how)
    assert process.stderr
    assert process.wait(60) == 124
    assert 0.2 < time.monotonic() - started < 0.3 + LATE
    assert b"trap: deadline exceeded\n" in process.stderr.read()
    close(process)


@pytest.mark.parametrize(("name", "how"), ENDLESS)
def test_interrupt_ends_what_never_ends(motert: Motert, name: str, how: str) -> None:
    process = start_and_wait(motert, guest(name), how)
    assert process.stderr
    os.kill(process.pid, signal.SIGINT)
    told = time.monotonic()
    assert process.wait(60) == 130
    assert time.monotonic() - told < LATE
    assert b"trap: interrupted\n" in process.stderr.read()
    close(process)


def close(process: "subprocess.Popen[bytes]") -> None:
    """Close all pipes of an ended process."""
    for stream in (process.stdin, process.stdout, process.stderr):
        if stream:
            stream.close()


def test_deadline_does_not_hurry_a_guest_that_ends_in_time(motert: Motert) -> None:
    result = motert.run("--timeout", "30", guest("hello"))
    assert result.status == 0
