"""Flashing by copying to the drive that a boot loader shows: "flasher": {"tool": "uf2", "label": "RPI-RP2", "family": ...}."""

import os
import time
from pathlib import Path

from mote.errors import ExitCode, UserError, reason
from mote.flash.job import Job

INFO = "INFO_UF2.TXT"
DRIVES = ("/media/*/*", "/run/media/*/*", "/Volumes/*", "/mnt/*")
PIECE = 64 << 10
RESTART_S = 10.0


def flash(job: Job) -> str:
    """Copy the image and wait until the board has taken it, which it shows by leaving."""
    drive = Path(job.port) if job.port else find_drive(job.flasher["label"])
    if not (drive / INFO).is_file():
        what = "this is no drive of a board's boot loader"
        raise UserError(what, str(drive), f"It has no {INFO}; start the boot loader (often: reset twice).", ExitCode.NO_DEVICE)
    try:
        copy(job, drive / job.image.name)
    except OSError as error:
        raise UserError(f"cannot be written: {reason(error)}", str(drive), "Plug the board in again.", ExitCode.LINK) from error
    wait_until_gone(drive)
    return str(drive)


def find_drive(label: str) -> Path:
    """The drive of a board that waits for an image."""
    drives = [drive for pattern in DRIVES for drive in Path("/").glob(pattern[1:]) if (drive / INFO).is_file()]
    found = [drive for drive in drives if drive.name == label]
    if len(found) != 1:
        what = f"{len(found) or 'no'} drives are named {label}"
        remedy = "Start the board's boot loader, mount its drive, or say --port FOLDER."
        raise UserError(what, remedy=remedy, code=ExitCode.NO_DEVICE)
    return found[0]


def copy(job: Job, target: Path) -> None:
    """Copy piece by piece, each written through."""
    data = job.image.read_bytes()
    with target.open("wb", buffering=0) as file:
        for at in range(0, len(data), PIECE):
            file.write(data[at : at + PIECE])
            os.fsync(file.fileno())
            job.progress(min(at + PIECE, len(data)), len(data))


def wait_until_gone(drive: Path, limit_s: float = RESTART_S) -> None:
    """A boot loader that has got all of an image checks it and starts it."""
    end = time.monotonic() + limit_s
    while (drive / INFO).exists():
        if time.monotonic() > end:
            what = f"the board still waits {limit_s:.0f} s after the copy: it did not take the image"
            raise UserError(what, str(drive), "Is it an image for this board?", ExitCode.INCOMPATIBLE)
        time.sleep(0.1)
