"""What a device cannot take is refused with a reason, nothing is left of it, and the device goes on."""

import hashlib

import pytest

from device.guests import HELLO, SPIN, guest, native
from device.machines import Machine, echo_ms, state_of, wait_for
from device.test_install import install, packages, run
from mote.aot.compile import How, compile_native, write_module
from mote.aot.options import Options
from mote.aot.targets import find_target
from mote.device.client import MODULE_GROUP, DeviceError
from mote.device.find import Device
from mote.device.modules import UPLOAD, Start
from mote.package.manifest import write_manifest
from mote.wasm.module import decode

NO_ROOM, NO_MEMORY, NOT_ACCEPTED, CORRUPTED, TOO_MANY, BAD_NAME = 5, 6, 7, 8, 10, 11


def refused(machine: Machine, data: bytes, name: str, ram: bool = False) -> DeviceError:
    """What the device says to a module that it does not take; afterwards it still works."""
    device = machine.devices[-1]
    before = packages(device)
    with pytest.raises(DeviceError) as caught:
        device.modules.send(data, name, ram)
        device.modules.wait_until_ready()
        if ram:
            device.modules.start(Start(attach=True))
    assert caught.value.group == MODULE_GROUP
    assert packages(device) == before
    assert echo_ms(device) < 1000
    return caught.value


def filler(size: int) -> bytes:
    """A module with so many bytes behind it."""
    module = guest(HELLO, "filled")
    body = b"\x04fill" + bytes(size)
    length = bytes([len(body) & 0x7F | 0x80, len(body) >> 7 & 0x7F | 0x80, len(body) >> 14 & 0x7F | 0x80, len(body) >> 21])
    return module + b"\0" + length + body


def test_modules_that_are_none(machine: Machine) -> None:
    machine.on()
    good = guest(HELLO)
    assert refused(machine, b"not a module at all", "x").rc == NOT_ACCEPTED
    assert refused(machine, good[:-5], "x").rc == NOT_ACCEPTED
    broken = bytearray(good)
    broken[good.index(b"fd_write")] = ord("g")
    assert "gd_write" in str(refused(machine, bytes(broken), "x", ram=True))


def test_names_that_are_none(machine: Machine) -> None:
    machine.on()
    for name in ("x" * 32, "a/b", "-a", "a b"):
        error = refused(machine, guest(HELLO), name)
        assert error.rc == BAD_NAME and "--name NAME" in str(error)


def test_native_code_of_another_board_alone_is_refused(machine: Machine) -> None:
    machine.on()
    target = "thumbv7m" if machine.target.startswith("rv") else "rv32imc"
    module = decode(guest(HELLO))
    made = compile_native(module, find_target(target), Options(), How())
    error = refused(machine, write_module(module.data, [made], strip=True), "foreign")
    assert error.rc == NOT_ACCEPTED and target in str(error)


def test_a_package_larger_than_the_store(machine: Machine) -> None:
    device = machine.on()
    info = device.modules.fresh_info()
    body = {"off": 0, "len": info["store"] + 1, "sha": bytes(32), "name": "huge", "data": b"\0asm"}
    with pytest.raises(DeviceError) as caught:
        device.client.request(UPLOAD, body, timeout_s=3)
    assert caught.value.rc == NO_ROOM
    assert echo_ms(device) < 1000


def test_a_full_store_takes_no_more_until_something_is_removed(linux: Machine) -> None:
    device = linux.on()
    size = device.modules.fresh_info()["store_largest"] // 3
    names = []
    with pytest.raises(DeviceError) as caught:
        for i in range(10):
            install(device, filler(size + i), f"app{i}")
            names.append(f"app{i}")
    assert caught.value.rc == NO_ROOM and "mote rm NAME" in str(caught.value)
    assert 2 <= len(names) <= 3 and set(packages(device)) == set(names)
    from mote.device.modules import REMOVE

    device.modules.act(REMOVE, names.pop())
    install(device, filler(size), "again")
    assert run(device, Start("again", attach=True))[1] == b"filled\n"


def test_a_module_that_does_not_fit_into_ram(machine: Machine) -> None:
    device = machine.on()
    memory = device.modules.fresh_info()["ram"]
    body = {"off": 0, "len": memory + 1, "sha": bytes(32), "ram": True, "data": b"\0asm"}
    with pytest.raises(DeviceError) as caught:
        device.client.request(UPLOAD, body, timeout_s=3)
    assert caught.value.rc == NO_MEMORY
    pages = memory // 65536 + 1
    large = guest(HELLO).replace(b"\x05\x03\x01\x00\x01", b"\x05\x05\x01\x00" + leb(pages))
    if pages < 1 << 14:
        install(device, large, "large")
        assert_no_memory(device, "large")
    assert echo_ms(device) < 1000


def assert_no_memory(device: Device, name: str) -> None:
    """A start says at once that there is not enough; on a busy machine, after the 20 ms that it waits, the run does."""
    try:
        number = device.modules.start(Start(name))
    except DeviceError as error:
        assert error.rc == NO_MEMORY and "mote stop NAME" in str(error)
        return
    wait_for(lambda: state_of(device, number)["state"] == "faulted")
    crash = device.modules.crash()
    assert (crash["n"], crash["reason"]) == (name, "out of memory"), crash


def leb(number: int) -> bytes:
    """Three bytes of LEB128."""
    return bytes([number & 0x7F | 0x80, number >> 7 & 0x7F | 0x80, number >> 14])


def test_too_many_runs(machine: Machine) -> None:
    device = machine.on()
    install(device, guest(SPIN), "spin")
    runs = []
    with pytest.raises(DeviceError) as caught:
        for _ in range(40):
            runs.append(device.modules.start(Start("spin")))
    assert caught.value.rc in (TOO_MANY, NO_MEMORY) and runs
    for number in runs:
        device.modules.stop(number)
    wait_for(lambda: all(row["state"] == "stopped" for row in device.modules.runs()))
    device.modules.stop(device.modules.start(Start("spin")))


def test_bytes_that_are_not_those_that_were_promised(machine: Machine) -> None:
    device = machine.on()
    data = write_manifest(guest(HELLO), {"name": "app"})
    for ram in ({}, {"ram": True}):
        body = {"off": 0, "len": len(data), "sha": hashlib.sha256(data + b"!").digest(), "name": "app", "data": data} | ram
        with pytest.raises(DeviceError) as caught:
            device.client.request(UPLOAD, body, timeout_s=3)
            device.modules.wait_until_ready()
        assert caught.value.rc == CORRUPTED
    assert packages(device) == {}
    install(device, native(guest(HELLO), machine.target), "app")
    assert run(device, Start("app", attach=True))[0].exit == 7
