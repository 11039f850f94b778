"""`mote console`: the device's own text console on this terminal."""

import click

from mote.device.option import device_option
from mote.errors import ExitCode


@click.command()
@device_option
def command(device: str | None) -> int:
    """Type to the device's console; Ctrl-] leaves. Frames of other programs on the line are left out."""
    from mote.device.find import open_device
    from mote.device.terminal import talk

    with open_device(device) as opened:
        talk(opened)
    return ExitCode.OK
