"""`mote start`: start an installed module."""

import click

from mote import console
from mote.device.option import device_option, json_option
from mote.errors import ExitCode


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("name")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="[--] [ARGUMENTS]...")
@device_option
@click.option("-a", "--attach", is_flag=True, help="Stay: streams and exit status are the module's, Ctrl-C stops it.")
@click.option("--interpret", is_flag=True, help="Leave its native code alone.")
@json_option
def command(
    name: str, arguments: tuple[str, ...], device: str | None, attach: bool, interpret: bool, as_json: bool
) -> int:  # fmt: skip
    """Start the package NAME, with ARGUMENTS in place of those of its manifest."""
    from mote.device.attach import Attached, conclude
    from mote.device.find import open_device
    from mote.device.modules import Start

    with open_device(device) as opened:
        run = opened.modules.start(Start(name, list(arguments) or None, attach, interpret))
        if attach:
            return conclude(opened, Attached(opened, run).follow(), name)
    if as_json:
        console.print_json({"name": name, "run": run})
    else:
        console.Report().line(f"{name} runs as number {run}.")
    return ExitCode.OK
