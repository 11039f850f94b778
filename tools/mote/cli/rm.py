"""`mote rm`: take packages off a device."""

import click

from mote import console
from mote.device.option import device_option, json_option, stop_option
from mote.errors import ExitCode


@click.command()
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
@stop_option
@device_option
@json_option
def command(names: tuple[str, ...], stop_first: bool, device: str | None, as_json: bool) -> int:
    """Remove packages with all their versions."""
    from mote.device.find import open_device
    from mote.device.modules import REMOVE
    from mote.device.stopping import change

    with open_device(device) as opened:
        for name in names:
            change(opened, REMOVE, name, stop_first)
            if not as_json:
                console.Report().line(f"{name} removed.")
    if as_json:
        console.print_json({"removed": list(names)})
    return ExitCode.OK
