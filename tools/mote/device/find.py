"""Which device is meant: by a name that a person gives, the one used last, or the only one that answers."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from mote.device import emulator
from mote.device.client import Client
from mote.device.link import Link, LinkError, open_port, open_socket
from mote.device.modules import DEVICE, Modules
from mote.device.state import load_state, remember
from mote.errors import ExitCode, UserError

VARIABLE = "MOTE_DEVICE"
PROBE_S = (0.15, 0.35)
REMEDY = "Run: mote device list"


@dataclass(frozen=True, slots=True)
class Port:
    """A serial port of this machine."""

    path: str
    serial_number: str
    description: str


@dataclass(slots=True)
class Device:
    """A device that has answered. `with` closes it."""

    name: str
    client: Client
    modules: Modules

    def __enter__(self) -> "Device":
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()

    @property
    def info(self) -> dict[str, Any]:
        """What it says of itself."""
        return self.modules.info()

    @property
    def title(self) -> str:
        """Its board and where it is, for people."""
        return f"{self.info.get('board', 'device')} on {self.name}"


def open_device(name: str | None, on_text: Callable[[bytes], None] | None = None) -> Device:
    """The device that is meant; it has answered and is remembered."""
    chosen = name or default_name()
    if not chosen:
        chosen = only_one()
    device = connect(chosen, on_text)
    remember(chosen)
    return device


def default_name() -> str:
    """The device that is meant when nobody names one; empty when nothing tells."""
    return os.environ.get(VARIABLE, "") or load_state().last


def connect(name: str, on_text: Callable[[bytes], None] | None = None) -> Device:
    """Open a device and ask who it is."""
    return meet(name, open_link(name), on_text)


def meet(name: str, link: Link, on_text: Callable[[bytes], None] | None = None) -> Device:
    """Ask at a link who is there."""
    client = Client(link, on_text)
    modules = Modules(client)
    try:
        modules.info()
    except BaseException:
        client.close()
        raise
    return Device(name, client, modules)


def open_link(name: str) -> Link:
    """The stream to a device by its name."""
    target = load_state().aliases.get(name, name)
    kind, _, rest = target.partition(":")
    if kind == "qemu":
        return emulator.open_emulator(name, rest)
    if target == "native":
        return emulator.open_native(name)
    if kind == "socket":
        return open_socket(name, *socket_address(target))
    if "://" in target or Path(target).exists():
        return open_port(name, target)
    for port in ports():
        if target and target == port.serial_number:
            return open_port(name, port.path)
    raise unknown(name)


def unknown(name: str) -> UserError:
    """No device has that name: the nearest one."""
    if name.startswith("/"):
        return UserError("there is no such port", name, REMEDY, ExitCode.NO_DEVICE)
    names = [*load_state().aliases, "native", *(f"qemu:{board}" for board in emulator.boards()), *(port.path for port in ports())]
    close = get_close_matches(name, names, n=1, cutoff=0.5)
    hint = f"Did you mean '{close[0]}'?" if close else REMEDY
    return UserError("there is no such device", name, hint, ExitCode.NO_DEVICE)


def socket_address(url: str) -> tuple[str, int]:
    """Host and port of socket://HOST:PORT."""
    host, _, port = url.removeprefix("socket://").rstrip("/").rpartition(":")
    if not url.startswith("socket://") or not host or not port.isdecimal() or int(port) > 65535:
        raise UserError("is no address", url, "Write it as socket://HOST:PORT.", ExitCode.USAGE)
    return host.strip("[]"), int(port)


def ports() -> list[Port]:
    """The serial ports at which a device may be: those on USB, and named ones of boards' own."""
    from serial.tools.list_ports import comports

    return [
        Port(port.device, port.serial_number or "", port.description if port.description != "n/a" else "")
        for port in comports()
        if port.vid is not None or not Path(port.device).name.startswith("ttyS")
    ]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of asking at a port."""

    port: Port
    info: dict[str, Any]
    problem: str


def ask(port: Port) -> Answer:
    """Ask at a port who is there; a short time only."""
    try:
        client = Client(open_port(port.path))
    except LinkError as error:
        return Answer(port, {}, error.what)
    try:
        return Answer(port, client.attempt(DEVICE, None, PROBE_S), "")
    except UserError:
        return Answer(port, {}, "no answer")
    finally:
        client.close()


def ask_all() -> list[Answer]:
    """Ask at all ports at the same time."""
    found = ports()
    if not found:
        return []
    with ThreadPoolExecutor(len(found)) as pool:
        return list(pool.map(ask, found))


def only_one() -> str:
    """The port of the only device that answers."""
    answers = ask_all()
    there = [answer.port.path for answer in answers if answer.info]
    if len(there) == 1:
        return there[0]
    if there:
        raise UserError(
            f"there are {len(there)} devices: {', '.join(there)}", remedy=f"Choose one: -d {there[0]}", code=ExitCode.USAGE
        )
    silent = ", ".join(f"{answer.port.path} ({answer.problem})" for answer in answers)
    what = f"no device answers: {silent}" if silent else "no device: this machine has no serial port on which one could be"
    raise UserError(what, remedy="Connect one, or try an emulated one: -d qemu:qemu_riscv32", code=ExitCode.NO_DEVICE)
