"""Machines for the tests of this room; what they leave behind goes."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from device.machines import MACHINES, Machine


@pytest.fixture(params=MACHINES)
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
