"""What an optimiser would like to get wrong: native code stops, traps and counts as the interpreter does."""

import os

import pytest

from support.builds import Build
from support.guests import assemble
from support.motert import Motert, Result
from support.native import Native

FAR = 2_000_000_000
TRAP = "out of bounds memory access"

FORCED = {
    "intrinsic": "(drop (i32.clz (i32.load (local.get 0))))",
    "square_root": "(drop (f32.sqrt (f32.load (local.get 0))))",
    "dead_global": "(global.set $g (i32.load (local.get 0))) (global.set $g (i32.const 5))",
    "folded_branch": "(if (i32.load (local.get 0)) (then nop))",
    "branch_at_end": "(block (br_if 0 (i32.load (local.get 0))))",
    "dead_store": "(i32.store (i32.const 0) (i32.load (local.get 0))) (i32.store (i32.const 0) (i32.const 1))",
}
# Loops in loops: the inner one is short, both together never end.
ENDLESS = {
    "counted": "(loop $o (local.set 1 (i32.const 100)) (loop $i (local.set 0 (i32.add (local.get 0) (local.get 1)))"
    " (br_if $i (local.tee 1 (i32.sub (local.get 1) (i32.const 1))))) (br $o))",
    "storing": "(loop $o (local.set 1 (i32.const 10000)) (loop $i (local.set 0 (i32.mul (local.get 0) (i32.const 33)))"
    " (i32.store (i32.and (local.get 0) (i32.const 0xfffc)) (local.get 0))"
    " (br_if $i (local.tee 1 (i32.sub (local.get 1) (i32.const 1))))) (br $o))",
    "recursion": "(call $run (local.get 0))",
}
STRIDE = """(module (memory 1) (func (export "run") (param i32) (local i32 i32) (loop $l (i32.store8 (local.get 2) (i32.const 65))
  (local.set 2 (i32.add (local.get 2) (i32.const 8192)))
  (br_if $l (i32.lt_u (local.tee 1 (i32.add (local.get 1) (i32.const 1))) (local.get 0))))))"""
ORDER = """(module (memory (export "memory") 1) (func (export "run") (param i32)
  (drop (i32.load (i32.const 8))) (i32.store (i32.const 8) (i32.const 1))
  (i32.store (local.get 0) (i32.const 2)) (i32.store (i32.const 8) (i32.const 3)))
  (func (export "peek") (result i32) (i32.load (i32.const 8))))"""


def around(body: str) -> str:
    """A module whose function `run` takes an i32 and does this."""
    head = '(module (memory 1) (global $g (mut i32) (i32.const 0)) (func $run (export "run") (param i32) (local i32)'
    return f"{head} {body}))"


@pytest.fixture
def bounds(build: Build) -> str:
    """The bounds that native code must have for the build; a skip where this machine runs none."""
    if os.uname().machine != "x86_64" or build.target:
        pytest.skip("native code is compiled for x86-64 here")
    return "checks" if "checks" in build.name or build.sanitized else ""


def run(motert: Motert, bounds: str, text: str, *arguments: object) -> Result:
    """Run a module's native code only."""
    path = Native("x86-64", bounds).file(assemble(text).read_bytes())
    return motert.run("--native-only", "--timeout", "1", "--invoke", "run", path, *arguments, timeout=30)


@pytest.mark.parametrize("body", FORCED.values(), ids=FORCED)
def test_load_whose_value_nobody_needs_traps(motert: Motert, bounds: str, body: str) -> None:
    assert TRAP in run(motert, bounds, around(body), FAR).err


@pytest.mark.parametrize("body", ENDLESS.values(), ids=ENDLESS)
def test_what_never_ends_is_stopped(motert: Motert, bounds: str, body: str) -> None:
    err = run(motert, bounds, around(body), 1).err
    assert "deadline exceeded" in err or "call stack exhausted" in err


@pytest.mark.parametrize("rounds", [9, 1000, 524288, 524289])
def test_strides_do_not_wrap_into_the_memory(motert: Motert, bounds: str, rounds: int) -> None:
    assert TRAP in run(motert, bounds, STRIDE, rounds).err


def test_no_store_moves_behind_a_trap(motert: Motert, bounds: str) -> None:
    assert TRAP in run(motert, bounds, ORDER, FAR).err


def test_module_that_has_changed_is_stale(motert: Motert, bounds: str) -> None:
    text = '(module (memory 2) (func (export "run") (param i32) (result i32) (i32.load (local.get 0))))'
    path = Native("x86-64", bounds).file(assemble(text).read_bytes())
    data = path.read_bytes()
    memory = data.index(bytes([5, 3, 1, 0, 2]))
    changed = path.with_name(f"{path.stem}-changed.wasm")
    changed.write_bytes(data[: memory + 4] + bytes([1]) + data[memory + 5 :])
    result = motert.run("--native-only", "--invoke", "run", changed, 70000)
    assert result.status == 1 and "has changed since" in result.err
