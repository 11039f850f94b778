"""Packages on devices: installed over the line, run from flash by either engine, there again after a reset and after
the power was off.
"""

import hashlib

import pytest

from device.guests import CAT, HELLO, SUM, TICK, TRAP, guest, native, sum_text
from device.machines import Machine, state_of, wait_for
from mote.device.attach import Attached, Input
from mote.device.client import DeviceError
from mote.device.find import Device
from mote.device.modules import ENABLE, REMOVE, ROLLBACK, Exchange, Start
from mote.device.restart import restart
from mote.package.manifest import write_manifest


def install(device: Device, module: bytes, name: str, **manifest: object) -> bytes:
    """Send a package and wait until it can run; its bytes."""
    data = write_manifest(module, {"name": name} | manifest)
    device.modules.send(data, name)
    assert device.modules.wait_until_ready()["state"] == "done"
    return data


def run(device: Device, how: Start, typed: bytes = b"") -> tuple[Exchange, bytes, bytes]:
    """Run a module to its end: how it ended and what it printed."""
    printed = {1: b"", 2: b""}
    attached = Attached(device, device.modules.start(how))

    def take(fd: int, data: bytes) -> None:
        printed[fd] += data

    attached.write = take
    attached.input = Input(kept=typed, is_open=False)
    return attached.follow(), printed[1], printed[2]


def packages(device: Device) -> dict[str, dict]:
    """The packages by name."""
    return {row["n"]: row for row in device.modules.packages()}


@pytest.mark.every_machine
def test_a_package_runs_from_flash_and_stays(machine: Machine) -> None:
    """Interpreted and native, over a reset and over a power cut."""
    device = machine.on()
    plain = install(device, guest(SUM, "0" * 8), "plain", version="1.0")
    fast = install(device, native(guest(SUM, "0" * 8), machine.target), "fast", version="2.0")
    before = packages(device)
    assert [(name, row["v"], row["size"]) for name, row in before.items()] == [
        ("plain", "1.0", len(plain)),
        ("fast", "2.0", len(fast)),
    ]
    assert before["plain"]["sha"] == hashlib.sha256(plain).digest()[:8]
    assert (before["plain"]["engine"], before["fast"]["engine"]) == ("interpreter", "native")

    def check(device: Device) -> None:
        assert packages(device) == before
        for name in before:
            ended, out, err = run(device, Start(name, attach=True))
            assert (ended.state, ended.exit, out, err) == ("exited", 0, sum_text(), b""), name

    check(device)
    assert restart(device)["reset"] == "software"
    check(device)
    machine.off()
    check(machine.on())


@pytest.mark.every_machine
def test_autostart_after_a_reset_and_after_power_was_off(machine: Machine) -> None:
    device = machine.on()
    install(device, guest(TICK, "tick tock"), "clock", autostart=True)
    assert device.modules.runs() == [], "it is started with the device, not with its installation"

    def running(device: Device) -> object:
        return wait_for(lambda: [row for row in device.modules.runs() if row["n"] == "clock" and row["state"] == "running"])

    def printed(device: Device) -> object:
        return wait_for(lambda: device.modules.log("clock")[1] == b"tick tock\n")

    restart(device)
    running(device), printed(device)
    machine.off()
    device = machine.on()
    running(device), printed(device)
    device.modules.act(ENABLE, "clock", on=False)
    machine.off()
    device = machine.on()
    assert device.modules.runs() == []
    assert packages(device)["clock"]["auto"] is False
    device.modules.act(ENABLE, "clock", on=True)
    restart(device)
    running(device)


def test_an_update_can_be_taken_back(machine: Machine) -> None:
    device = machine.on()
    install(device, guest(HELLO, "one"), "app", version="1")
    install(device, guest(HELLO, "two"), "app", version="2")
    assert packages(device)["app"]["prev"] == "1"
    assert run(device, Start("app", attach=True))[1] == b"two\n"
    device.modules.act(ROLLBACK, "app")
    assert packages(device)["app"]["v"] == "1"
    machine.off()
    device = machine.on()
    ended, out, _ = run(device, Start("app", attach=True))
    assert (ended.exit, out) == (7, b"one\n")
    with pytest.raises(DeviceError):
        device.modules.act(ROLLBACK, "app")
    device.modules.act(REMOVE, "app")
    assert packages(device) == {}
    with pytest.raises(DeviceError) as caught:
        device.modules.act(REMOVE, "app")
    assert "See what is there: mote ls" in str(caught.value)


def test_a_module_in_ram_leaves_nothing_in_flash(machine: Machine) -> None:
    device = machine.on()
    device.modules.send(guest(HELLO, "here"), ram=True)
    device.modules.wait_until_ready()
    ended, out, _ = run(device, Start(attach=True))
    assert (ended.exit, out) == (7, b"here\n")
    assert packages(device) == {}


def test_a_crash_is_remembered_over_a_reset(machine: Machine) -> None:
    device = machine.on()
    data = install(device, guest(TRAP), "bad")
    number = device.modules.start(Start("bad"))
    wait_for(lambda: state_of(device, number)["state"] == "trapped")
    crash = device.modules.crash()
    assert (crash["n"], crash["trap"], crash["reset"]) == ("bad", "integer divide by zero", False)
    assert crash["sha"] == hashlib.sha256(data).digest()[:8]
    assert len(crash["frames"]) == 3
    restart(device)
    again = device.modules.crash()
    assert again == crash | {"reset": True}


def test_streams_of_a_run(machine: Machine) -> None:
    """What is typed comes back on both of them, whole and in order, and its end is noticed."""
    device = machine.on()
    typed = b"".join(b"line %d\n" % i for i in range(200))
    for module in (guest(CAT), native(guest(CAT), machine.target)):
        install(device, module, "cat")
        ended, out, err = run(device, Start("cat", attach=True), typed)
        assert (ended.exit, out, err) == (3, typed, typed)


def test_native_code_of_the_wrong_board_is_interpreted(machine: Machine) -> None:
    other = "thumbv7m" if machine.target.startswith("rv32") else "rv32imc"
    device = machine.on()
    install(device, native(guest(SUM, "0" * 8), other), "foreign")
    assert packages(device)["foreign"]["engine"] == "interpreter"
    assert run(device, Start("foreign", attach=True))[1] == sum_text()
