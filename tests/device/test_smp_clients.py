"""Existing SMP clients, unchanged, against a device: over a serial line, on which the console goes on, and over UDP."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from device.foreign import client_python
from device.machines import LINUX, firmware

HERE = Path(__file__).parent
UDP_PORT = 1337  # smpclient knows no other
PATIENCE_S = 60


class Device:
    """The firmware as a process with both of its doors open."""

    def __init__(self, folder: Path) -> None:
        self.port = folder / "line"
        command = [firmware(LINUX), "--flash", folder / "flash", "--pty", self.port, "--udp", str(UDP_PORT)]
        self.log = (folder / "log").open("w+")
        self.process = subprocess.Popen([str(word) for word in command], stdout=self.log, stderr=subprocess.STDOUT)
        end = time.monotonic() + PATIENCE_S
        while not self.port.exists() and self.process.poll() is None and time.monotonic() < end:
            time.sleep(0.01)

    def close(self) -> str:
        """End it; what it said at its start."""
        self.process.terminate()
        self.process.wait()
        self.log.seek(0)
        with self.log:
            return self.log.read()


@pytest.fixture
def device(tmp_path: Path) -> Iterator[Device]:
    """A device with blank flash."""
    started = Device(tmp_path)
    if not started.port.exists() and "in use" in started.close():
        pytest.skip(f"UDP port {UDP_PORT} is in use here")
    yield started
    started.close()


def run(*arguments: object) -> str:
    """What a program of the clients' Python prints."""
    words = [client_python(), *map(str, arguments)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=PATIENCE_S, env=os.environ | {"COLUMNS": "300"})
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


def check_session(told: dict) -> None:
    """What every device says to smpclient."""
    line = ["broken", "bytes_out", "messages_in", "messages_out", "text_lost", "wrong_crc"]
    store = ["erases_least", "erases_most", "largest", "size", "used"]
    pool = told.pop("pools")
    assert pool["blksize"] == 1 and 0 < pool["min"] <= pool["nfree"] < pool["nblks"]
    assert re.fullmatch(r"mote linux [\d.]+ 0x[0-9a-f]+ x86_64-linux x86_64-linux linux linux", told.pop("info_all"))
    assert re.fullmatch(r"mote [\d.]+", told.pop("info_some"))
    assert told.pop("messages") <= 20_000 // 1400 + 2
    assert told == {
        "echo": True, "echo_v1": "one", "buffers": [2048, 1], "info": "mote", "info_wrong": 2, "tasks": ["main"], "images": 8,
        "uploaded": 20_000, "same": True, "empty": "", "size": 20_000, "sha256": True, "crc32": True,
        "types": ["crc32", "sha256"], "closed": 0, "missing": 3, "missing_v1": 5, "outside": 2, "directory": 4,
        "statistics": {"line": line, "store": store, "runs": ["ended", "restarts", "running"]}, "statistics_wrong": 2,
        "shell": ["0        empty\n20000    folder-less.bin\n", 0], "shell_wrong": ["hlep: unknown command; try help\n", 1],
        "reset": 0, "back": "back",
    }  # fmt: skip


def test_smpclient_over_a_serial_line(device: Device) -> None:
    """Echo, parameters, files, hashes, statistics, commands, reset; and the device is there again."""
    check_session(json.loads(run(HERE / "foreign_session.py", device.port)))


def test_smpclient_over_udp(device: Device) -> None:
    """The same in datagrams."""
    check_session(json.loads(run(HERE / "foreign_session.py", "127.0.0.1")))


def test_smpmgr(device: Device, tmp_path: Path) -> None:
    """The command: echo over both doors, files there and back, their hash, a console command, reset."""

    def smpmgr(*arguments: object) -> str:
        return run("-m", "smpmgr", "--port", device.port, *arguments)

    data = os.urandom(5000)
    (tmp_path / "sent").write_bytes(data)
    assert "r='hello there'" in run("-m", "smpmgr", "--ip", "127.0.0.1", "os", "echo", "hello there")
    smpmgr("file", "upload", tmp_path / "sent", "/data")
    assert "type='sha256'" in smpmgr("file", "get-hash", "/data")
    smpmgr("file", "download", "/data", tmp_path / "back")
    assert (tmp_path / "back").read_bytes() == data
    assert "5000     data" in smpmgr("shell", "files")
    assert "command_id=5" in smpmgr("os", "reset")


def test_a_person_and_a_client_share_the_line(device: Device) -> None:
    """What was typed before a client came is still there after it, and runs."""
    line = os.open(device.port, os.O_RDWR | os.O_NOCTTY)
    pty.tty.setraw(line)
    os.write(line, b"upt")
    time.sleep(0.3)
    os.set_blocking(line, False)
    os.read(line, 4096)
    assert "r='between'" in run("-m", "smpmgr", "--port", device.port, "os", "echo", "between")
    time.sleep(0.5)
    os.write(line, b"ime\r")
    time.sleep(0.3)
    said = os.read(line, 65536).decode(errors="replace")
    os.close(line)
    assert re.search(r"mote> upt\x1b\[K", said), said
    assert re.search(r"ime\r\n\d+\.\d s\r\n", said), said
