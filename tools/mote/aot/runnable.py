"""For `mote run --aot`: a module's file with native code for this machine, kept in the cache under the name of the original."""

import os
import shutil
from hashlib import blake2b
from pathlib import Path

from mote.aot.cache import cache_folder
from mote.aot.compile import How, Progress, compile_module, default_cache, fingerprint
from mote.aot.options import Options
from mote.aot.section import read_sections
from mote.aot.targets import Target
from mote.errors import UserError, reason

KEPT = 32  # files; the ones not used for longest go


def runnable(module: Path, target: Target, progress: Progress | None = None) -> Path:
    """The file to run on this machine, the target: the module itself when it has code for it, else one with it."""
    data = module.read_bytes()
    if any(section.target == target.name and not section.problem(data) for section in read_sections(data)):
        return module
    key = blake2b(fingerprint() + target.name.encode() + data, digest_size=16).hexdigest()
    shelf = cache_folder() / "run"
    path = shelf / key / module.name
    try:
        if path.is_file():
            os.utime(path.parent)
        else:
            keep(path, compile_module(data, target, Options(), How(0, default_cache(), progress)).data)
            prune(shelf)
    except OSError as error:
        what = f"cannot keep the compiled module: {reason(error)}"
        raise UserError(what, str(shelf), "Name another folder with MOTE_CACHE.") from error
    return path


def keep(path: Path, data: bytes) -> None:
    """Write a file so that nobody ever sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f".{os.getpid()}.half")
    half.write_bytes(data)
    half.replace(path)


def prune(shelf: Path) -> None:
    """Remove the folders that have not been used for longest."""
    folders = sorted(shelf.iterdir(), key=lambda folder: folder.stat().st_mtime, reverse=True)
    for folder in folders[KEPT:]:
        shutil.rmtree(folder, ignore_errors=True)
