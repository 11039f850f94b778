"""motert on good and bad modules: verdicts, traps with their call stack, limits, statistics."""

import os
import re
import signal
import subprocess
import time
from pathlib import Path

import pytest

from support.guests import assemble, keep
from support.motert import Motert

EMPTY = b"\0asm\1\0\0\0"
LOOP = '(module (func (export "_start") (loop (br 0))))'
TRAPS = {
    "unreachable": "unreachable",
    "(drop (i32.div_s (i32.const 1) (i32.const 0)))": "integer divide by zero",
    "(drop (i32.load (i32.const -1)))": "out of bounds memory access",
    "(call_indirect (i32.const 9))": "undefined element",
    "(call_indirect (i32.const 0))": "uninitialized element",
}


def test_validate_is_silent_about_a_good_module(motert: Motert) -> None:
    result = motert.run("--validate", keep(EMPTY))
    assert (result.status, result.out, result.err) == (0, "", "")


@pytest.mark.parametrize(("module", "message"), [
    (b"", r"malformed: unexpected end.* \(offset 0x0\)"),
    (b"\0as", r"malformed: unexpected end.* \(offset 0x[0-3]\)"),
    (b"(module)", r"malformed: magic header not detected \(offset 0x0\); this is not a \.wasm file"),
    (b"\0asm\2\0\0\0", r"malformed: unknown binary version.* \(offset 0x4\)"),
    (EMPTY + b"\x63\x01\x00", r"malformed: malformed section id.* \(offset 0x8\)"),
    (EMPTY + b"\1\4\1\x60\0\0" + b"\3\2\1\0" + b"\x0a\5\1\3\0\x6a\x0b",
     r"invalid: type mismatch: .*\(offset 0x\w+, function 0\)"),
])
@pytest.mark.parametrize("option", ["--validate", "--stats"])
def test_bad_module_is_one_line_with_the_offset(motert: Motert, module: bytes, message: str, option: str) -> None:
    path = keep(module)
    result = motert.run(option, path)
    prefix = "" if option == "--validate" else "motert: "
    assert (result.status, result.out) == (1, "")
    assert re.fullmatch(prefix + re.escape(str(path)) + ": " + message + "\n", result.err), result.err


@pytest.mark.parametrize(("module", "message"), [
    ('(module (import "env" "f" (func)) (func (export "_start")))', r"does not link: unknown import.*env.*f.*"),
    ('(module (import "wasi_snapshot_preview1" "proc_exit" (func)))', r"does not link: incompatible import type.*proc_exit.*"),
])
def test_module_that_does_not_link_names_the_import(motert: Motert, module: str, message: str) -> None:
    result = motert.run(assemble(module))
    assert result.status == 1
    assert re.fullmatch(r"motert: .*\.wasm: " + message + "\n", result.err), result.err


