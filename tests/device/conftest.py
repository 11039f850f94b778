"""Machines for the tests of this room; what they leave behind goes."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from device.machines import ESPRESSIF, ESPRESSIF_VARIABLE, LINUX, MACHINES, Machine, sample


def pytest_configure(config: pytest.Config) -> None:
    """Declare our mark."""
    config.addinivalue_line("markers", "every_machine: quick runs, too, run a test that takes `machine` on each of them")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that takes `machine` or `shared_machine` runs on each in a long run or when it is named; quick runs take a sample.
    It may choose for itself.
    """
    chosen = any("machine" in mark.args[0] for mark in metafunc.definition.iter_markers("parametrize"))
    for fixture in {"machine", "shared_machine"} & set(metafunc.fixturenames if not chosen else ()):
        options = metafunc.config.option
        if metafunc.definition.get_closest_marker("every_machine"):
            kinds = (*MACHINES, ESPRESSIF)
        elif options.long_run or options.keyword:
            kinds = (*MACHINES, *([ESPRESSIF] if os.environ.get(ESPRESSIF_VARIABLE) else []))
        else:
            kinds = sample(metafunc.definition.name if fixture == "machine" else metafunc.definition.path.name)
        metafunc.parametrize(fixture, kinds, indirect=True)


@pytest.fixture
def machine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Machine]:
    """A machine with blank flash, switched off."""
    yield from fresh(request.param, tmp_path)


@pytest.fixture(scope="module")
def shared_machine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """One for all tests of a file, which must leave it as they found it."""
    yield from fresh(request.param, tmp_path_factory.mktemp("shared"))


@pytest.fixture
def linux(tmp_path: Path) -> Iterator[Machine]:
    """The firmware as a process, for what does not depend on the board."""
    yield from fresh(LINUX, tmp_path)


def fresh(kind: str, folder: Path) -> Iterator[Machine]:
    """A machine of that kind."""
    made = Machine(kind, folder / "flash.img")
    try:
        yield made
    finally:
        made.off()
        for path in folder.glob("flash*"):
            path.unlink()
