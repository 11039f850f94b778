"""`mote aot` and `mote targets`: what they write, what they say, and that the result does not depend on how it was made."""

import json
import os
import sqlite3
from pathlib import Path

import pytest

from mote.aot.cache import FILE, VARIABLE
from mote.aot.compile import How, compile_module
from mote.aot.machines import board_target, this_machine
from mote.aot.options import CALL_STACK, Options, parse_call_stack
from mote.aot.targets import TARGETS, find_target
from mote.errors import UserError
from mote.runtime import find_runtime
from mote.wasm.module import decode
from support.guests import assemble
from tools.command import mote, only_line

TEXT = """
(module
  (import "env" "log" (func $log (param i32)))
  (memory 1)
  (func $sum (export "sum") (param i32) (result i32) (local i32)
    (loop
      (local.set 1 (i32.add (local.get 1) (i32.load (local.get 0))))
      (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 4)))))
    (local.get 1))
  (func $half (export "half") (param f64) (result f64) (f64.div (local.get 0) (f64.const 2)))
  (func $twice (export "twice") (param i64) (result i64) (i64.mul (local.get 0) (i64.const CONSTANT)))
  (func $down (export "down") (param i32) (result i32)
    (if (result i32) (local.get 0)
      (then (i32.add (i32.const 1) (i32.mul (call $sum (i32.const 4)) (call $down (i32.shr_u (local.get 0) (i32.const 1))))))
      (else (i32.const 0))))
  (func $tell (export "tell") (call $log (call $sum (i32.const 40)))))
"""
FUNCTIONS = 5


@pytest.fixture(scope="module")
def module() -> Path:
    """A module with a loop, floats, 64-bit integers and calls."""
    return assemble(TEXT.replace("CONSTANT", "2"))


@pytest.fixture(scope="module")
def edited() -> Path:
    """The same with another constant in one function."""
    return assemble(TEXT.replace("CONSTANT", "3"))


@pytest.fixture
def kept(tmp_path: Path) -> dict[str, str]:
    """A cache of this test's own."""
    return {VARIABLE: str(tmp_path / "cache")}


@pytest.fixture(autouse=True)
def built() -> None:
    """Skips what asks the runtime whether a module is valid."""
    if find_runtime() is None:
        pytest.skip("build/linux/motert is not built: scons BOARD=linux")


def native_sections(data: bytes) -> list[bytes]:
    """The native sections of a module, with their contents."""
    return [data[s.payload : s.end] for s in decode(data).sections if s.name == "mote.native"]


def test_there_is_a_target_for_each_row_of_the_table() -> None:
    rows = json.loads(mote("targets", "--json").out)
    assert [row["name"] for row in rows] == list(TARGETS)
    table = mote("targets").out.splitlines()
    assert len(table) >= len(TARGETS) + 1
    assert sum(row["this_machine"] for row in rows) <= 1


def test_a_board_names_its_target() -> None:
    assert board_target("linux") == this_machine()
    with pytest.raises(UserError, match=r"^there is no board 'linus'\. Did you mean linux\? There are: .*linux"):
        board_target("linus")


def test_call_stack_is_a_list_of_known_names() -> None:
    assert parse_call_stack("none") == frozenset()
    assert parse_call_stack(", ".join(CALL_STACK)) == frozenset(CALL_STACK)
    with pytest.raises(UserError, match="'pi' is none of"):
        parse_call_stack("ip,pi")


@pytest.mark.parametrize("target", ["rv32imac", "thumbv7em", "x86-64"])
def test_a_section_is_added_and_the_rest_stays(target: str, module: Path, kept: dict[str, str], tmp_path: Path) -> None:
    output = tmp_path / "out.wasm"
    done = mote("aot", module, "--target", target, "-o", output, env=kept)
    assert (done.status, done.err) == (0, "")
    assert done.out.splitlines()[0].startswith(f"{output}: ")
    assert done.out.splitlines()[1].startswith(f"  {target} ")
    before, after = module.read_bytes(), output.read_bytes()
    assert len(native_sections(after)) == 1
    assert [s for s in decode(after).sections if s.name != "mote.native"] == decode(before).sections
    assert mote("validate", output).status == 0


def test_several_targets_and_again(module: Path, kept: dict[str, str], tmp_path: Path) -> None:
    output = tmp_path / "out.wasm"
    words = ("--target", "rv32imc", "-t", "thumbv6m", "--board", "linux", "-t", "rv32imc")
    assert mote("aot", module, *words, "-o", output, env=kept).status == 0
    first = output.read_bytes()
    assert len(native_sections(first)) == 3
    assert mote("aot", output, *words, "-o", output, env=kept).status == 0
    assert output.read_bytes() == first


