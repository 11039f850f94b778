"""Restarts a device and waits until it answers again. Whether it was started anew is told by when it must have been started,
which a late answer tells as well.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mote.device.client import OS_GROUP, WRITE, Command, SilenceError
from mote.device.find import Device
from mote.errors import ExitCode, UserError

RESET = Command(OS_GROUP, 5, WRITE, "restarting the device")
LIMIT_S = 10.0
POLL_S = 0.02
DRIFT_S, DRIFT = 0.05, 0.015  # how far a device's clock may be off, and by which part of the time that has passed


@dataclass(frozen=True, slots=True)
class Booted:
    """When a device was started, by this machine's clock: not before and not after, as its uptime was asked for in between."""

    earliest: float
    latest: float
    asked: float

    def is_after(self, other: "Booted") -> bool:
        """Whether this is another start than the one seen before."""
        return self.earliest > other.latest + DRIFT_S + DRIFT * (self.asked - other.asked)

    @property
    def is_sharp(self) -> bool:
        """Whether the answer came soon enough to compare with."""
        return self.latest - self.earliest < DRIFT_S


def ask_boot(question: Callable[[], dict[str, Any]]) -> tuple[dict[str, Any], Booted]:
    """What a device says of itself, and when it was started."""
    before = time.monotonic()
    info = question()
    after, up_s = time.monotonic(), info.get("uptime", 0) / 1000
    return info, Booted(before - up_s, after - up_s, after)


def restart(device: Device, command: Command = RESET, body: dict[str, Any] | None = None) -> dict[str, Any]:
    """Reset a device, by another command if need be; what it says of itself afterwards."""
    _, before = ask_boot(device.modules.fresh_info)
    asked = time.monotonic()
    told = device.client.request(command, body)
    if told.get("ret"):
        raise UserError(str(told.get("o", "")).strip(), device.name)
    while time.monotonic() - asked < LIMIT_S:
        try:
            info, now = ask_boot(device.modules.hello_again)
        except SilenceError:
            continue
        if now.earliest > (before.latest + asked) / 2:  # nearer to the request than to the start before it
            return info
        time.sleep(POLL_S)
    raise UserError(f"did not start again within {LIMIT_S:.0f} s", device.name, "Press its reset button.", ExitCode.LINK)
