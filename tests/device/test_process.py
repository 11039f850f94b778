"""What only the device as a process has: its console as a terminal or a port, restarts that a client does not notice,
its command line.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from device.guests import SPIN, TRAP, guest
from device.machines import firmware, wait_for
from mote.cbor import encode
from mote.device.client import HEADER, OS_GROUP, VERSION_2, WRITE
from mote.device.find import Device, connect
from mote.device.framing import frame
from mote.device.modules import Start
from mote.device.restart import restart
from mote.package.manifest import write_manifest

BIG = encode({"d": "x" * 1800})


@contextmanager
def process(folder: Path, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A device, and the name of its console."""
    program = firmware("linux")
    command = [str(program), "--flash", str(folder / "flash"), *arguments]
    started = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    assert started.stdout
    try:
        yield started, started.stdout.readline().strip().removeprefix("console: ")
    finally:
        started.kill()
        started.wait()


def wait_for_watchdog(device: Device, act: Callable[[], object]) -> None:
    """Let the watchdog bite; the device is there again on the same line and says why."""
    before = device.modules.fresh_info()["uptime"]
    act()

    def has_restarted() -> bool:
        info = device.modules.hello_again()
        return info["uptime"] < before and info["reset"] == "watchdog"

    wait_for(has_restarted)


@pytest.mark.parametrize("line", [("--pty", "tty"), ("--tcp", "0")], ids=["pty", "tcp"])
def test_restart_keeps_line_and_crash_record(line: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with process(tmp_path, *line) as (_, name), connect(str(tmp_path / "tty") if line[1] == "tty" else name) as device:
        assert device.modules.info()["reset"] == "power"
        device.modules.send(guest(TRAP), ram=True)
        device.modules.wait_until_ready()
        device.modules.start(Start())
        wait_for(lambda: device.modules.crash().get("trap") == "integer divide by zero")
        assert not device.modules.crash()["reset"]
        assert restart(device)["reset"] == "software"
        crash = device.modules.crash()
        assert crash["reset"] and crash["trap"] == "integer divide by zero" and len(crash["frames"]) == 3


def test_watchdog_resets_and_the_third_time_nothing_starts_by_itself(tmp_path: Path) -> None:
    """The watchdog is a timer of the process, whose signal anybody may send."""
    with process(tmp_path, "--tcp", "0") as (started, name), connect(name) as device:
        device.modules.send(write_manifest(guest(SPIN), {"name": "spin", "autostart": True}), "spin")
        device.modules.wait_until_ready()
        for time_number in range(1, 4):
            time.sleep(0.3)
            wait_for_watchdog(device, lambda: os.kill(started.pid, signal.SIGALRM))
            assert device.modules.crash()["reason"] == "the watchdog reset the machine"
            assert device.modules.fresh_info()["safe"] == (time_number == 3)
            time.sleep(0.3)
            assert bool(device.modules.runs()) == (time_number < 3)


def test_tcp_has_one_client_after_the_other(tmp_path: Path) -> None:
    with process(tmp_path, "--tcp", "0") as (_, name):
        for _ in range(3):
            with connect(name) as device:
                assert device.modules.info()["board"] == "linux"


def test_two_devices_do_not_share_flash(tmp_path: Path) -> None:
    with process(tmp_path, "--tcp", "0"):
        done = refused(tmp_path, "--tcp", "0")
        assert "another device uses it" in done


def refused(folder: Path, *arguments: str) -> str:
    """What it says when it does not start."""
    command = [str(firmware("linux")), "--flash", str(folder / "flash"), *arguments]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=20)
    assert done.returncode in (1, 2) and not done.stdout
    return done.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--tcp"], "--tcp needs PORT"),
        (["--tcp", "70000"], "--tcp 70000: not understood"),
        (["--sector", "1000"], "--sector 1000: not understood"),
        (["--memory", "1"], "--memory 1: not understood"),
        (["--pty", "--tcp", "0"], "there is one console"),
        (["--nonsense"], "--nonsense: no such option"),
        (["nonsense"], "nonsense: no such option"),
    ],
)
def test_command_line_mistakes(arguments: list[str], message: str, tmp_path: Path) -> None:
    said = refused(tmp_path, *arguments)
    assert message in said and said.count("\n") == 1


def test_flash_of_another_size_is_refused(tmp_path: Path) -> None:
    with process(tmp_path, "--tcp", "0", "--flash-size", "1M"):
        pass
    assert "another size" in refused(tmp_path, "--tcp", "0", "--flash-size", "2M")


def test_help_lists_every_option() -> None:
    done = subprocess.run([str(firmware("linux")), "--help"], capture_output=True, text=True, timeout=20, check=True)
    names = ("flash", "flash-size", "files-size", "sector", "memory", "pty", "tcp", "udp")
    assert all(f"--{name} " in done.stdout for name in names)


def test_console_on_standard_streams_ends_with_its_input(tmp_path: Path) -> None:
    command = [str(firmware("linux")), "--flash", str(tmp_path / "flash")]
    done = subprocess.run(command, input="info\r", capture_output=True, text=True, timeout=20)
    assert done.returncode == 0 and "engines: native interpreter" in done.stdout


def test_a_client_that_does_not_read_leaves_the_network_to_others(tmp_path: Path) -> None:
    """A response that nobody takes from the port is given up when a datagram comes."""
    with process(tmp_path, "--tcp", "0", "--udp", "0") as (started, first):
        assert started.stdout
        names = [first, started.stdout.readline().strip()]
        ports = {name.split("://")[0].split()[-1]: int(name.rsplit(":", 1)[1]) for name in names}
        request = HEADER.pack(WRITE | VERSION_2, 0, len(BIG), OS_GROUP, 1, 0) + BIG
        with socket.socket() as deaf, socket.socket(type=socket.SOCK_DGRAM) as other:
            deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            deaf.connect(("127.0.0.1", ports["socket"]))
            deaf.settimeout(0.3)
            other.connect(("127.0.0.1", ports["udp"]))
            other.settimeout(4)
            with pytest.raises(TimeoutError):
                while True:
                    deaf.sendall(frame(request))
            for _ in range(3):
                other.send(request)
                assert b"x" * 1800 in other.recv(4096)
