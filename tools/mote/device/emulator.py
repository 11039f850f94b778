"""Devices that run on this machine: a board in its emulator, and the firmware as a Linux process. Their flash is a
file that stays.

A socket pair is the serial line. The process belongs to whoever opened the link and ends with it.
"""

import contextlib
import ctypes
import fcntl
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from mote import checkout
from mote.device.board_emulator import boards, emulator_words, environment, firmware_name
from mote.device.link import FileLink, LinkLostError
from mote.device.state import state_folder
from mote.errors import ExitCode, UserError

FIRMWARE_VARIABLE = "MOTE_FIRMWARE"
END_S = 2.0
LINUX = "linux"
DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of prctl


def end_with_parent() -> None:
    """Have the kernel end the process that calls this when the one that started it has gone, however that came about."""
    ctypes.CDLL(None).prctl(DEATH_SIGNAL, signal.SIGTERM)


class ProcessLink(FileLink):
    """The link to a process of our own; closing it ends the process."""

    def __init__(self, name: str, words: Sequence[str], lock: Any, on_stdio: bool) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            words = [word.replace("{line}", str(theirs.fileno())) for word in words]
            stream = theirs if on_stdio else subprocess.DEVNULL
            self.process = subprocess.Popen(
                words, stdin=stream, stdout=stream, stderr=subprocess.PIPE, pass_fds=[] if on_stdio else [theirs.fileno()],
                start_new_session=True, env=environment(), preexec_fn=end_with_parent if sys.platform == "linux" else None,
            )  # fmt: skip
        self.lock = lock
        super().__init__(name, ours)

    def read(self, timeout_s: float) -> bytes:
        """What has come; when the process has ended, why."""
        try:
            return super().read(timeout_s)
        except LinkLostError as error:
            raise self.ended(error) from error

    def ended(self, error: LinkLostError) -> LinkLostError:
        """The process has gone: its own last words."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(END_S)
        said = (
            self.process.stderr.read().decode(errors="replace").strip() if self.process.returncode and self.process.stderr else ""
        )
        if not said:
            return error
        return LinkLostError(f"{Path(self.process.args[0]).name} ended: {said.splitlines()[-1]}", self.name)

    def close(self) -> None:
        """End the process, and let others use its flash."""
        super().close()
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(END_S)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        if self.process.stderr:
            self.process.stderr.close()
        self.lock.close()


def open_emulator(name: str, board: str, flash: Path | None = None, firmware: Path | None = None) -> ProcessLink:
    """Start a board's emulator with its firmware; without files of the caller's, with those of this person and
    checkout.
    """
    known = boards()
    if board not in known:
        close = get_close_matches(board, known, n=1)
        hint = f"Did you mean qemu:{close[0]}?" if close else f"There are: {', '.join(known)}."
        raise UserError("there is no such emulated board", name, hint, ExitCode.NO_DEVICE)
    flash = flash or own_flash(board)
    lock = own(flash, name)
    firmware = firmware or find_firmware(board)
    return ProcessLink(name, [*emulator_words(known[board], firmware, flash), *SERIAL], lock, on_stdio=False)


# The serial line on a socket that we hand over; nothing else that could wait for a person.
SERIAL = ("-display", "none", "-monitor", "none", "-chardev", "socket,id=line,fd={line}", "-serial", "chardev:line")


def open_native(name: str, flash: Path | None = None, firmware: Path | None = None) -> ProcessLink:
    """Start the firmware as a process of this machine."""
    flash = flash or own_flash("native")
    lock = own(flash, name)
    program = firmware or find_firmware(LINUX)
    return ProcessLink(name, [str(program), "--flash", str(flash)], lock, on_stdio=True)


def own_flash(device: str) -> Path:
    """The flash file of a device of this person."""
    folder = state_folder() / "emulators" / device
    folder.mkdir(parents=True, exist_ok=True)
    return folder / "flash.img"


def own(flash: Path, name: str) -> Any:
    """Keep others from using the same flash as long as the result is open."""
    lock = flash.with_suffix(".lock").open("a+")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        lock.seek(0)
        holder = lock.read().strip()
        lock.close()
        raise UserError(
            f"is in use{f' by process {holder}' if holder else ''}", name, "End that one first.", ExitCode.LINK
        ) from error
    lock.truncate(0)
    lock.write(str(os.getpid()))
    lock.flush()
    return lock


def find_firmware(board: str) -> Path:
    """The firmware of a board: what MOTE_FIRMWARE names, else what the build made; built when it is not there."""
    named = os.environ.get(FIRMWARE_VARIABLE)
    if named:
        path = Path(named).expanduser()
        if not path.is_file():
            raise UserError(f"{FIRMWARE_VARIABLE} names no file", named, f"Unset {FIRMWARE_VARIABLE} or correct it.")
        return path
    path = checkout.build_folder(board) / ("mote-device" if board == LINUX else firmware_name(boards()[board]))
    if not path.is_file():
        from mote.runtime import scons

        print(f"mote: the firmware is not built yet: scons BOARD={board}", file=sys.stderr, flush=True)
        if scons([f"BOARD={board}"], output=sys.stderr) or not path.is_file():
            raise UserError("the firmware did not build", f"scons BOARD={board}", "See above; mote doctor shows what is missing.")
    return path
