"""Modules that mean harm: while they run, interpreted or native, the device answers an echo within 100 ms, and they
can be stopped.
"""

from collections.abc import Callable

import pytest

from device.guests import FLOOD, HELLO, HOG, RECURSE, SPIN, guest, native
from device.machines import Machine, echo_ms, state_of, wait_for
from device.test_install import install, run
from mote.device.modules import Start

BOUND_MS = 100
ECHOES = 10
ROUNDS = 10  # a busy test machine may spoil some
HOSTILE = {"loop": SPIN, "recursion": RECURSE, "memory": HOG, "flood": FLOOD}


def slowest_ms(machine: Machine) -> float:
    """The slowest echo of a round; the best of a few rounds, since this machine has other things to do as well."""
    best = float("inf")
    for _ in range(ROUNDS):
        best = min(best, max(echo_ms(machine.devices[-1]) for _ in range(ECHOES)))
        if best <= BOUND_MS:
            break
    return best


@pytest.mark.every_machine
@pytest.mark.parametrize("engine", ["interpreter", "native"])
def test_the_device_answers_whatever_a_module_does(
    engine: str, machine: Machine, record_property: Callable[[str, object], None]
) -> None:
    device = machine.on()
    for name, body in HOSTILE.items():
        module = guest(body, f"{name} begins")
        install(device, native(module, machine.target) if engine == "native" else module, name)
        number = device.modules.start(Start(name))
        assert state_of(device, number)["engine"] == engine
        slowest = slowest_ms(machine)
        record_property(f"{machine.board} {engine} {name}", f"{slowest:.1f} ms")
        print(f"{machine.board:14} {engine:12} {name:10} slowest echo {slowest:6.1f} ms")
        assert slowest <= BOUND_MS, name
        if state_of(device, number)["state"] == "running":
            assert name != "recursion"
            device.modules.stop(number)
        state = wait_for(lambda: ended(device, number))  # noqa: B023 (called at once)
        assert state["state"] == ("trapped" if name == "recursion" else "stopped"), state
        if name == "recursion":
            assert state["trap"] == "call stack exhausted"
    install(device, guest(HELLO), "good")
    assert run(device, Start("good", attach=True))[0].exit == 7


def ended(device: object, number: int) -> dict | None:
    """The state of a run once it has ended."""
    state = state_of(device, number)
    return state if state["state"] not in ("running", "waiting") else None


def test_several_hostile_modules_at_once(machine: Machine) -> None:
    """All at the same time, and a good one beside them that still gets its turn."""
    device = machine.on()
    numbers = []
    for name, body in (("loop", SPIN), ("flood", FLOOD)):
        install(device, native(guest(body), machine.target), name)
        numbers.append(device.modules.start(Start(name)))
    assert slowest_ms(machine) <= BOUND_MS
    install(device, guest(HELLO), "good")
    assert run(device, Start("good", attach=True))[1] == b"hello from a module\n"
    for number in numbers:
        device.modules.stop(number)
        wait_for(lambda number=number: ended(device, number))


def test_a_module_that_crashes_at_every_start_is_disabled(linux: Machine) -> None:
    device = linux.on()
    install(device, guest(RECURSE), "bad", autostart=True, restart="always")
    linux.off()
    device = linux.on()
    wait_for(lambda: next(row for row in device.modules.packages())["off"], 60)
    assert echo_ms(device) < 1000
    linux.off()
    device = linux.on()
    assert device.modules.runs() == []
