"""Modules that call each other across engines behave as when all of them are interpreted: calls, traps through both, shared
tables and memories, recursion that uses up the stack."""

import pytest
import wasmtime

from support.builds import Build, builds
from support.driver import Driver
from support.native import Native
from support.protocol import Answer, stage_lines

# The first module calls through its table what the second one puts there; the second imports everything of the first.
LOWER = """
(module
  (import "host" "print_i32" (func $print (param i32)))
  (type $one (func (param i32) (result i32)))
  (type $wide (func (param i64 f32 f64 i32) (result f64 i64 f32)))
  (table (export "table") 8 funcref)
  (memory (export "memory") 1 4)
  (global (export "counter") (mut i64) (i64.const 5))
  (elem (i32.const 0) $double)
  (func $double (param i32) (result i32) (i32.mul (local.get 0) (i32.const 2)))
  (func (export "through") (param i32 i32) (result i32)
    (i32.store (i32.const 16) (local.get 1))
    (i32.add (call_indirect (type $one) (local.get 1) (local.get 0)) (i32.const 1)))
  (func (export "wide_through") (param i32) (result f64 i64 f32)
    (call_indirect (type $wide) (i64.const -3) (f32.const 1.5) (f64.const -0.0) (i32.const 7) (local.get 0)))
  (func (export "divide") (param i32 i32) (result i32) (i32.div_s (local.get 0) (local.get 1)))
  (func (export "load") (param i32) (result i64) (i64.load (local.get 0)))
  (func (export "store") (param i32 i64) (call $print (local.get 0)) (i64.store (local.get 0) (local.get 1)))
  (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0))))
"""
UPPER = """
(module
  (type $one (func (param i32) (result i32)))
  (import "lower" "through" (func $through (param i32 i32) (result i32)))
  (import "lower" "wide_through" (func $wide_through (param i32) (result f64 i64 f32)))
  (import "lower" "divide" (func $divide (param i32 i32) (result i32)))
  (import "lower" "load" (func $load (param i32) (result i64)))
  (import "lower" "store" (func $store (param i32 i64)))
  (import "lower" "grow" (func $grow (param i32) (result i32)))
  (import "lower" "table" (table 8 funcref))
  (import "lower" "memory" (memory 1))
  (import "lower" "counter" (global $counter (mut i64)))
  (elem (i32.const 1) $add_three $trap $again $load_far $wide)
  (func $add_three (param i32) (result i32) (i32.add (local.get 0) (i32.load (i32.const 16))))
  (func $trap (param i32) (result i32) (i32.store (i32.const 24) (i32.const 77)) (unreachable))
  (func $again (param i32) (result i32)
    (global.set $counter (i64.add (global.get $counter) (i64.const 1)))
    (if (result i32) (local.get 0)
      (then (call $through (i32.const 3) (i32.sub (local.get 0) (i32.const 1))))
      (else (call $divide (i32.const 9) (i32.const 0)))))
  (func $load_far (param i32) (result i32) (i32.load offset=65500 (local.get 0)))
  (func $wide (param i64 f32 f64 i32) (result f64 i64 f32)
    (f64.add (local.get 2) (f64.convert_i32_s (local.get 3)))
    (i64.mul (local.get 0) (i64.extend_i32_s (local.get 3)))
    (f32.sub (local.get 1) (f32.const 0.25)))
  (func (export "call") (param i32 i32) (result i32) (call $through (local.get 0) (local.get 1)))
  (func (export "wide") (param i32) (result f64 i64 f32) (call $wide_through (local.get 0)))
  (func (export "far") (param i32) (result i64) (i64.add (call $load (local.get 0)) (i64.const 1)))
  (func (export "near") (param i32 i64) (result i64)
    (call $store (local.get 0) (local.get 1)) (i64.load (local.get 0)))
  (func (export "grown") (param i32) (result i32 i32)
    (call $grow (local.get 0)) (memory.size))
  (func (export "own") (param i32) (result i32) (call_indirect (type $one) (i32.const 4) (local.get 0)))
  (func $down (export "down") (param i32) (result i32)
    (if (result i32) (local.get 0) (then (call $down (i32.sub (local.get 0) (i32.const 1)))) (else (unreachable)))))
"""
CALLS = """
call i32:0 i32:21
call i32:1 i32:5
call i32:2 i32:5
call i32:3 i32:0
call i32:3 i32:6
call i32:4 i32:0
call i32:4 i32:99
call i32:5 i32:1
call i32:7 i32:1
call i32:8 i32:1
call i32:4294967295 i32:1
wide i32:5
wide i32:1
far i32:0
far i32:65528
far i32:65529
far i32:4294967295
near i32:3 i64:81985529216486895
near i32:65531 i64:1
grown i32:1
far i32:65529
near i32:131064 i64:7
grown i32:9
grown i32:0
own i32:0
own i32:1
own i32:2
own i32:6
down i32:5
""".strip().splitlines()
LOOK = ("memory 0", "get 0 counter", "frames")
DEEP = ("call 1 call i32:3 i32:1000000", "call 1 down i32:100000000", "call 1 call i32:0 i32:1")


def script(lower: bytes, upper: bytes) -> list[str]:
    """Load both, call everything, look at everything."""
    lines = ["reset 65536", *stage_lines(lower), "load 0", "instantiate 0 0", "register 0 lower"]
    lines += [*stage_lines(upper), "load 1", "instantiate 1 1"]
    for call in CALLS:
        lines += [f"call 1 {call}", *LOOK]
    return [*lines, *DEEP]


def plain_frames(answer: Answer) -> list[str]:
    """Frames without offsets, which devices do not record."""
    return [":".join(word.split(":")[::2]) for word in answer.words[1:]]


def offsets_agree(one: Answer, other: Answer) -> bool:
    """Whether offsets that both know are the same."""
    pairs = zip(one.words[1:], other.words[1:], strict=True)
    known = [(a.split(":")[1], b.split(":")[1]) for a, b in pairs]
    return all(a == b for a, b in known if "-" not in (a, b))


@pytest.fixture(scope="module")
def modules() -> tuple[bytes, bytes]:
    """Both modules."""
    return bytes(wasmtime.wat2wasm(LOWER)), bytes(wasmtime.wat2wasm(UPPER))


@pytest.mark.builds(*(build.name for build in builds().values() if build.native))
@pytest.mark.parametrize("which", [(True, True), (True, False), (False, True)], ids=["both", "lower", "upper"])
def test_engines_call_each_other(which: tuple[bool, bool], modules: tuple[bytes, bytes], build: Build) -> None:
    """Either module native: the same answers and call stacks as when both are interpreted."""
    assert build.native
    native = Native(build.native.target, build.native.bounds, growable=True)
    made = [native.compiled(module) if wanted else module for module, wanted in zip(modules, which, strict=True)]
    commands = script(made[0], made[1])
    with Driver(build.launch("spec-driver")) as driver:
        answers = driver.run(commands)
        engines = [driver.ask(f"engine {i}").rest for i in (0, 1)]
        driver.run(["native never"])
        expected = driver.run(commands)
    assert engines == ["native" if wanted else "interpreter" for wanted in which]
    for command, mine, other in zip(commands, answers, expected, strict=True):
        if command == "frames":
            assert plain_frames(mine) == plain_frames(other), command
            assert offsets_agree(mine, other), f"{mine} {other}"
        elif not command.startswith("stage"):
            assert str(mine) == str(other), command
