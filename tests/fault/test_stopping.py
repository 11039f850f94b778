"""Whatever runs too long or too deep is stopped: endless loops of every kind by the deadline, recursion by the stack size."""

import os
import resource
import time

import pytest
import wasmtime

from support.builds import Build
from support.driver import Driver
from support.protocol import stage_lines

DEADLINE_MS = 50
# How late a stop may be: 10 ms by design; a busy or shared machine gets more.
LATE_MS = 300 if os.environ.get("CI") or (os.cpu_count() or 1) < 4 else 50
LATE_SANITIZED_MS = 2000

# The body of the exported function f, after what else is in the module.
ENDLESS = {
    "br": ("", "(loop (br 0))"),
    "br_if": ("", "(loop (br_if 0 (i32.const 1)))"),
    "br_if on a compare": ("(global $n (mut i32) (i32.const 1))", "(loop (br_if 0 (i32.ge_u (global.get $n) (i32.const 1))))"),
    "br_table": ("", "(loop (br_table 0 0 0 (i32.const 1)))"),
    "br_table default": ("", "(loop (br_table 0 (i32.const 7)))"),
    "br out and in": ("", "(loop (block (block (br 1))) (br 0))"),
    "nested loops": ("", "(loop (loop (br 1)))"),
    "if": ("", "(loop (if (i32.const 1) (then (br 1))))"),
    "loop with a parameter": ("", "i32.const 1 (loop (param i32) i32.const 3 i32.add br 0)"),
    "loop with a result": ("", "(drop (loop (result i32) (br_if 0 (i32.const 1)) (i32.const 1)))"),
    "calls": ("(func $g)", "(loop (call $g) (br 0))"),
    "indirect calls": ("(table 1 funcref) (elem (i32.const 0) $g) (func $g)", "(loop (call_indirect (i32.const 0)) (br 0))"),
    "recursion that branches": (
        "(func $g (param i32) (if (local.get 0) (then (call $g (i32.sub (local.get 0) (i32.const 1)))"
        " (call $g (i32.sub (local.get 0) (i32.const 1))))))",
        "(call $g (i32.const 60))",
    ),
    "calls of the host": ('(import "host" "print" (func $p))', "(loop (call $p) (br 0))"),
    "loads and stores": ("(memory 1)", "(loop (i32.store (i32.const 0) (i32.load (i32.const 4))) (br 0))"),
    "memory.fill": ("(memory 1)", "(loop (memory.fill (i32.const 0) (i32.const 1) (i32.const 65536)) (br 0))"),
    "memory.copy": ("(memory 1)", "(loop (memory.copy (i32.const 0) (i32.const 1) (i32.const 65535)) (br 0))"),
    "table.fill": (
        "(table 100000 funcref)", "(loop (table.fill (i32.const 0) (ref.null func) (i32.const 100000)) (br 0))",
    ),
    "table.copy": (
        "(table 100000 funcref)", "(loop (table.copy (i32.const 0) (i32.const 1) (i32.const 99999)) (br 0))",
    ),
    "memory.grow that fails": ("(memory 1 1)", "(loop (drop (memory.grow (i32.const 1))) (br 0))"),
}
# One instruction that takes long by itself.
LONG_FILL = '(memory 65536) (func (export "f") (memory.fill (i32.const 0) (i32.const 1) (i32.const -1)))'


def module_lines(text: str) -> list[str]:
    """Driver commands that load a module in the text format."""
    return [*stage_lines(bytes(wasmtime.wat2wasm(f"(module {text})"))), "load 0"]


def allowed_ms(build: Build) -> float:
    """How late a stop may be in a build."""
    return LATE_SANITIZED_MS if build.sanitized else LATE_MS


@pytest.mark.parametrize("kind", ENDLESS)
def test_endless_loop_meets_its_deadline(kind: str, build: Build) -> None:
    """The trap is `deadline exceeded`, and not much later than asked for."""
    with Driver(build.launch("spec-driver"), timeout=20) as driver:
        before, code = ENDLESS[kind]
        lines = module_lines(f"{before} (func (export \"f\") {code})")
        driver.run([*lines, "instantiate 0 0", f"timeout {DEADLINE_MS}"])
        start = time.monotonic()
        answer = driver.ask("call 0 f")
        late = (time.monotonic() - start) * 1000 - DEADLINE_MS
        assert str(answer) == "trap deadline exceeded"
        assert -1 < late < allowed_ms(build), f"{late:.1f} ms late"
        driver.ask("timeout 0")
        assert driver.ask("frames").words[0] != "0"


