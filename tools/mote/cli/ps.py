"""`mote ps`: what runs on a device."""

import click

from mote import console
from mote.device.option import device_option, json_option
from mote.errors import ExitCode


@click.command()
@device_option
@json_option
def command(device: str | None, as_json: bool) -> int:
    """Show what runs on a device, and how what ran last has ended."""
    from mote.device.find import open_device
    from mote.device.show import cell, duration, plain

    with open_device(device) as opened:
        runs = opened.modules.runs()
    if as_json:
        console.print_json(plain(runs))
        return ExitCode.OK
    out = console.Report()
    if not runs:
        out.line("Nothing runs. Start something: mote start NAME")
        return ExitCode.OK
    rows = [["RUN", "NAME", "STATE", "ENGINE", "UP", "MEMORY", "OTHER", "RESTARTS"]]
    for run in runs:
        state = run.get("state", "")
        state += f" with {run['exit']}" if "exit" in run and state == "exited" else f": {run['trap']}" if run.get("trap") else ""
        rows.append([
            str(run["id"]), cell(run.get("n") or "(RAM)"), cell(state), cell(run.get("engine", "")), duration(run.get("up", 0)),
            f"{run.get('mem', 0):,}", f"{run.get('other', 0):,}", str(run.get("restarts", 0)),
        ])  # fmt: skip
    out.table(rows, right=(0, 5, 6, 7), styles=("", "cyan"))
    return ExitCode.OK
