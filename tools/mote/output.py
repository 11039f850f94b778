"""Writes files that a person asks for: whole or not at all, so that what is replaced is not lost when the disk is full."""

import os
import shutil
from pathlib import Path

from mote.errors import ExitCode, UserError, reason


def check_output(path: Path) -> None:
    """Refuse a place that cannot be written to, before work is put into what goes there."""
    if path.is_dir():
        raise UserError("is a folder", str(path), "Name a file.", ExitCode.USAGE)
    if not path.parent.is_dir():
        raise UserError("cannot write the file: no such folder", where=str(path))


def write_output(path: Path, data: bytes) -> None:
    """Write a file; what cannot be written is told in one line. Devices and pipes are written to as they are."""
    check_output(path)
    try:
        if path.exists() and not path.is_file():
            path.write_bytes(data)
            return
        path = path.resolve()
        half = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            half.write_bytes(data)
            if path.exists():
                shutil.copymode(path, half)
            half.replace(path)
        finally:
            half.unlink(missing_ok=True)
    except OSError as error:
        raise UserError(f"cannot write the file: {reason(error)}", where=str(path)) from error
