"""`mote logs`: what a module on a device has printed last."""

import json
import sys
import time
from codecs import getincrementaldecoder

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
    """Show what a run, or the newest run of a package, has printed last. With --follow and --json each line is an object."""
    from mote.device.find import open_device

    key = int(which) if which.isdecimal() else which
    with open_device(device) as opened:
        at, text = 0, ""
        decoder = getincrementaldecoder("utf-8")("replace")
        while True:
            begin, data = opened.modules.log(key, at)
            at = begin + len(data)
            piece = decoder.decode(data, final=not data and not follow)
            if not as_json:
                show(data)
            elif follow and piece:
                print(json.dumps({"which": which, "end": at, "text": piece}), flush=True)
            text += "" if follow else piece
            if not data and not follow:
                break
            if not data:
                time.sleep(POLL_S)
    if as_json:
        console.print_json({"which": which, "end": at, "text": text})
    return ExitCode.OK


def show(data: bytes) -> None:
    """Output of a module, without what could control the terminal."""
    from mote.device.text import harmless

    sys.stdout.write(harmless(data))
    sys.stdout.flush()
