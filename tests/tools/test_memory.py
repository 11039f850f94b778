"""Where the stack lies, as far as a module tells."""

import pytest

from mote.wasm.memory import memory_report
from mote.wasm.model import Module
from mote.wasm.module import decode, load_module
from mote.wasm.rewrite import without_custom
from support.guests import assemble
from tools.samples import PLAIN

pytest.importorskip("wasmtime", reason="text modules are assembled by wasmtime: pip install wasmtime")


def read(text: str) -> Module:
    """The decoded module of a text."""
    return load_module(assemble(text))


def test_a_stack_below_the_data_is_first_in_memory() -> None:
    stack = memory_report(read(PLAIN))["stack"]
    assert stack == {"global": 0, "found_by": "name", "top": 4096, "size_bytes": 4096, "first_in_memory": True}


def test_without_names_the_first_variable_i32_is_a_guess() -> None:
    bare = decode(without_custom(read(PLAIN).data, lambda name: True))
    assert memory_report(bare)["stack"]["found_by"] == "guess"


def test_a_stack_above_the_data_ends_where_the_data_ends() -> None:
    text = """(module (memory 1) (global $__stack_pointer (mut i32) (i32.const 2048))
      (data (i32.const 1024) "0123456789abcdef"))"""
    stack = memory_report(read(text))["stack"]
    assert (stack["size_bytes"], stack["first_in_memory"]) == (2048 - 1040, False)


@pytest.mark.parametrize(
    "text",
    [
        "(module (memory 1))",
        "(module (memory 1) (global i32 (i32.const 5)))",
        "(module (memory 1) (global (mut i64) (i64.const 5)))",
        "(module (global (mut i32) (i32.const 5)))",
        '(module (import "env" "__stack_pointer" (global (mut i32))) (memory 1))',
    ],
)
def test_a_stack_that_cannot_be_told_is_none(text: str) -> None:
    assert memory_report(read(text))["stack"] is None


def test_memories_tell_pages_and_bytes() -> None:
    report = memory_report(read('(module (import "env" "memory" (memory 3 5)) (data (i32.const 0) "abc"))'))
    assert report["memories"] == [
        {"index": 0, "imported": True, "initial_pages": 3, "maximum_pages": 5, "initial_bytes": 196608}
    ]
    assert (report["data_bytes"], report["data_segments"]) == (3, 1)
