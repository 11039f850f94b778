"""SMP clients of others, unchanged: the packages smpclient and smpmgr. They need packages that exist as source only, which the
launcher does not install, so they get an environment of their own in the build folder.
"""

from __future__ import annotations

import subprocess
import sys
import venv
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pytest

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

from support.places import ROOT, scratch

PATIENCE_S = 600
EXTRA = "clients"
MODULES = ("smpclient", "smpmgr", "serial")


def pins() -> list[str]:
    """The packages as pyproject.toml names them."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return project["optional-dependencies"][EXTRA]


@cache
def client_python() -> str:
    """A Python that has both packages; the test is skipped with the reason when there can be none."""
    if all(find_spec(name) for name in MODULES):
        return sys.executable
    if sys.version_info < (3, 11):
        pytest.skip("smpmgr needs Python 3.11")
    folder = scratch("clients")
    python = folder / "bin" / "python"
    done = folder / "installed"
    wanted = "\n".join(pins())
    if not done.is_file() or done.read_text(encoding="utf-8") != wanted:
        install(folder, python)
        done.write_text(wanted, encoding="utf-8")
    return str(python)


def install(folder: Path, python: Path) -> None:
    """Make the environment."""
    try:
        venv.create(folder, clear=True, with_pip=True)
        command = [str(python), "-m", "pip", "install", "--quiet", "--no-input", *pins()]
        made = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
        problem = made.stderr if made.returncode else ""
    except (OSError, subprocess.SubprocessError) as error:
        problem = str(error)
    if problem:
        last = problem.strip().splitlines()[-1]
        pytest.skip(f"smpclient and smpmgr cannot be installed: {last}; to have them: pip install {' '.join(pins())}")
