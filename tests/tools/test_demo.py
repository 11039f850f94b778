"""`mote demo` shows real commands, and stops with one line when one of them does not do what it should."""

import subprocess
from pathlib import Path

import pytest

from mote import checkout
from mote.cli import demo, main
from mote.runtime import find_runtime
from tools.command import mote, only_line


def test_every_step_is_a_command_that_exists() -> None:
    for step in demo.STEPS + demo.DEVICE_STEPS:
        assert step.words[0] in ("scons", "./mote")
        if step.words[0] == "./mote":
            assert mote(step.words[1], "--help").status == 0


def test_a_step_that_ends_wrongly_ends_the_demo(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ended = subprocess.CompletedProcess([], 3)
    monkeypatch.setattr("mote.cli.demo.subprocess.run", lambda *args, **kwargs: ended)
    assert main(["demo"]) == 1
    seen = capsys.readouterr()
    assert "scons BOARD=linux: step 1 ended with status 3 instead of 0." in only_line(seen.err)
    assert "[1/" in seen.out


def test_the_example_of_the_demo_is_there() -> None:
    folder = Path(demo.HELLO).parent
    assert (checkout.root() / folder / "mote.toml").is_file()
    assert (checkout.root() / folder / "hello.c").is_file()


def test_demo_runs_to_its_end_without_a_terminal() -> None:
    if find_runtime() is None:
        pytest.skip("build/linux/motert is not built: scons BOARD=linux")
    done = mote("demo", timeout=900)
    assert done.status == 0, done.err
    for text in ("Hello from WebAssembly!", "primes: 9592 up to 100000", "exit status 134", "exit status 124"):
        assert text in done.out
    for text in ("integer divide by zero", "`average`", "`read_sensor`", "`run_trap`", "deadline exceeded"):
        assert text in done.err
    assert "\x1b" not in done.out
