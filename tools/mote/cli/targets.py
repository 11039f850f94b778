"""`mote targets`: the CPUs that native code can be made for."""

from typing import Any

import click

from mote import console
from mote.aot.machines import boards_by_target, this_machine
from mote.aot.targets import ALL_FLOATS, TARGETS, Target
from mote.console import Report
from mote.errors import UserError

HEADINGS = ("target", "bits", "floats", "bounds", "boards", "CPU")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the targets as JSON.")
def command(as_json: bool) -> None:
    """List the CPUs that `mote aot` can make native code for."""
    boards = boards_by_target()
    rows = [describe(target, boards[target.name]) for target in TARGETS.values()]
    if as_json:
        console.print_json(rows)
        return
    out = Report()
    out.table([HEADINGS, *map(table_row, rows)], right=(1,), styles=("bold", "", "", "", "cyan", "dim"))
    if any(row["this_machine"] for row in rows):
        out.line("\n* this machine: what mote aot takes unless it is told otherwise")


def table_row(row: dict[str, Any]) -> tuple[str, ...]:
    """A target for people."""
    name = row["name"] + "*" * row["this_machine"]
    return name, str(row["bits"]), row["floats"], row["bounds"], ", ".join(row["boards"]) or "-", row["description"]


def describe(target: Target, boards: list[str]) -> dict[str, Any]:
    """A target as plain data."""
    return {
        "name": target.name,
        "description": target.description,
        "bits": target.bits,
        "floats": floats(target),
        "bounds": target.bounds,
        "call_stack": sorted(target.call_stack),
        "boards": boards,
        "this_machine": target.name == host_name(),
    }


def floats(target: Target) -> str:
    """Which floating-point types have instructions."""
    if target.hard == ALL_FLOATS:
        return "hard"
    return f"{', '.join(sorted(target.hard))} hard" if target.hard else "soft"


def host_name() -> str:
    """The target of this machine, or an empty text."""
    try:
        return this_machine().name
    except UserError:
        return ""
