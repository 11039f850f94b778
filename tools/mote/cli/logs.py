"""`mote logs`: what a module on a device has printed last."""

import sys
import time

import click

from mote import console
from mote.device.option import device_option, json_option
from mote.errors import ExitCode

POLL_S = 0.1


@click.command()
@click.argument("which", metavar="NAME|NUMBER")
@device_option
@click.option("-f", "--follow", is_flag=True, help="Stay and show what it prints from now on; Ctrl-C ends that.")
@json_option
def command(which: str, device: str | None, follow: bool, as_json: bool) -> int:
    """Show what a run, or the newest run of a package, has printed last."""
    from mote.device.find import open_device

    key = int(which) if which.isdecimal() else which
    with open_device(device) as opened:
        at, text = 0, b""
        while True:
            begin, data = opened.modules.log(key, at)
            at = begin + len(data)
            if as_json:
                text += data
            else:
                show(data)
            if not data and not follow:
                break
            if not data:
                time.sleep(POLL_S)
    if as_json:
        console.print_json({"which": which, "end": at, "text": text.decode(errors="replace")})
    return ExitCode.OK


def show(data: bytes) -> None:
    """Output of a module, without what could control the terminal."""
    from mote.device.text import harmless

    sys.stdout.write(harmless(data))
    sys.stdout.flush()
