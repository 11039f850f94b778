"""What the tests of the build share."""

import json
import shutil
from pathlib import Path

import pytest

from build.images import Image
from support.places import ROOT

# What a quick run builds for itself; the other boards are built by the rooms that run them.
QUICK = (Image("esp32c3", "zig"), Image("esp32c3", "gcc"))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that takes `image` runs for each board without an operating system and each compiler, in quick runs for some."""
    if "image" in metafunc.fixturenames:
        files = sorted((ROOT / "boards").glob("*/board.json"))
        boards = [path.parent.name for path in files if "memory" in json.loads(path.read_text())]
        every = [Image(board, toolchain) for board in boards for toolchain in ("zig", "gcc")]
        wanted = every if metafunc.config.getoption("long_run") else QUICK
        metafunc.parametrize("image", wanted, ids=[f"{image.board}-{image.toolchain}" for image in wanted], scope="session")


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
