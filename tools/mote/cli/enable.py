"""`mote enable`: let a package start by itself, also after it failed too often."""

import click

from mote.device.option import device_option, json_option
from mote.errors import ExitCode


@click.command()
@click.argument("name")
@device_option
@json_option
def command(name: str, device: str | None, as_json: bool) -> int:
    """Start NAME by itself whenever the device starts."""
    from mote import console
    from mote.device.find import open_device
    from mote.device.modules import ENABLE

    with open_device(device) as opened:
        opened.modules.act(ENABLE, name, on=True)
    if as_json:
        console.print_json({"name": name, "enabled": True})
    return ExitCode.OK
