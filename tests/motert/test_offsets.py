"""The byte offsets in a trap's call stack are those of the instructions, as wasmtime gives them."""

import re
from pathlib import Path

import pytest
import wasmtime

from support.guests import assemble
from support.motert import Motert
from support.oracle import engine

# Bodies of (func $f (param i32 i32) (result i32)) that trap when both arguments are 0; memory 0 holds -1 at 0.
BODIES = {
    "load of a loaded address": "(i32.load (i32.load (local.get 0)))",
    "load with an offset": "(i32.load offset=65536 (local.get 0))",
    "load far above": "(i32.load offset=0xfffffff0 (i32.add (local.get 0) (i32.const 100)))",
    "store of a result": "(i32.store (i32.const -1) (i32.add (local.get 0) (local.get 1))) (i32.const 1)",
    "store to a result": "(i32.store (i32.sub (local.get 0) (i32.const 1)) (local.get 1)) (i32.const 1)",
    "division by a result": "(i32.div_u (i32.const 7) (i32.mul (local.get 0) (local.get 1)))",
    "division into a local": "(local.set 0 (i32.rem_s (i32.const 7) (local.get 1))) (local.get 0)",
    "overflow of a division": "(i32.div_s (i32.const 0x80000000) (i32.load (local.get 1)))",
    "conversion": "(i32.trunc_f64_s (f64.div (f64.const 0) (f64.convert_i32_u (local.get 0))))",
    "in one arm": "(if (result i32) (i32.eqz (local.get 0)) (then (unreachable)) (else (i32.const 1)))",
    "behind a branch": "(block (br_if 0 (i32.eq (local.get 0) (local.get 1))) (return (i32.const 2))) (unreachable)",
    "behind a table of branches": "(block (block (br_table 0 1 (local.get 0))) (unreachable)) (i32.const 1)",
    "in a loop": "(loop (drop (i32.load (local.tee 0 (i32.add (local.get 0) (i32.const 4))))) (br 0)) (i32.const 1)",
    "in a call": "(i32.add (i32.const 1) (call $g (i32.sub (local.get 0) (i32.const 8))))",
    "in a call through a table": "(i32.add (call_indirect (param i32) (result i32) (i32.const -9) (i32.const 0)) (local.get 0))",
    "empty element": "(call_indirect (param i32) (result i32) (local.get 0) (i32.const 1))",
    "wrong type": "(call_indirect (result i32) (local.get 1))",
    "fill": "(memory.fill (i32.const 65530) (local.get 0) (i32.const 100)) (local.get 1)",
    "copy": "(memory.copy (local.get 0) (i32.const 1) (i32.const 65536)) (local.get 1)",
    "past other instructions": "(local.set 0 (i32.const 5)) (local.set 1 (i32.mul (local.get 0) (i32.const 3)))"
                               " (global.set 0 (local.get 1)) (i32.load8_u (i32.sub (i32.const 0) (global.get 0)))",
}


# Frames of more than 64 KiB are laid out in another way, and the frame pointer moves around calls.
LOCALS = {"": "", ", large frame": f"(local {'i32 ' * 17000})"}


def module_of(body: str, extra: str) -> Path:
    """A module that exports the body, with more locals, as `run`, called by way of another function."""
    return assemble(f"""(module (memory 1) (data (i32.const 0) "\\ff\\ff\\ff\\ff") (global (mut i32) (i32.const 0))
        (table 2 funcref) (elem (i32.const 0) $g)
        (func $g (param i32) (result i32) (i32.load8_s (local.get 0)))
        (func $f (param i32 i32) (result i32) {extra} {body})
        (func (export "run") (result i32) (i32.add (call $f (i32.const 0) (i32.const 0)) (i32.const 1))))""")


def frames_in_wasmtime(module: Path) -> list[tuple[int, int]]:
    """Function and offset of each frame of the trap."""
    store = wasmtime.Store(engine())  # an optimising one merges branches with what they lead to
    instance = wasmtime.Instance(store, wasmtime.Module.from_file(store.engine, str(module)), [])
    with pytest.raises(wasmtime.Trap) as trapped:
        instance.exports(store)["run"](store)
    return [(frame.func_index, frame.module_offset) for frame in trapped.value.frames]


@pytest.mark.parametrize("extra", LOCALS.values(), ids=LOCALS)
@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_offsets_are_those_of_the_instructions(motert: Motert, body: str, extra: str) -> None:
    module = module_of(body, extra)
    result = motert.run("--invoke", "run", module)
    found = re.findall(r"at #\d+ func (\d+) .*\(offset (0x\w+)\)", result.err)
    assert result.status == 134
    assert [(int(func), int(offset, 16)) for func, offset in found] == frames_in_wasmtime(module)
