"""python -m mote.esp32c3: the model as a program, with the options of Espressif's QEMU that our tools use."""

import argparse
import socket
import sys
from pathlib import Path

from mote.esp32c3.flash import Flash
from mote.esp32c3.line import Line, SocketLine, TerminalLine
from mote.esp32c3.machine import Machine, ModelError


def pairs(text: str) -> dict[str, str]:
    """NAME=VALUE,NAME=VALUE as QEMU writes options; a comma in a value is doubled, and what has no `=` is left out."""
    parts = (part.replace("\0", ",").partition("=") for part in text.replace(",,", "\0").split(","))
    return {name: value for name, equals, value in parts if equals}


def read_options(words: list[str]) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m mote.esp32c3", description="A model of the ESP32-C3.", allow_abbrev=False)
    parser.add_argument("-drive", type=pairs, required=True, metavar="file=FLASH", help="the flash, a file of 4 MB")
    parser.add_argument("-chardev", type=pairs, default={}, metavar="fd=N", help="the line: a connected socket")
    parser.add_argument("-nographic", action="store_true", help="the line: this terminal (Ctrl-A X ends it)")
    parser.add_argument("-strict", action="store_true", help="flash cannot be read while the cache is off; slow")
    for ignored in ("-M", "-display", "-monitor", "-serial"):
        parser.add_argument(ignored, help=argparse.SUPPRESS)
    return parser.parse_args(words)


def run(flash: Flash, line: Line, is_strict: bool) -> None:
    """Run the chip until its line ends."""
    Machine(flash, line, lambda text: print(f"esp32c3: {text}", file=sys.stderr, flush=True), is_strict).run()


def main(words: list[str]) -> int:
    """Run the model; the exit status."""
    options = read_options(words)
    try:
        flash = Flash(Path(options.drive["file"]))
        if "fd" in options.chardev:
            connection = socket.socket(fileno=int(options.chardev["fd"]))
            run(flash, SocketLine(connection), options.strict)
        else:
            with TerminalLine() as line:
                run(flash, line, options.strict)
    except KeyboardInterrupt:
        return 130
    except (ModelError, OSError) as error:
        print(f"esp32c3: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
