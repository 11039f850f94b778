"""Native sections that are truncated, corrupted, stale or foreign: refused by name, then interpreted with the same result."""

from dataclasses import replace
from pathlib import Path

import pytest
import wasmtime

from fault.test_allocation import fault_driver
from mote.aot.compile import compile_module
from mote.aot.machines import this_machine
from mote.aot.options import Options
from support.builds import Build

MODULE = """(module
  (memory 1) (global $g (mut i32) (i32.const 3)) (table 2 funcref) (elem (i32.const 0) $double $triple)
  (type $unary (func (param i32) (result i32)))
  (func $double (type $unary) (i32.shl (local.get 0) (i32.const 1)))
  (func $triple (type $unary) (i32.mul (local.get 0) (i32.const 3)))
  (func $pick (param i32 i32) (result i32) (call_indirect (type $unary) (local.get 0) (local.get 1)))
  (func (export "f") (result i32) (local $i i32)
    (loop $again
      (i32.store (i32.const 8)
        (i32.add (i32.load (i32.const 8)) (call $pick (local.get $i) (i32.and (local.get $i) (i32.const 1)))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $again (i32.lt_u (local.get $i) (i32.const 10))))
    (i32.store (i32.const 8) (i32.mul (i32.load (i32.const 8)) (global.get $g)))
    (i32.load (i32.const 8)))
)"""
RESULT = 3 * sum(i * (3 if i & 1 else 2) for i in range(10))


def native_file(folder: Path, build: Build) -> Path:
    """The module with native code for the build's CPU."""
    if build.target:
        pytest.skip("sections are spoilt on this machine only")
    path = folder / "native.wasm"
    options = replace(Options(), bounds="checks")
    path.write_bytes(compile_module(bytes(wasmtime.wat2wasm(MODULE)), this_machine(), options).data)
    return path


def test_spoilt_sections_are_refused_and_interpreted(build: Build, tmp_path: Path) -> None:
    """Each header field with other values, each bit changed, each truncation; fields also with hashes that are right again."""
    fault_driver(build, "native", RESULT, native_file(tmp_path, build))


def test_each_allocation_fails_in_turn_with_native_code(build: Build, tmp_path: Path) -> None:
    """Loading, instantiating and running native code: an error each time, no leak, and a retry works."""
    fault_driver(build, "sweep", native_file(tmp_path, build))