def test_the_output_is_named_by_the_input_unless_told_otherwise(module: Path, kept: dict[str, str], tmp_path: Path) -> None:
    copy = tmp_path / "app.wasm"
    copy.write_bytes(module.read_bytes())
    assert mote("aot", copy, env=kept).out.startswith(f"{tmp_path / 'app.aot.wasm'}: ")
    assert copy.read_bytes() == module.read_bytes()


def test_the_result_does_not_depend_on_processes_or_cache(module: Path, edited: Path, tmp_path: Path) -> None:
    target = find_target("thumbv7em")
    results = {
        compile_module(module.read_bytes(), target, Options(), How(jobs, cache)).data
        for jobs in (1, 2, 5)
        for cache in (None, tmp_path, tmp_path)
    }
    assert len(results) == 1
    other = compile_module(edited.read_bytes(), target, Options(), How(1, tmp_path))
    assert other.stats.cached == FUNCTIONS - 1
    assert other.data == compile_module(edited.read_bytes(), target, Options(), How(1, None)).data


def test_the_cache_knows_options_and_targets_apart(module: Path, tmp_path: Path) -> None:
    def cached(target: str, **options: object) -> int:
        how = How(1, tmp_path)
        return compile_module(module.read_bytes(), find_target(target), Options(**options), how).stats.cached

    assert cached("rv32imc") == 0
    assert cached("rv32imc") == FUNCTIONS
    assert cached("rv32imac") == 0
    for changed in ({"level": "s"}, {"bounds": "none"}, {"interrupt": False}, {"call_stack": frozenset()}):
        assert cached("rv32imc", **changed) == 0, changed
    assert cached("rv32imc", bounds="checks") == FUNCTIONS, "what the target has anyway"


def test_a_corrupt_cache_changes_nothing(module: Path, tmp_path: Path) -> None:
    target = find_target("x86-64")
    first = compile_module(module.read_bytes(), target, Options(), How(1, tmp_path))
    with sqlite3.connect(tmp_path / FILE) as database:
        database.execute("UPDATE codes SET body = zeroblob(length(body))")
    again = compile_module(module.read_bytes(), target, Options(), How(1, tmp_path))
    assert (again.stats.cached, again.data) == (0, first.data)
    (tmp_path / FILE).write_bytes(b"this is no database, it is a text" * 1000)
    again = compile_module(module.read_bytes(), target, Options(), How(1, tmp_path))
    assert (again.stats.cached, again.data) == (0, first.data)
    assert compile_module(module.read_bytes(), target, Options(), How(1, tmp_path)).stats.cached == FUNCTIONS


def test_a_module_is_replaced_as_a_whole_and_keeps_its_mode(module: Path, kept: dict[str, str], tmp_path: Path) -> None:
    copy, link = tmp_path / "app.wasm", tmp_path / "link.wasm"
    copy.write_bytes(module.read_bytes())
    copy.chmod(0o640)
    link.symlink_to(copy)
    assert mote("aot", copy, "-o", link, env=kept).status == 0
    assert link.is_symlink()
    assert copy.stat().st_mode & 0o777 == 0o640
    assert len(native_sections(copy.read_bytes())) == 1
    assert {path.name for path in tmp_path.iterdir()} == {"app.wasm", "link.wasm", "cache"}
    assert len(mote("aot", module, "-o", "/dev/stdout", "--json", env=kept).out) > len(copy.read_bytes()) // 2


def test_report_as_json(module: Path, kept: dict[str, str], tmp_path: Path) -> None:
    words = ("aot", module, "-t", "rv32imc", "-t", "x86-64", "-o", tmp_path / "o.wasm", "--json")
    report = json.loads(mote(*words, "--call-stack-costs", env=kept).out)
    assert report["size_bytes"] == (tmp_path / "o.wasm").stat().st_size
    assert [row["target"] for row in report["targets"]] == ["rv32imc", "x86-64"]
    for row in report["targets"]:
        assert row["cached"] == 0
        assert 0 < row["image_bytes"] == row["parts"]["image"]
        assert 0 < row["section_bytes"] - sum(row["parts"].values()) < 300, "header, names and padding"
        assert [cost["feature"] for cost in row["call_stack"]] == list(CALL_STACK)
    assert all(row["cached"] == FUNCTIONS for row in json.loads(mote(*words, env=kept).out)["targets"])
    assert all(row["cached"] == 0 for row in json.loads(mote(*words, "--no-cache", env=kept).out)["targets"])


