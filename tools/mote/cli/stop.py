"""`mote stop`: stop a running module."""

import time

import click

from mote import console
from mote.device.option import device_option, json_option
from mote.errors import ExitCode, UserError

LIMIT_S = 3.0


@click.command()
@click.argument("which", metavar="NAME|NUMBER")
@device_option
@json_option
def command(which: str, device: str | None, as_json: bool) -> int:
    """Stop a run by its number, or the newest of a package."""
    from mote.device.attach import ENDED
    from mote.device.find import open_device

    with open_device(device) as opened:
        opened.modules.stop(int(which) if which.isdecimal() else which)
        end = time.monotonic() + LIMIT_S
        while True:
            runs = [run for run in opened.modules.runs() if which in (run["n"], str(run["id"]))]
            state = max(runs, key=lambda run: run["id"])["state"] if runs else "stopped"
            if state in ENDED:
                break
            if time.monotonic() > end:
                raise UserError(f"is still {state} after {LIMIT_S:.0f} s", which, "Run: mote device reset")
            time.sleep(0.02)
    if as_json:
        console.print_json({"which": which, "state": state})
    else:
        console.Report().line(f"{which}: {state}.")
    return ExitCode.OK
