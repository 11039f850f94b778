"""Modules of extreme shape behave in mote as in wasmtime, and the limits beyond them are refused as limits."""

from collections.abc import Sequence
from functools import cache

import pytest

from differential.compare import begin, difference
from differential.encode import FuncType, ModuleBytes, body, constant, opcode, unsigned
from differential.shapes import SHAPES, many_locals
from support.builds import Build
from support.driver import Driver
from support.native import Native
from support.oracle import Oracle
from support.protocol import Answer, stage_lines

SLOW_TO_COMPILE = ("function_of_a_megabyte",)


class Recorded:
    """An engine whose answers are known."""

    def __init__(self, answers: Sequence[Answer]) -> None:
        self.answers = answers

    def run(self, commands: Sequence[str]) -> list[Answer]:
        """The answers."""
        return list(self.answers)


@cache
def commands_and_answers(name: str, native: Native | None) -> tuple[list[str], list[Answer]]:
    """What a test of a shape sends, and what wasmtime (or the shape itself) says to it."""
    made = SHAPES[name]()
    module = native.compiled(made.module) if native else made.module
    commands = [*begin(native), *stage_lines(module), "load 0", "instantiate 0 0"]
    before = len(commands)
    commands += [" ".join([f"call 0 {function}", *words]) for function, words in made.calls]
    if made.expected:
        return commands, [Answer("ok", "")] * before + [Answer("ok", words) for words in made.expected]
    answers = Oracle().run(commands)
    assert answers[-1].kind in ("ok", "trap")
    return commands, answers


@pytest.mark.parametrize("name", SHAPES)
def test_shape_behaves_the_same(name: str, build: Build, long_run: bool) -> None:
    """Every call gives the same results or traps."""
    if build.native and name in SLOW_TO_COMPILE and not long_run:
        pytest.skip(f"{name}: LLVM takes minutes for it; mote test --all")
    commands, answers = commands_and_answers(name, build.native)
    with Driver(build.launch("spec-driver")) as driver:
        found = difference(driver, Recorded(answers), commands)
    assert not found, found[:2000]


def load(build: Build, module: bytes) -> Answer:
    """Load a module in a driver of its own."""
    with Driver(build.launch("spec-driver")) as driver:
        return driver.run([*stage_lines(module), "load 0"])[-1]


@pytest.mark.builds("tail-guard", "sanitized")
def test_more_locals_than_the_limit_are_refused(build: Build) -> None:
    """50,001 locals, and groups of locals that sum up past 2^32."""
    answer = load(build, many_locals("i32", 50_000).module)
    assert answer.kind == "error"
    assert "limit" in answer.message or "too many locals" in answer.message
    for groups in ([0xFFFFFFFF, 2], [0x80000000, 0x80000000], [1_000_000], [0xFFFFFFFF] * 5):
        module = ModuleBytes()
        module.add_function(FuncType(), b"")
        declared = unsigned(len(groups)) + b"".join(unsigned(count) + b"\x7f" for count in groups) + opcode("end")
        module.bodies[0] = unsigned(len(declared)) + declared
        answer = load(build, module.encoded())
        assert answer.kind == "error"
        assert "limit" in answer.message or "too many locals" in answer.message


@pytest.mark.builds("tail-guard", "sanitized")
def test_more_parameters_than_the_limit_are_refused(build: Build) -> None:
    """1,001 parameters or results."""
    for kind in (FuncType(("i32",) * 1001), FuncType((), ("i32",) * 1001)):
        module = ModuleBytes(types=[kind])
        answer = load(build, module.encoded())
        assert answer.kind == "error"
        assert "limit" in answer.message


@pytest.mark.builds("tail-guard", "sanitized")
def test_empty_groups_of_locals_are_fine(build: Build) -> None:
    """Many groups of no locals."""
    module = ModuleBytes()
    module.add_function(FuncType((), ("i32",)), b"", (), "f")
    groups = unsigned(10_000) + (unsigned(0) + b"\x7e") * 10_000 + constant("i32", 4) + opcode("end")
    module.bodies[0] = unsigned(len(groups)) + groups
    assert load(build, module.encoded()).kind == "ok"
    assert body(b"") == b"\x02\x00\x0b"
