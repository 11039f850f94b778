"""Bad lines: noise in both directions, a cable that is pulled while a package is sent, two hosts one after the other.
Nothing acts twice.
"""

import hashlib

import pytest

from device.guests import CAT, HELLO, guest
from device.machines import CutLink, Machine, NoisyLink, StallingLink, echo_ms
from device.test_install import install, packages, run
from mote.device.client import DeviceError
from mote.device.files import Files
from mote.device.find import meet
from mote.device.modules import REMOVE, ROLLBACK, Start
from mote.device.restart import restart
from mote.errors import UserError
from mote.package.manifest import write_manifest

LARGE = 20_000


def large(text: str, size: int = LARGE) -> bytes:
    """A module of some size."""
    return guest(f'(data (i32.const 1024) "{text[0] * size}")' + HELLO, text)


@pytest.mark.parametrize(("seed", "chance"), [(1, 1e-4), (2, 3e-4), (3, 6e-4)])
def test_noise_costs_time_only(seed: int, chance: float, linux: Machine, long_run: bool) -> None:
    """At the last rate every second message of a kilobyte is hit."""
    if seed == 3 and not long_run:
        pytest.skip("long run: mote test --all")
    noise: list[NoisyLink] = []

    def noisy(link: object) -> NoisyLink:
        noise.append(NoisyLink(link, seed, 0.0))
        return noise[0]

    device = linux.on(noisy)
    noise[0].chance = chance
    for version in ("1", "2"):
        install(device, large(f"version {version}"), "app", version=version)
    device.modules.act(ROLLBACK, "app")
    assert packages(device)["app"]["v"] == "1", "a second rollback would have failed, or taken the other version as well"
    typed = bytes(range(32, 127)) * 20
    device.modules.send(guest(CAT), ram=True)
    device.modules.wait_until_ready()
    ended, out, err = run(device, Start(attach=True), typed)
    assert (ended.exit, out, err) == (3, typed, typed)
    files = Files(device.client)
    files.write("/noise", typed)
    assert files.read("/noise") == typed
    device.modules.act(REMOVE, "app")
    noise[0].chance = 0
    assert packages(device) == {}
    assert [row["state"] for row in device.modules.runs()] == ["exited"], "it was started once"
    assert noise[0].harm > 3
    assert device.client.counts.repeated > 0 or chance < 2e-4


def test_a_noisy_line_to_a_board(machine: Machine) -> None:
    device = machine.on(lambda link: NoisyLink(link, 7, 2e-4))
    device.client.link.chance = 2e-4
    install(device, large("over noise"), "app")
    assert run(device, Start("app", attach=True))[1] == b"over noise\n"


@pytest.mark.parametrize("after", [0.02, 0.3, 0.6, 0.97])
def test_an_upload_goes_on_where_the_cable_was_pulled(after: float, linux: Machine) -> None:
    check_broken_upload(linux, after)


def test_a_board_goes_on_where_the_cable_was_pulled(machine: Machine) -> None:
    check_broken_upload(machine, 0.6)


def check_broken_upload(machine: Machine, after: float) -> None:
    """Break off an update after a part of it, and begin it anew."""
    device = machine.on()
    old = install(device, guest(HELLO, "old"), "app")
    data = write_manifest(large("new"), {"name": "app"})
    line, taken = device.client.link, [0]
    with pytest.raises(ConnectionResetError):
        cut = meet("cut", CutLink(line, 10**9))
        cut.client.link.left = int(len(data) * after * 4 / 3)
        cut.modules.send(data, "app", progress=lambda at, size: taken.append(at))
    again = meet("again", line)
    assert packages(again)["app"]["sha"] == hashlib.sha256(old).digest()[:8], "half a package changes nothing"
    sent = again.modules.send(data, "app")
    again.modules.wait_until_ready()
    assert packages(again)["app"]["sha"] == hashlib.sha256(data).digest()[:8]
    assert sent <= len(data) - taken[-1] + 2 * again.client.message_max
    assert run(again, Start("app", attach=True))[1] == b"new\n"


def test_an_upload_goes_on_after_the_power_was_off(machine: Machine) -> None:
    device, taken = machine.on(), [0]
    data = write_manifest(large("survivor"), {"name": "app"})
    device.client.link, line = CutLink(device.client.link, len(data) * 2 // 3), device.client.link
    with pytest.raises(ConnectionResetError):
        device.modules.send(data, "app", progress=lambda at, size: taken.append(at))
    assert taken[-1] > 0
    device.client.link = line
    assert packages(device) == {}, "it has taken all that was sent"
    machine.off()
    device = machine.on()
    assert packages(device) == {}
    sent = device.modules.send(data, "app")
    assert sent <= len(data) - taken[-1] + 2 * device.client.message_max
    device.modules.wait_until_ready()
    assert run(device, Start("app", attach=True))[1] == b"survivor\n"


def test_another_host_takes_over(linux: Machine) -> None:
    """One begins to send, another sends something else; the first is told."""
    device = linux.on()
    data = write_manifest(large("first"), {"name": "first"})
    other = meet("other", device.client.link)

    def interrupted(done: int, total: int) -> None:
        if done > total // 2 and not packages(other):
            install(other, guest(HELLO, "second"), "second")

    try:
        device.modules.send(data, "first", progress=interrupted)
        device.modules.wait_until_ready()
    except (DeviceError, UserError):
        device.modules.send(data, "first")
        device.modules.wait_until_ready()
    assert set(packages(device)) == {"first", "second"}
    for name in ("first", "second"):
        assert run(device, Start(name, attach=True))[1] == name.encode() + b"\n"


def test_garbage_between_messages_does_no_harm(machine: Machine) -> None:
    device = machine.on()
    link = device.client.link
    for garbage in (
        b"\x06\x09",
        b"\x06\x09AAAA\n",
        b"\x04\x14" * 50,
        b"\xff" * 600,
        b"\0" * 600,
        b"\x06\x09//8AAAAA\n",
        b"\x1b[A\x1b[B\n",
    ):
        link.write(garbage)
        link.write(b"\n")
        assert echo_ms(device) < 1000
    assert packages(device) == {}


def test_a_restart_is_noticed_when_the_device_is_late_to_tell(linux: Machine) -> None:
    """It was up for long again before it was asked."""
    device = linux.on(StallingLink)
    device.client.link.stalls = [0, 0, 1.0]  # its uptime, the reset, its uptime
    info = restart(device)
    assert info["reset"] == "software" and info["uptime"] > 900
    assert restart(device)["uptime"] < 900
