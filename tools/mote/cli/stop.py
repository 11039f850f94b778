"""`mote stop`: stop a running module."""

import click

from mote import console
from mote.device.option import device_option, json_option
from mote.errors import ExitCode


@click.command()
@click.argument("which", metavar="NAME|NUMBER")
@device_option
@json_option
def command(which: str, device: str | None, as_json: bool) -> int:
    """Stop a run by its number, or the newest of a package."""
    from mote.device.find import open_device
    from mote.device.stopping import stop

    with open_device(device) as opened:
        state = stop(opened, which)
    if as_json:
        console.print_json({"which": which, "state": state})
    else:
        console.Report().line(f"{which}: {state}.")
    return ExitCode.OK
