"""Machines for the tests of this room; what they leave behind goes."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from device.machines import MACHINES, SAMPLE, Machine


def pytest_configure(config: pytest.Config) -> None:
    """Declare our mark."""
    config.addinivalue_line("markers", "every_machine: quick runs, too, run a test that takes `machine` on each of them")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that takes `machine` runs on each in a long run or when it is named; quick runs take two of them. It may
    choose for itself.
    """
    chosen = any("machine" in mark.args[0] for mark in metafunc.definition.iter_markers("parametrize"))
    if "machine" not in metafunc.fixturenames or chosen:
        return
    options = metafunc.config.option
    every = options.long_run or options.keyword or metafunc.definition.get_closest_marker("every_machine")
    metafunc.parametrize("machine", MACHINES if every else SAMPLE, indirect=True)


@pytest.fixture
def machine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Machine]:
    """A machine with blank flash, switched off."""
    yield from fresh(request.param, tmp_path)


@pytest.fixture
def linux(tmp_path: Path) -> Iterator[Machine]:
    """The firmware as a process, for what does not depend on the board."""
    yield from fresh("linux", tmp_path)


def fresh(board: str, folder: Path) -> Iterator[Machine]:
    """A machine of that kind."""
    made = Machine(board, folder / "flash.img")
    try:
        yield made
    finally:
        made.off()
        for path in folder.glob("flash*"):
            path.unlink()
