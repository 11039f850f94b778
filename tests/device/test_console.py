"""The console as a person sees it, over the device's own line, while the same line serves management."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import pytest

from device.guests import CAT, FLOOD, HELLO, SPIN, TRAP, guest
from device.machines import Machine, echo_ms
from device.test_install import install
from mote.device.find import Device

PATIENCE_S = 10.0
PROMPT = "mote> \x1b[K"
# What a terminal would act on, a frame of its own, and bytes that are no text.
HARM = r'(data (i32.const 512) "\1b[2J\1b]0;title\07 \06\09AAoBAAA\0a\04\14 \c2\9b2J \ff\c3\bc\0a") (func (export "_start") ' \
       "(call $write (i32.const 1) (i32.const 512) (i32.const 40)))"


class Console:
    """A person at the line."""

    def __init__(self, device: Device) -> None:
        self.device = device
        self.said = ""
        device.client.on_text = self.hear

    def hear(self, data: bytes) -> None:
        """Text came."""
        self.said += data.decode("latin-1")

    def type(self, keys: str) -> None:
        """Press keys, as fast as a paste."""
        self.device.client.link.write(keys.encode("latin-1"))

    def wait(self, what: str) -> str:
        """What was said up to and with `what`, which must come."""
        end = time.monotonic() + PATIENCE_S
        while what not in self.said and time.monotonic() < end:
            self.device.client.take(0.05)
        assert what in self.said, f"{what!r} did not come, but {self.said!r}"
        before, self.said = self.said.split(what, 1)
        return before + what

    def command(self, line: str) -> str:
        """What a command prints."""
        self.type(line + "\r")
        self.wait(line + "\r\n")
        return self.wait(PROMPT).removesuffix(PROMPT)


@pytest.fixture(scope="module")
def device(shared_machine: Machine) -> Device:
    """A device with a few modules."""
    device = shared_machine.on()
    for name, body in {"cat": CAT, "spin": SPIN, "trap": TRAP, "flood": FLOOD, "harm": HARM, "seven": HELLO}.items():
        install(device, guest(body), name)
    return device


@pytest.fixture
def console(device: Device) -> Iterator[Console]:
    """Its console with a prompt."""
    console = Console(device)
    console.type("\x03")
    console.wait("^C\r\n" + PROMPT)
    yield console
    device.client.on_text = None


def test_commands_print_what_they_are_for(console: Console) -> None:
    """One after the other, then all in one paste."""
    assert re.search(r"^cat +\d+ +interpreter\r\n", console.command("ls"), re.MULTILINE)
    assert console.command("hlep") == "hlep: unknown command; try help\r\n"
    assert console.command("kill 99") == "99: no such run\r\n"
    assert console.command("rm 'no such'") == "no such: not found\r\n"
    assert console.command("rm 'open") == "a quote is missing, or there are too many words\r\n"
    assert console.command("mkdir a/b") == "a/b: no such file or directory\r\n"
    assert console.command("mkdir a") == ""
    assert console.command("files") == "0        a/\r\n"
    assert console.command("format yesterday") == "yesterday: not possible\r\n"
    assert console.command("files") == "0        a/\r\n", "nothing was emptied"
    assert console.command("del a") == ""
    assert "run      NAME [ARG...]  runs a module here" in console.command("help")
    console.type("uptime\rcrash\rrm nothing\r")
    assert re.search(r" s\r\n", console.wait("uptime\r\n") + console.wait(PROMPT))
    console.wait("rm nothing\r\nnothing: not found\r\n")


def test_module_in_the_foreground_has_the_line(console: Console) -> None:
    """Output, input line by line, its end; how it ended is told when it did not end well."""
    console.type("run cat\r")
    console.wait("run cat\r\n")
    console.type("hullo\x1b[D\x1b[D\x1b[D\x1b[D\b\x1b[3~he\r")  # edited to "hello" before it is sent
    console.wait("hello\r\nhello\r\n")
    assert echo_ms(console.device) < 1000, "and the line is still there for others"
    console.type("\x04")
    console.wait("cat: exited 3\r\n")
    console.wait(PROMPT)
    assert "seven: exited 7\r\n" in console.command("run seven")
    assert "trap: trapped: integer divide by zero\r\n" in console.command("run trap")
    assert re.search(r"^crash \d+: trap: integer divide by zero, after \d+ ms\r\n  function \d+ at 0x", console.command("crash"))


def test_ctrl_c_stops_what_runs(console: Console) -> None:
    """An endless loop, a flood, a half-typed line."""
    for name in ("spin", "flood"):
        console.type(f"run {name}\r")
        console.wait("hello from a module\r\n")
        console.type("\x03")
        console.wait(f"{name}: stopped\r\n")
        console.wait(PROMPT)
    console.type("rm spin\x03")
    console.wait("^C\r\n" + PROMPT)
    assert "spin" in console.command("ls")


def test_background_runs_have_a_log(console: Console) -> None:
    """start, ps, log, kill."""
    number = re.fullmatch(r"started (\d+)\r\n", console.command("start spin"))
    assert number
    time.sleep(0.1)
    assert re.search(rf"^{number[1]} +spin +interpreter .*running\r$", console.command("ps"), re.MULTILINE)
    assert console.command("log spin") == "hello from a module\r\n"
    assert console.command(f"kill {number[1]}") == ""
    time.sleep(0.3)
    assert "stopped" in console.command("ps")


def test_what_a_module_prints_cannot_harm_the_line(console: Console) -> None:
    """No control characters, no frames, nothing that is not text reaches the terminal; a flood does not keep others waiting."""
    said = console.command("run harm")
    assert said.startswith("?[2J?]0;title? ?\tAAoBAAA\r\n?? ?2J ?\xc3\xbc\r\n")
    counts = console.device.client.counts
    before = counts.repeated
    console.type("run flood\r")
    console.wait("hello from a module\r\n")
    times = sorted(echo_ms(console.device) for _ in range(20))
    print(f"echo during a flood: {times[10]:.1f} ms, at most {times[-1]:.1f} ms")
    assert times[10] < 100 and counts.repeated == before
    console.type("\x03")
    console.wait("flood: stopped\r\n")


def test_noise_is_not_executed(console: Console) -> None:
    """A line with a byte in it that no key sends is dropped; frames that are broken are no text."""
    console.type("ls\x00\r")
    console.wait("(line ignored: too long, or garbled on its way)\r\n" + PROMPT)
    console.type("\x06\x09AAAA reboot\n\x04\x14reboot\n\x06\x09" + "\xff" * 3000 + "\n")
    assert "cat" in console.command("ls")
    assert console.said == ""
