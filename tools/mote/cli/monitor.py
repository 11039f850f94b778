"""`mote monitor`: follow what a device's modules print, and explain crashes; comes back when the connection was lost."""

import click

from mote.device.option import device_option, json_option
from mote.errors import ExitCode


@click.command()
@device_option
@click.option("--name", "names", multiple=True, metavar="NAME", help="Only what this module prints; may be given again.")
@click.option("--reset", is_flag=True, help="Restart the device first, to see all from its start on.")
@click.option("--seconds", type=float, metavar="S", help="End after that time.")
@json_option
def command(device: str | None, names: tuple[str, ...], reset: bool, seconds: float | None, as_json: bool) -> int:
    """Show what modules print as it comes, each line with its module's name, and crashes with functions and source
    lines.

    Ctrl-C ends it.
    """
    from mote.device.monitor import Monitor

    monitor = Monitor(device, frozenset(names), as_json)
    try:
        monitor.follow(seconds, reset)
    except KeyboardInterrupt:
        monitor.close()
    return ExitCode.OK