def test_file_that_cannot_be_read_is_one_line(motert: Motert, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path, why in ((tmp_path / "none.wasm", "No such file or directory"),
                      (tmp_path, "not a file; give the path of a .wasm file"),
                      (tmp_path / "pipe", "not a file; give the path of a .wasm file")):
        result = motert.run(path)
        assert (result.status, result.out, result.err) == (1, "", f"motert: {path}: {why}\n")


@pytest.mark.parametrize(("body", "text"), TRAPS.items())
def test_trap_has_its_text_and_frames(motert: Motert, body: str, text: str) -> None:
    module = assemble(f'(module (memory 1) (table 1 funcref) (func $in {body}) (func $out (call $in))'
                      ' (func (export "_start") (call $out)))')
    result = motert.run(module)
    assert (result.status, result.out) == (134, "")
    lines = result.err.splitlines()
    assert lines[0] == f"motert: {module}: trap: {text}"
    assert [re.sub(r"0x\w+", "", line) for line in lines[1:]] == [
        "  at #0 func 0 `in` (offset )", "  at #1 func 1 `out` (offset )", "  at #2 func 2 `_start` (offset )",
    ]


def test_trap_in_the_start_function_is_told_the_same_way(motert: Motert) -> None:
    result = motert.run(assemble("(module (func $boot unreachable) (start $boot))"))
    assert result.status == 134
    assert "trap: unreachable\n  at #0 func 0 `boot`" in result.err


def test_names_of_frames_cannot_reach_the_terminal(motert: Motert) -> None:
    body = b"\0\4name\1\x0c\1\0\x09\x1b[31m\n\xc2\x9b\\"
    body = bytes([0, len(body) - 1]) + body[1:]
    module = EMPTY + b"\1\4\1\x60\0\0" + b"\3\2\1\0" + b"\7\5\1\1f\0\0" + b"\x0a\5\1\3\0\0\x0b" + body
    result = motert.run("--invoke", "f", keep(module))
    assert result.status == 134
    assert r"`\x1b[31m\x0a\xc2\x9b\x5c`" in result.err


def test_deep_recursion_is_a_trap_with_the_innermost_frames(motert: Motert) -> None:
    module = assemble('(module (func $f (export "_start") (call $f)))')
    for size in ("8K", "1M", "64M"):
        result = motert.run("--stack-size", size, module)
        assert result.status == 134
        lines = result.err.splitlines()
        assert lines[0].endswith("trap: call stack exhausted")
        assert lines[1].startswith("  at #0 func 0 `f`")
        assert re.fullmatch(r"  \.\.\. and \d+ more", lines[-1])


def test_timeout_ends_a_loop(motert: Motert) -> None:
    started = time.monotonic()
    result = motert.run("--timeout", "0.2", assemble(LOOP))
    assert result.status == 124
    assert 0.2 <= time.monotonic() - started < 2
    assert "trap: deadline exceeded\n  at #0 func 0 `_start`" in result.err


def test_timeout_covers_the_start_function(motert: Motert) -> None:
    result = motert.run("--timeout", "0.2", assemble("(module (func $spin (loop (br 0))) (start $spin))"))
    assert result.status == 124


def test_interrupt_ends_a_loop(motert: Motert) -> None:
    process = motert.start(assemble(LOOP), stdin=subprocess.DEVNULL)
    time.sleep(0.3)
    os.kill(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert b"trap: interrupted\n" in err


def test_memory_limit_refuses_and_bounds_growth(motert: Motert) -> None:
    module = assemble('(module (memory 1) (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0))))')
    assert motert.run("--memory-limit", "16M", "--invoke", "grow", module, 100).out == "1\n"
    assert motert.run("--memory-limit", "2M", "--invoke", "grow", module, 100).out == "-1\n"
    large = motert.run("--memory-limit", "2M", assemble('(module (memory 1000) (func (export "_start")))'))
    assert large.status == 1
    assert re.fullmatch(r"motert: .*: out of memory.*; give it more with --memory-limit\n", large.err), large.err


def test_memory_limit_too_small_for_the_runtime_is_one_line(motert: Motert) -> None:
    for limit in (1, 100, 1000, 10000):
        result = motert.run("--memory-limit", limit, keep(EMPTY))
        assert result.status == 1
        assert result.err.count("\n") == 1 and "out of memory" in result.err


def test_stats_tell_times_and_memory(motert: Motert) -> None:
    module = assemble('(module (memory 2) (func (export "_start")))')
    result = motert.run("--stats", module)
    assert (result.status, result.out) == (0, "")
    said = {line[:28].strip(): line[28:].split() for line in result.err.splitlines() if line.startswith("  ")}
    assert list(said) == ["file", "function bodies", "register code", "decode", "validate and translate", "instantiate", "run",
                          "module", "instance and tables", "linear memory", "stack", "other", "peak"]
    assert said["file"] == [str(module.stat().st_size), "bytes"]
    assert said["linear memory"] == ["131072", "bytes"]
    assert int(said["peak"][0]) >= 131072


def test_stats_of_validation_need_no_instance(motert: Motert) -> None:
    result = motert.run("--stats", "--validate", keep(EMPTY))
    assert result.status == 0 and "decode and validate" in result.err


def test_results_that_cannot_be_written_are_an_error(motert: Motert) -> None:
    module = assemble('(module (func (export "f") (result i32) (i32.const 1)))')
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(motert.command("--invoke", "f", module), stdout=full, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 1
    assert done.stderr == "motert: cannot write the results: No space left on device\n"