def test_dangerous_bounds_are_warned_about(module: Path, kept: dict[str, str], tmp_path: Path) -> None:
    for bounds in ("mask", "none"):
        done = mote("aot", module, "-t", "rv32imc", f"--bounds={bounds}", "-o", tmp_path / "o.wasm", env=kept)
        assert done.status == 0
        assert only_line(done.err).startswith(f"mote: warning: --bounds={bounds}: ")


def test_stripped_code_is_empty_and_is_not_compiled_again(module: Path, kept: dict[str, str], tmp_path: Path) -> None:
    output = tmp_path / "o.wasm"
    done = mote("aot", module, "-t", "rv32imc", "-t", "x86-64", "--strip-code", "-o", output, env=kept)
    assert done.status == 0
    data = output.read_bytes()
    assert {data[body.offset : body.end] for body in decode(data).bodies} == {b"\x00\x00\x0b"}
    assert len(native_sections(data)) == 2
    done = mote("aot", output, "-t", "rv32imc", env=kept)
    assert done.status == 1
    assert "--strip-code" in only_line(done.err)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("-t", "rv32imca"), "there is no target 'rv32imca'. Did you mean rv32im"),
        (("--board", "linus"), "there is no board 'linus'. Did you mean linux?"),
        (("--call-stack", "pi"), "--call-stack: 'pi' is none of func-idx, ip, trap-ip"),
        (("--function", "sum"), "--function goes with --emit only"),
        (("--emit=obj",), "--emit=obj makes an object file of one function"),
        (("--emit=ir", "-t", "rv32imc", "-t", "x86-64"), "--emit writes for one target at a time"),
        (("--emit=ir", "--function", "sun"), "there is no function 'sun'. Did you mean 'sum'?"),
        (("--emit=ir", "--function", "99"), "there is no function 99"),
        (("--emit=ir", "--function", "0"), "function 0 is imported"),
        (("-O7",), "invalid value for '-O'"),
        (("-o", "/proc/none/x.wasm"), "cannot write the file: no such folder"),
        (("-o", "/"), "is a folder"),
    ],
)
def test_a_mistake_is_one_line(words: tuple[str, ...], said: str, module: Path, kept: dict[str, str]) -> None:
    done = mote("aot", module, *words, env=kept)
    assert done.status in (1, 2)
    assert done.out == ""
    assert said in only_line(done.err)


def test_bad_files_are_one_line(tmp_path: Path, kept: dict[str, str]) -> None:
    bad = tmp_path / "bad.wasm"
    invalid = b"\0asm\1\0\0\0" + b"\1\5\1\x60\0\1\x7f" + b"\3\2\1\0" + b"\x0a\4\1\2\0\x0b"
    vectors = invalid[:-6] + b"\x0a\x17\1\x15\0\xfd\x0c" + bytes(16) + b"\x1a\x0b"
    for data, said in ((b"int main", "magic"), (invalid[:-2], "unexpected end"), (invalid, "mismatch"), (vectors, "simd")):
        bad.write_bytes(data)
        done = mote("aot", bad, env=kept)
        assert done.status == 1
        assert said in only_line(done.err) or "length out of bounds" in done.err
    assert "no such file" in only_line(mote("aot", tmp_path / "none.wasm", env=kept).err)


@pytest.mark.parametrize(("kind", "said"), [("ir", b"define"), ("asm", b".text"), ("obj", b"\x7fELF")])
def test_emit_writes_what_lies_between(kind: str, said: bytes, module: Path, tmp_path: Path) -> None:
    output = tmp_path / "emitted"
    done = mote("aot", module, "-t", "rv32imc", "--emit", kind, "--function", "sum", "-o", output)
    assert (done.status, done.out, done.err) == (0, "", "")
    assert said in output.read_bytes()
    if kind != "obj":
        assert mote("aot", module, "-t", "rv32imc", "--emit", kind, "--function", "1").out == output.read_text()
        assert len(mote("aot", module, "-t", "rv32imc", "--emit", kind).out) > len(output.read_text())


def test_without_a_place_for_the_cache_it_works(module: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = mote("aot", module, "-o", tmp_path / "o.wasm", env={VARIABLE: os.fspath(tmp_path / "file")})
    assert (done.status, done.err) == (0, "")
