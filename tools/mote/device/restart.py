"""Restarts a device and waits until it answers again."""

import time
from typing import Any

from mote.device.client import OS_GROUP, WRITE, Command
from mote.device.find import Device
from mote.device.link import LinkError
from mote.errors import ExitCode, UserError

RESET = Command(OS_GROUP, 5, WRITE, "restarting the device")
LIMIT_S = 10.0
POLL_S = 0.02


def restart(device: Device) -> dict[str, Any]:
    """Reset a device; what it says of itself afterwards."""
    before, asked = device.modules.fresh_info().get("uptime", 0), time.monotonic()
    device.client.request(RESET)
    while time.monotonic() - asked < LIMIT_S:
        try:
            info = device.modules.hello_again()
        except LinkError:
            continue
        if info.get("uptime", 0) < before + (time.monotonic() - asked) * 500:
            return info
        time.sleep(POLL_S)
    raise UserError(f"did not start again within {LIMIT_S:.0f} s", device.name, "Press its reset button.", ExitCode.LINK)
