"""`mote disable`: keep a package from starting by itself."""

import click

from mote.device.option import device_option, json_option
from mote.errors import ExitCode


@click.command()
@click.argument("name")
@device_option
@json_option
def command(name: str, device: str | None, as_json: bool) -> int:
    """Do not start NAME by itself any more, whatever its manifest says."""
    from mote import console
    from mote.device.find import open_device
    from mote.device.modules import ENABLE

    with open_device(device) as opened:
        opened.modules.act(ENABLE, name, on=False)
    if as_json:
        console.print_json({"name": name, "enabled": False})
    return ExitCode.OK
