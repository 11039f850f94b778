"""Flashing chips of Espressif with esptool, used as a library: "flasher": {"tool": "esptool", "chip": "esp32c3", "offset": 0}."""

from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

from mote.device.find import ports
from mote.errors import ExitCode, UserError
from mote.flash.job import Job

INSTALL = "Run: pip install esptool"
CONNECT = "Hold BOOT, press RESET, let go of BOOT, and try again."
ROM_BAUD, FAST_BAUD = 115200, 460800


def flash(job: Job) -> str:
    """Connect, write what differs, verify by hash, start."""
    if find_spec("esptool") is None:
        raise UserError("the Python package esptool is not installed", remedy=INSTALL, code=ExitCode.NO_DEVICE)
    from esptool import FatalError, cmds
    from esptool.logger import log
    from serial import SerialException

    port = job.port or only_port()
    log.set_logger(make_logger(job.progress))
    try:
        with cmds.connect_esp(port=port, chip=job.flasher["chip"], initial_baud=ROM_BAUD, connect_attempts=3) as rom:
            write(cmds, rom, job)
    except (FatalError, SerialException) as error:
        raise UserError(first_line(error), port, CONNECT, ExitCode.LINK) from error
    return port


def write(cmds: Any, rom: Any, job: Job) -> None:
    """Write by way of esptool's own program in the chip's RAM."""
    stub = cmds.run_stub(rom)
    stub.change_baud(FAST_BAUD)
    cmds.attach_flash(stub)
    cmds.write_flash(stub, [(int(job.flasher["offset"]), str(job.image))])
    cmds.reset_chip(stub, "hard-reset")


def only_port() -> str:
    """The serial port when there is one alone."""
    found = [port.path for port in ports()]
    if len(found) == 1:
        return found[0]
    remedy = f"Say --port and one of: {', '.join(found)}." if found else "Plug the board in, or say --port."
    raise UserError(f"{len(found) or 'no'} serial ports are there", remedy=remedy, code=ExitCode.NO_DEVICE)


def first_line(error: Exception) -> str:
    """The first sentence of what esptool complains of."""
    text = str(error).strip().splitlines()
    return (text[0] if text else type(error).__name__).rstrip(".")


def make_logger(progress: Callable[[int, int], None]) -> Any:
    """A logger for esptool that shows nothing but the progress."""
    from esptool.logger import TemplateLogger

    class Quiet(TemplateLogger):
        """Passes on how far writing is."""

        def print(self, *args: Any, **kwargs: Any) -> None:
            """Not shown."""

        def note(self, message: str) -> None:
            """Not shown."""

        def warning(self, message: str) -> None:
            """Not shown."""

        def error(self, message: str) -> None:
            """Not shown: it is raised as well."""

        def stage(self, finish: bool = False) -> None:
            """Not shown."""

        def progress_bar(self, cur_iter: int, total_iters: int, *rest: Any, **more: Any) -> None:
            """So many of so many bytes."""
            progress(cur_iter, total_iters)

        def set_verbosity(self, verbosity: str) -> None:
            """There is but one."""

    return Quiet()
