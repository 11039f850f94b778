"""`mote demo` shows real commands, and stops with one line when one of them does not do what it should."""

import subprocess
from pathlib import Path

import pytest

from mote import checkout
from mote.cli import demo, main
from mote.device.state import VARIABLE
from mote.runtime import find_runtime
from tools.command import mote, only_line


def test_every_step_is_a_command_that_exists() -> None:
    for step in demo.STEPS + demo.DEVICE_STEPS:
        assert step.words[0] in ("scons", "./mote")
        if step.words[0] == "./mote":
            assert mote(step.words[1], "--help").status == 0


def test_a_step_that_ends_wrongly_ends_the_demo(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
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


@pytest.mark.parametrize("with_device", [False, True], ids=["without-emulator", "with-device"])
def test_demo_runs_to_its_end_without_a_terminal(with_device: bool, long_run: bool, tmp_path: Path) -> None:
    if find_runtime() is None:
        pytest.skip("build/linux/motert is not built: scons BOARD=linux")
    if with_device and not long_run:
        pytest.skip("it builds a board's firmware: mote test --all")
    (tmp_path / "sh").symlink_to("/bin/sh")
    here = {"PATH": str(tmp_path)}  # neither the emulator nor what could install it
    done = mote("demo", timeout=900, env={VARIABLE: str(tmp_path)} | ({} if with_device else here))
    assert done.status == 0, done.err
    for text in ("Hello from WebAssembly!", "primes: 9592 up to 100000", "exit status 134", "exit status 124"):
        assert text in done.out
    for text in ("integer divide by zero", "`average`", "`read_sensor`", "`run_trap`", "deadline exceeded"):
        assert text in done.err
    assert "\x1b" not in done.out
    if with_device:
        for text in ("hello 1.0.0 installed on qemu_riscv32", "hello: Hello from WebAssembly!", "auto"):
            assert text in done.out
        assert "the device has started again: software" in done.err
    else:
        assert "qemu-system-riscv32 is not installed" in done.out and "apt-get install" in done.out
    assert not (tmp_path / "devices.json").exists() or '"last": ""' in (tmp_path / "devices.json").read_text()