@pytest.mark.builds("tail-guard", "goto-guard")
def test_one_long_instruction_meets_the_deadline(build: Build) -> None:
    """memory.fill of 4 GiB is stopped within it."""
    with Driver(build.launch("spec-driver"), timeout=60) as driver:
        answers = driver.run([*module_lines(LONG_FILL), "instantiate 0 0"])
        if answers[-1].kind != "ok":
            pytest.skip(f"no memory of 4 GiB on this machine: {answers[-1]}")
        driver.ask(f"timeout {DEADLINE_MS}")
        start = time.monotonic()
        answer = driver.ask("call 0 f")
        late = (time.monotonic() - start) * 1000 - DEADLINE_MS
    assert str(answer) == "trap deadline exceeded"
    assert late < allowed_ms(build), f"{late:.1f} ms late"


def test_endless_start_function_meets_the_deadline(build: Build) -> None:
    """Instantiation is stopped like a call."""
    with Driver(build.launch("spec-driver"), timeout=20) as driver:
        driver.run([*module_lines("(func $f (loop (br 0))) (start $f)"), f"timeout {DEADLINE_MS}"])
        assert str(driver.ask("instantiate 0 0")) == "trap deadline exceeded"


RECURSION = {
    "direct": '(func $f (export "f") (call $f))',
    "direct with a result": '(func $f (export "f") (result i32) (i32.add (call $f) (i32.const 1)))',
    "mutual": '(func $f (export "f") (call $g)) (func $g (call $f))',
    "indirect": '(table 1 funcref) (elem (i32.const 0) $f) (func $f (export "f") (call_indirect (i32.const 0)))',
    "large frames": f'(func $f (export "f") (local {"i64 " * 2000}) (call $f))',
    "many arguments": f'(func $f (export "f") (call $g {"(i64.const 1)" * 200})) (func $g (param {"i64 " * 200}) (call $f))',
    "tall operands": f'(func $f (export "f") (result i32) {"(i32.const 1)" * 500} (call $f) {"i32.add " * 500})',
}


def small_stack() -> None:
    """32 KB of native stack would not let libc start: 64."""
    resource.setrlimit(resource.RLIMIT_STACK, (65536, 65536))


@pytest.mark.parametrize("kind", RECURSION)
@pytest.mark.parametrize("stack_bytes", [1024, 16384, 1 << 20, 64 << 20])
def test_endless_recursion_exhausts_the_stack(kind: str, stack_bytes: int, build: Build) -> None:
    """Within the quota, with little native stack, and the next call works."""
    if build.sanitized and stack_bytes > 1 << 20:
        pytest.skip("slow under the sanitizers, and no other case than 1 MiB")
    commands = [f"reset {stack_bytes}", *module_lines(RECURSION[kind]), "instantiate 0 0", "call 0 f", "call 0 f", "frames"]
    with Driver(build.launch("spec-driver"), None if build.sanitized else small_stack) as driver:
        answers = driver.run(commands)
    assert str(answers[-3]) == "trap call stack exhausted"
    assert str(answers[-2]) == "trap call stack exhausted"
    assert int(answers[-1].words[0]) > 0 or stack_bytes == 1024  # where not even one frame may fit


def test_recursion_through_two_instances(build: Build) -> None:
    """A function of one instance calls one of another, which calls back through a shared table."""
    first = '(table (export "t") 1 funcref) (func (export "f") (call_indirect (i32.const 0)))'
    second = '(import "a" "t" (table 1 funcref)) (import "a" "f" (func $f)) (func $g (call $f)) (elem (i32.const 0) $g)'
    lines = [*module_lines(first), "instantiate 0 0", "register 0 a", "unload 0"]
    lines += [*module_lines(second), "instantiate 1 0", "call 0 f"]
    with Driver(build.launch("spec-driver")) as driver:
        assert str(driver.run(lines)[-1]) == "trap call stack exhausted"
