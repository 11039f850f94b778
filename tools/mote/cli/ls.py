"""`mote ls`: the packages in a device's flash."""

import click

from mote import console
from mote.device.option import device_option, json_option
from mote.errors import ExitCode


@click.command()
@device_option
@json_option
def command(device: str | None, as_json: bool) -> int:
    """List the packages on a device."""
    from mote.device.find import open_device
    from mote.device.show import SAFE, cell, plain
    from mote.errors import UserError

    with open_device(device) as opened:
        packages, is_safe = opened.modules.packages(), opened.info.get("safe")
        if not packages and not opened.info.get("store"):
            raise UserError(
                "this device has no store for packages", opened.name, "Run modules from its RAM: mote run", ExitCode.INCOMPATIBLE
            )
    if as_json:
        console.print_json(plain(packages))
        return ExitCode.OK
    out = console.Report()
    if not packages:
        out.line("No packages. Install one: mote install FILE")
        return ExitCode.OK
    rows = [["NAME", "VERSION", "SIZE", "ENGINE", "START", "BEFORE", "SHA-256"]]
    for row in packages:
        start = "disabled" if row.get("off") else "auto" if row.get("auto") else ""
        rows.append([
            cell(row["n"]), cell(row.get("v", "")), f"{row.get('size', 0):,}", cell(row.get("engine") or "preparing"), start,
            cell(row["prev"]) or "yes" if "prev" in row else "", row.get("sha", b"").hex(),
        ])  # fmt: skip
    out.table(rows, right=(2,), styles=("cyan",))
    if is_safe:
        out.line(SAFE)
    return ExitCode.OK
