"""`mote size`: what the build reports on flash and RAM."""

import click

from mote.runtime import scons


@click.command()
@click.option("-b", "--board", default="linux", show_default=True, help="Which board's firmware.")
@click.option("--features", is_flag=True, help="Build each feature off in turn and print what it costs.")
def command(board: str, features: bool) -> int:
    """Show flash and RAM of a board's firmware by folder and file."""
    return scons([f"BOARD={board}", "size", *(["FEATURES=1"] if features else [])])
