"""`mote rollback`: go back to the version of a package that was installed before."""

import click

from mote import console
from mote.device.option import device_option, json_option, stop_option
from mote.errors import ExitCode


@click.command()
@click.argument("name")
@stop_option
@device_option
@json_option
def command(name: str, stop_first: bool, device: str | None, as_json: bool) -> int:
    """Make the version of NAME count that was installed before the present one, which goes."""
    from mote.cli.install import find
    from mote.device.find import open_device
    from mote.device.modules import ROLLBACK
    from mote.device.show import cell
    from mote.device.stopping import change

    with open_device(device) as opened:
        change(opened, ROLLBACK, name, stop_first)
        now = find(opened, name) or {}
    if as_json:
        console.print_json({"name": name, "version": now.get("v", "")})
    else:
        console.Report().line(f"{cell(name)} is version {cell(now.get('v') or 'without a number')} again.")
    return ExitCode.OK
