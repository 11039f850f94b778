"""Where the tests find things: the checkout, data that lies beside it, archives unpacked once into the build folder."""

import os
import tarfile
import tempfile
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FIRMWARE = ROOT / "firmware"
TESTS = ROOT / "tests"


def find_shared(variable: str, name: str) -> Path | None:
    """Data that is not in the tree: what an environment variable names, else shared/NAME in or beside the checkout."""
    if os.environ.get(variable):
        named = Path(os.environ[variable]).expanduser()
        return named if named.exists() else None
    for base in (ROOT, ROOT.parent):
        if (base / "shared" / name).exists():
            return base / "shared" / name
    return None


def scratch(name: str) -> Path:
    """A folder in the build folder for files that tests make; it exists and may hold what an earlier run left."""
    folder = ROOT / "build" / "tests" / name
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@cache
def unpacked(archive: Path) -> Path:
    """The folder that holds an archive's content, unpacked when the archive is new; a folder stands for itself."""
    if archive.is_dir():
        return archive
    status = archive.stat()
    name = archive.name.removesuffix(".tar.gz")
    target = scratch("unpacked") / f"{name}-{status.st_size}-{int(status.st_mtime)}"
    if not target.exists():
        _unpack(archive, target)
    inner = list(target.iterdir())
    return inner[0] if len(inner) == 1 and inner[0].is_dir() else target


def _unpack(archive: Path, target: Path) -> None:
    """Unpack beside the target and rename, so that a stopped run or a second process leaves no half of it."""
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        half = Path(folder) / "half"
        with tarfile.open(archive) as tar:
            for member in tar:  # plain files only, never outside of the folder
                if member.isfile() and not member.name.startswith("/") and ".." not in Path(member.name).parts:
                    tar.extract(member, half)
        if not target.exists():
            half.rename(target)
