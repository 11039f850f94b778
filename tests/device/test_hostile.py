"""Modules that mean harm: while they run, interpreted or native, the device answers an echo within 100 ms, and they
can be stopped.
"""

from collections.abc import Callable, Iterator

import pytest

from device.conftest import fresh
from device.guests import FLOOD, HELLO, HOG, RECURSE, SPIN, guest, native
from device.machines import LINUX, Machine, echo_ms, state_of, wait_for
from device.test_install import install, run
from mote.device.modules import Start

BOUND_MS = 100
ECHOES = 20
ROUNDS = 10  # a busy test machine may spoil some
HOSTILE = {"loop": SPIN, "recursion": RECURSE, "memory": HOG, "flood": FLOOD}
Record = Callable[[str, object], None]


def check_echoes(machine: Machine, what: str, record: Record) -> None:
    """The slowest echo of a round keeps within the bound; of a few rounds, since this machine has other things to do as well.
    All of them are told.
    """
    slowest: list[float] = []
    while len(slowest) < ROUNDS and (not slowest or slowest[-1] > BOUND_MS):
        slowest.append(max(echo_ms(machine.devices[-1]) for _ in range(ECHOES)))
    told = ", ".join(f"{ms:.1f}" for ms in slowest) + " ms"
    record(f"{machine.kind} {what}", told)
    print(f"{machine.kind:14} {what:24} slowest of {ECHOES} echoes: {told}")
    assert slowest[-1] <= BOUND_MS, what


@pytest.mark.every_machine
@pytest.mark.parametrize("engine", ["interpreter", "native"])
def test_the_device_answers_whatever_a_module_does(engine: str, machine: Machine, record_property: Record) -> None:
    device = machine.on()
    for name, body in HOSTILE.items():
        module = guest(body, f"{name} begins")
        install(device, native(module, machine.target) if engine == "native" else module, name)
        number = device.modules.start(Start(name))
        assert state_of(device, number)["engine"] == engine
        check_echoes(machine, f"{engine} {name}", record_property)
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


def test_several_hostile_modules_at_once(machine: Machine, record_property: Record) -> None:
    """All at the same time, and a good one beside them that still gets its turn."""
    device = machine.on()
    numbers = []
    for name, body in (("loop", SPIN), ("flood", FLOOD)):
        install(device, native(guest(body), machine.target), name)
        numbers.append(device.modules.start(Start(name)))
    check_echoes(machine, "loop and flood", record_property)
    install(device, guest(HELLO), "good")
    assert run(device, Start("good", attach=True))[1] == b"hello from a module\n"
    for number in numbers:
        device.modules.stop(number)
        wait_for(lambda number=number: ended(device, number))


@pytest.fixture(scope="module", autouse=True)
def crashing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """A device with a module that crashes at every start. To give up takes it 15 s, in which other tests run."""
    for machine in fresh(LINUX, tmp_path_factory.mktemp("crashing")):
        install(machine.on(), guest(RECURSE), "bad", autostart=True, restart="always")
        machine.off()
        machine.on()
        yield machine


def test_a_module_that_crashes_at_every_start_is_disabled(crashing: Machine) -> None:
    (device,) = crashing.devices
    wait_for(lambda: next(row for row in device.modules.packages())["off"], 60)
    assert echo_ms(device) < 1000
    crashing.off()
    assert crashing.on().modules.runs() == []
