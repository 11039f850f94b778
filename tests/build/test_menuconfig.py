"""`scons menuconfig` on a terminal."""

import os
import pty
import select
import sys
import time
from pathlib import Path

import pytest

from support.places import ROOT

QUIET_S = 0.6
PATIENCE_S = 60


def menuconfig(folder: Path, keys: list[bytes]) -> int:
    """Run menuconfig and press a key whenever it has become quiet; returns the status."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ.update(TERM="xterm", LINES="40", COLUMNS="100")
        command = [sys.executable, "-m", "SCons", "-C", str(ROOT), "-Q", "menuconfig", "TARGET=thumbv7em", f"BUILD={folder}"]
        os.execv(command[0], command)
    end = time.monotonic() + PATIENCE_S
    rest = list(keys)
    drawn = False
    while time.monotonic() < end:
        ready, _, _ = select.select([terminal], [], [], QUIET_S)
        if not ready and drawn and rest:
            os.write(terminal, rest.pop(0))
        try:
            drawn = bool(ready and os.read(terminal, 65536)) or drawn
        except OSError:
            break
    else:
        pytest.fail("menuconfig did not end")
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def test_nothing_changed_leaves_the_defaults(tmp_path: Path) -> None:
    assert menuconfig(tmp_path, [b"q"]) == 0
    assert not [line for line in (tmp_path / ".config").read_text().splitlines() if not line.startswith("# What differs")]


def test_a_change_is_saved_alone(tmp_path: Path) -> None:
    assert menuconfig(tmp_path, [b"/", b"WASM_NAMES", b"\r", b"n", b"q", b"y"]) == 0
    assert (tmp_path / ".config").read_text().splitlines()[1:] == ["# CONFIG_WASM_NAMES is not set"]
    assert sorted(path.name for path in tmp_path.iterdir()) == [".config"]


def test_a_change_can_be_dropped(tmp_path: Path) -> None:
    assert menuconfig(tmp_path, [b"/", b"WASM_NAMES", b"\r", b"n", b"q", b"n"]) == 0
    assert "WASM_NAMES" not in (tmp_path / ".config").read_text()
