"""This terminal as the device's console: bytes both ways, the frames of management left out."""

import os
import select
import sys
import termios
import tty

from mote.device.find import Device
from mote.device.framing import Demux
from mote.device.link import LinkLostError
from mote.errors import ExitCode, UserError

LEAVE = b"\x1d"  # Ctrl-]
POLL_S = 0.02
DRAIN_S = 0.3


def talk(device: Device) -> None:
    """Until Ctrl-], the end of our input, or the end of the connection."""
    name = device.name
    print(f"mote: console of {device.title}; Ctrl-] leaves", file=sys.stderr)
    is_terminal = sys.stdin.isatty()
    before = termios.tcgetattr(0) if is_terminal else None
    try:
        if is_terminal:
            tty.setraw(0)
        pump(device)
    except LinkLostError as error:
        raise UserError(error.what, name, "Run mote console again when it is back.", ExitCode.LINK) from error
    finally:
        if before is not None:
            termios.tcsetattr(0, termios.TCSADRAIN, before)
            print(file=sys.stderr)


def pump(device: Device) -> None:
    """Hand on what comes from either side."""
    link, demux = device.client.link, Demux(show)
    link.write(b"\r")  # for a fresh prompt
    while True:
        demux.feed(link.read(POLL_S))
        if not select.select([0], [], [], 0)[0]:
            continue
        typed = os.read(0, 1024)
        if LEAVE in typed or not typed:
            link.write(typed.partition(LEAVE)[0])
            while data := link.read(DRAIN_S):
                demux.feed(data)
            return
        link.write(typed)


def show(text: bytes) -> None:
    """What the device says, as it is: its firmware makes modules' output harmless."""
    sys.stdout.buffer.write(text)
    sys.stdout.buffer.flush()
