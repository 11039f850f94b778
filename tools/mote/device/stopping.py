"""Stopping what runs on a device, by itself or for something that cannot be done meanwhile."""

import time

from mote.device.attach import ENDED
from mote.device.client import Command, DeviceError
from mote.device.find import Device
from mote.device.modules import IN_USE, NOT_FOUND, ROLLBACK
from mote.errors import UserError

LIMIT_S, ROUND_S = 3.0, 0.02


def stop(device: Device, which: str) -> str:
    """Stop a run by its number, or the newest of a package; how it has ended."""
    device.modules.stop(int(which) if which.isdecimal() else which)
    end = time.monotonic() + LIMIT_S
    while True:
        runs = [run for run in device.modules.runs() if which in (run["n"], str(run["id"]))]
        state = max(runs, key=lambda run: run["id"])["state"] if runs else "stopped"
        if state in ENDED:
            return state
        if time.monotonic() > end:
            raise UserError(f"is still {state} after {LIMIT_S:.0f} s", which, "Run: mote device reset")
        time.sleep(ROUND_S)


def change(device: Device, command: Command, name: str, stop_first: bool) -> None:
    """Remove a package or go back to its version before; what runs of it is stopped first if it may be."""
    end = time.monotonic() + LIMIT_S
    while True:
        try:
            device.modules.act(command, name)
            return
        except DeviceError as error:
            if error.rc == NOT_FOUND and command == ROLLBACK and any(row["n"] == name for row in device.modules.packages()):
                raise UserError("there is no version before the present one", name, "See: mote ls") from error
            if error.rc != IN_USE or not stop_first or time.monotonic() > end:
                raise
        for run in device.modules.runs():
            if run["n"] == name and run["state"] not in ENDED:
                device.modules.stop(run["id"])
        time.sleep(ROUND_S)
