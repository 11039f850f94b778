"""How a device is named and found, and what is said when it is not there, busy or silent. Ports are real ptys."""

import json
import os
import pty
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from mote.device import link
from mote.device.find import socket_address
from mote.errors import UserError
from tools.command import Result, mote, only_line


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    """A state of this test's own."""
    return {"MOTE_STATE": str(tmp_path / "state")}


def line(done: Result, status: int) -> str:
    """The one line that a failed command says."""
    assert done.status == status, done
    return only_line(done.err)


@pytest.mark.parametrize(
    ("name", "status", "text"),
    [
        ("qemu:qemu_riscv3", 3, "there is no such emulated board. Did you mean qemu:qemu_riscv32?"),
        ("qemu:x", 3, "There are: "),
        ("nativ", 3, "there is no such device. Did you mean 'native'?"),
        ("/dev/ttyUSB77", 3, "there is no such port. Run: mote device list"),
        ("socket://127.0.0.1:1", 4, "cannot connect: connection refused. Is something listening on port 1 of 127.0.0.1?"),
        ("socket://here", 2, "Write it as socket://HOST:PORT."),
        ("gopher://here", 4, "cannot open the port"),
    ],
)
def test_a_device_that_is_not_there(name: str, status: int, text: str, env: dict[str, str]) -> None:
    assert text in line(mote("ls", "-d", name, env=env), status)
    assert not (Path(env["MOTE_STATE"]) / "devices.json").exists(), "what did not answer is not remembered"


def test_addresses() -> None:
    assert socket_address("socket://box:80") == ("box", 80)
    assert socket_address("socket://[::1]:80/") == ("::1", 80)
    with pytest.raises(UserError):
        socket_address("socket://box:99999")


def test_without_any_device(env: dict[str, str]) -> None:
    said = line(mote("ls", env=env), 3)
    assert said.startswith("mote: no device") and said.endswith("-d qemu:qemu_riscv32")


def test_names_for_devices(env: dict[str, str]) -> None:
    assert mote("device", "name", "lab", "socket://127.0.0.1:1", env=env).status == 0
    assert "lab: cannot connect" in line(mote("ls", "-d", "lab", env=env), 4)
    assert json.loads(mote("device", "list", "--json", env=env).out)["aliases"] == {"lab": "socket://127.0.0.1:1"}
    assert "Did you mean 'lab'?" in line(mote("ls", "-d", "labb", env=env), 3)
    assert mote("device", "name", "lab", "", env=env).status == 0
    assert line(mote("device", "name", "lab", "", env=env), 2)
    assert line(mote("device", "name", "/dev/x", "y", env=env), 2)


def test_a_busy_port_names_who_has_it(env: dict[str, str]) -> None:
    master, slave = pty.openpty()
    path = os.ttyname(slave)
    code = f"import fcntl, time; f = open({path!r}); fcntl.flock(f, fcntl.LOCK_EX); print(flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as holder:
        assert holder.stdout
        holder.stdout.readline()
        os.close(slave)  # it is that process alone that has the port
        said = line(mote("ls", "-d", path, env=env), 4)
        holder.kill()
    os.close(master)
    assert f"the port is in use by {Path(sys.executable).name[:15]} (process {holder.pid})" in said


def test_a_port_without_permission_names_the_group() -> None:
    error = link.refused("/dev/null", "/dev/null", PermissionError(13, "Permission denied"))
    assert (
        str(error) == f"/dev/null: permission denied. Run: sudo usermod -aG {Path('/dev/null').group()} $USER, then log in again."
    )


@pytest.mark.parametrize(("heard", "text"), [(b"", "Nothing came at all"), (b"U-Boot 2024\r\n=> ", "The line said: '=>'")])
def test_a_silent_port_says_what_it_heard(heard: bytes, text: str, env: dict[str, str]) -> None:
    master, slave = pty.openpty()
    stop = threading.Event()

    def speak() -> None:
        while not stop.is_set():
            os.read(master, 1000)
            os.write(master, heard or b"")

    thread = threading.Thread(target=speak, daemon=True)
    thread.start()
    said = line(mote("ls", "-d", os.ttyname(slave), env=env), 4)
    stop.set()
    os.write(slave, b"x")
    thread.join(5)
    assert "no answer within 2." in said and "who are you?" in said
    assert text in said


def test_a_line_that_takes_nothing_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link, "STALL_S", 0.2)
    master, slave = pty.openpty()
    port = link.open_port(os.ttyname(slave))
    with pytest.raises(link.LinkError, match="it takes nothing"):
        for _ in range(100):
            port.write(bytes(65536))
    port.close()
    os.close(master)
    os.close(slave)
