"""What the tests of the build share."""

import shutil
from pathlib import Path

import pytest

from support.places import ROOT


@pytest.fixture
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what is built, to make mistakes in."""
    copy = tmp_path_factory.mktemp("checkout")
    for name in ("SConstruct", "Kconfig"):
        shutil.copy(ROOT / name, copy)
    for name in ("site_scons", "firmware", "ports", "boards"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    packages = ROOT / "build" / "packages"
    if packages.is_dir():  # they need not be fetched again
        shutil.copytree(packages, copy / "build" / "packages")
    return copy
