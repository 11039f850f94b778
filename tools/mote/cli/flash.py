"""`mote flash`: write the firmware to a board."""

import sys
import time
from pathlib import Path

import click

from mote.errors import ExitCode, UserError


@click.command()
@click.option("--board", "-b", default="", help="The board, by its name or folder; not needed where only one can be flashed.")
@click.option("--port", "-p", default="", help="Serial port, probe or drive of the board, where it is not found by itself.")
@click.option("--image", type=click.Path(path_type=Path), help="What to write.  [default: what scons BOARD=... builds]")
def command(board: str, port: str, image: Path | None) -> int:
    """Write the firmware to a board, verify it and start it. Packages and files on the board stay."""
    from mote import console
    from mote.checkout import shown
    from mote.device.show import Sending, kilobytes
    from mote.flash.image import check_image
    from mote.flash.job import Job, need_board

    name, data = need_board(board)
    board = Path(name).name
    if image:
        check_image(image, board, f"Run: scons BOARD={name}")
    image = image or built_image(name, data)
    start = time.monotonic()
    with Sending(f"{board}: {shown(image)}") as progress:
        where = Job(board, data, image, port, progress).run()
    seconds = time.monotonic() - start
    size = image.stat().st_size
    console.Report().line(f"Flashed {kilobytes(size)} to {board} by {where} in {seconds:.1f} s.")
    return ExitCode.OK


def built_image(name: str, data: dict[str, object]) -> Path:
    """The image of the build, which is brought up to date."""
    from mote.checkout import build_folder
    from mote.runtime import scons

    if scons([f"BOARD={name}"], output=sys.stderr):
        raise UserError("the firmware did not build", f"scons BOARD={name}", "See above; mote doctor shows what is missing.")
    flasher = data["flasher"]
    is_uf2 = isinstance(flasher, dict) and flasher.get("family")
    return build_folder(Path(name).name) / ("firmware.uf2" if is_uf2 else "firmware.bin")
