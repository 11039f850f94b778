"""`mote config`: the Kconfig editors of the build."""

import click

from mote.runtime import scons

TARGETS = {"menu": "menuconfig", "gui": "guiconfig", "save": "savedefconfig"}


@click.command()
@click.argument("action", type=click.Choice(tuple(TARGETS)), default="menu")
@click.option("-b", "--board", default="linux", show_default=True, help="Which board's configuration.")
def command(action: str, board: str) -> int:
    """Edit a board's configuration in a terminal (menu) or a window (gui), or save it as its default (save)."""
    return scons([f"BOARD={board}", TARGETS[action]])
