"""The core with one engine alone: nothing is left that only the other needs."""

from pathlib import Path

import pytest

from build.scons import build
from build.test_bare_targets import COMPILER, LINKER, MEMORY, port_functions, symbols

ALONE = {"native": ("ENGINE_INTERP=n", {"interp"}), "interpreter": ("ENGINE_NATIVE=n", {"aot"})}
VALIDATOR = {"opcode", "validate", "validate_control", "validate_special"}


@pytest.fixture(scope="module", params=ALONE)
def alone(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """The name of an engine, and the core of a device that has only this one."""
    folder = tmp_path_factory.mktemp(request.param)
    assert build("TARGET=rv32imc", f"BUILD={folder}", f"SET={ALONE[request.param][0]}", "lib")
    return request.param, folder


def test_core_has_one_engine(alone: tuple[str, Path]) -> None:
    name, folder = alone
    objects = {path.stem: path.parent.name for path in (folder / "obj" / "firmware").rglob("*.o")}
    assert not ALONE[name][1] & set(objects.values())
    assert bool(VALIDATOR & set(objects)) == (name == "interpreter")
    rows = (folder / "include" / "engines.inc").read_text().splitlines()[1:]
    assert rows == [{"native": "ENGINE(native)", "interpreter": "ENGINE(interp)"}[name]]


def test_core_needs_nothing_of_the_other(alone: tuple[str, Path]) -> None:
    foreign = symbols(alone[1])[1] - MEMORY - port_functions()
    assert not {name for name in foreign if not COMPILER.match(name) and not LINKER.match(name)}
