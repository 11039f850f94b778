"""Generated modules behave in mote as in wasmtime: results, traps with their call stacks, memories, globals."""

import random
import time
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from differential.choices import Choices
from differential.compare import difference, script
from differential.generate import generate
from support.builds import Build
from support.driver import Driver, DriverDied
from support.oracle import Oracle, accepts
from support.places import scratch
from support.protocol import Answer

QUICK_SECONDS = 12
LONG_SECONDS = 600
DATA_BYTES = 3000


class Both:
    """The driver of a build and wasmtime; a driver that died is replaced."""

    def __init__(self, build: Build) -> None:
        self.command = build.launch("spec-driver")
        self.native = build.native and replace(build.native, growable=True)
        # A load that became part of another instruction traps there, when it is the machine that notices.
        self.is_near = bool(build.native and not build.native.bounds)
        self.driver = Driver(self.command)
        self.oracle = Oracle()

    def check(self, data: bytes, modules: int) -> None:
        """Fail when the two differ on the modules decided by `data`, which are kept for a closer look."""
        commands, made = script(data, modules, native=self.native)
        try:
            found = difference(self.driver, self.oracle, commands, made, self.is_near)
        except DriverDied as error:
            self.driver = Driver(self.command)
            found = str(error)
        if not found:
            return
        folder = scratch("differential")
        for i, module in enumerate(made):
            (folder / f"m{i}.wasm").write_bytes(module)
        (folder / "commands.txt").write_text("\n".join(commands) + "\n")
        pytest.fail(f"{found}\nmodules and commands are in {folder}; the data is {data.hex()}", pytrace=False)


@pytest.fixture(scope="module")
def both(build: Build) -> Both:
    """Both engines, once for each build."""
    return Both(build)


@pytest.mark.builds("tail-guard", "goto-checks", "rv32-linux", "thumb-linux")
@settings(max_examples=150, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(data=st.binary(min_size=20, max_size=1200))
def test_generated_module_behaves_the_same(both: Both, data: bytes) -> None:
    """Small modules; hypothesis shrinks what fails."""
    both.check(data, 1)


def test_many_generated_modules_behave_the_same(both: Both, long_run: bool) -> None:
    """Larger modules, alone and importing from each other, for as long as there is time."""
    until = time.monotonic() + (LONG_SECONDS if long_run else QUICK_SECONDS)
    source = random.Random()
    while time.monotonic() < until:
        both.check(source.randbytes(source.randrange(200, DATA_BYTES)), source.choice((1, 1, 2, 3)))


def test_generator_makes_valid_modules() -> None:
    """What is compared must be valid; otherwise only refusals are compared."""
    source = random.Random(1)
    for _ in range(100):
        module = generate(Choices(source.randbytes(DATA_BYTES))).module
        assert accepts(module), module.hex()


def test_comparison_notices_differences() -> None:
    """An engine that answers one call differently is found out."""

    class Wrong(Oracle):
        def call(self, handle: str, name: str, *words: str) -> Answer:
            answer = super().call(handle, name, *words)
            return Answer("ok", "i32:1 " + answer.rest) if name == "f0" else answer

    scripts = [script(random.Random(seed).randbytes(400))[0] for seed in range(10)]
    assert not any(difference(Oracle(), Oracle(), commands) for commands in scripts)
    assert sum("f0" in difference(Wrong(), Oracle(), commands) for commands in scripts) > 5
