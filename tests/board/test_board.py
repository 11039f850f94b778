"""Bare boards in their emulators: the images build with both compilers, start, run modules from flash, count, and survive what
the CPU refuses."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import pytest

from mote.bench.board import measure_board, with_native_code
from mote.bench.board_console import CONTROL_D, PROMPT, Board, converse, measure, read_board
from mote.errors import UserError
from support.guests import assemble, compile_guest
from support.places import ROOT, scratch

BOARDS = ("qemu_riscv32", "mps2_an385", "mps2_an386")
MISALIGNED = """(module (memory 1)
  (data (i32.const 0) "\\00\\01\\02\\03\\04\\05\\06\\07\\08\\09\\0a\\0b\\0c\\0d\\0e\\0f\\10")
  (func (export "sum") (param i32) (result i32) (local i64)
    (local.set 1 (i64.load offset=1 (local.get 0)))
    (i64.store (i32.add (local.get 0) (i32.const 3)) (local.get 1))
    (i32.store offset=9 (local.get 0) (i32.load (i32.add (local.get 0) (i32.const 3))))
    (i32.store16 offset=13 (local.get 0) (i32.load16_s (local.get 0)))
    (i32.xor (i32.load offset=9 (local.get 0)) (i32.load offset=11 (local.get 0)))))"""
COUNT = """(module (func (export "run") (param i32) (result i32) (local i32)
  (loop (local.set 1 (i32.add (local.get 1) (i32.const 3)))
    (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
  (local.get 1)))"""

HASH = """(module (func (export "run") (param i32) (result i32) (local i32)
  (loop (local.set 1 (i32.mul (i32.xor (local.get 1) (local.get 0)) (i32.const 16777619)))
    (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
  (local.get 1)))"""


@pytest.fixture(scope="module", params=BOARDS)
def board(request: pytest.FixtureRequest) -> Board:
    """A board whose emulator is here."""
    found = read_board(request.param)
    if not shutil.which(found.emulator["program"]):
        pytest.skip(f"{found.emulator['program']} is not installed: apt-get install {found.emulator['package']}")
    return found


def build(board: Board, toolchain: str, *goals: str, module: Path | None = None, setting: str = "") -> Path:
    """Build programs for a board, with a module in them or an option set; the folder that they are in."""
    folder = scratch("board") / f"{board.name}-{toolchain}"
    arguments = [f"BOARD={board.name}", f"TOOLCHAIN={toolchain}", f"BUILD={folder}", *([f"MODULE={module}"] if module else [])]
    arguments += [f"SET={setting}"] if setting else []
    command = [sys.executable, "-m", "SCons", "-C", str(ROOT), "-Q", *arguments, *(str(folder / goal) for goal in goals)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode == 2 and "is not on PATH" in done.stderr:
        pytest.skip(done.stderr.strip().removeprefix("error: "))
    assert done.returncode == 0, done.stderr[-3000:]
    return folder


@pytest.fixture(scope="module")
def programs(board: Board) -> Path:
    """The folder with firmware.elf and traps.elf, which hold no module."""
    return build(board, "zig", "firmware.elf", "traps.elf")


def bench_with(board: Board, module: Path, toolchain: str = "zig") -> Path:
    """The measuring program with a module."""
    return build(board, toolchain, "bench.elf", module=module) / "bench.elf"


def run(board: Board, program: Path, *typed: str) -> tuple[int, str]:
    """Run a program of its own accord; its status and what it printed."""
    done = subprocess.run(board.command(program), input="".join(typed), capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout


def failure(board: Board, program: Path, command: str) -> str:
    """What a program says when a command makes it fail."""
    with pytest.raises(UserError) as caught:
        converse(board, program, [command])
    return str(caught.value)


def test_firmware_without_a_module_is_a_device(board: Board, programs: Path) -> None:
    process = subprocess.Popen(board.command(programs / "firmware.elf"), stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin and process.stdout
    with process:
        try:
            os.set_blocking(process.stdout.fileno(), False)
            process.stdin.write(b"\rinfo\r")
            process.stdin.flush()
            said, end = b"", time.monotonic() + 20
            while b"engines: " not in said and time.monotonic() < end:
                said += process.stdout.read() or b""
                time.sleep(0.02)
        finally:
            process.kill()
    assert f"mote 0.1.0 on {board.name} (".encode() in said and b"engines: native interpreter" in said


def test_firmware_runs_a_wasi_program_from_flash(board: Board, tmp_path: Path) -> None:
    source = tmp_path / "greet.c"
    source.write_text('#include <stdio.h>\nint main(void) { puts("good morning"); return 7; }\n')
    module = compile_guest(source, ("-Wl,-z,stack-size=8192",))
    status, output = run(board, build(board, "zig", "firmware.elf", module=module) / "firmware.elf")
    assert (status, output.splitlines()[1:]) == (7, ["good morning"])


def test_counts_are_exact_and_the_same_in_every_run(board: Board) -> None:
    program = bench_with(board, assemble(COUNT))
    first, second = (measure(board, program, ["run 1", "run 10", "run 11", "run 1011"]) for _ in range(2))
    assert first == second
    assert first.engine == "interpreter"
    assert [call.result for call in first.calls.values()] == [3, 30, 33, 3033]
    _, ten, eleven, many = (call.instructions for call in first.calls.values())
    assert many - eleven == 1000 * (eleven - ten)
    assert first.sizes["RAM memory"] == 0 and first.sizes["RAM peak"] > 8192
    assert first.instructions["load"] > 0


def test_misaligned_accesses_of_modules(board: Board) -> None:
    module = assemble(MISALIGNED)
    modules = [module]
    if find_spec("llvmlite"):
        native = scratch("board") / f"{module.stem}-{board.name}.wasm"
        native.write_bytes(with_native_code(module.read_bytes(), board.name))
        modules.append(native)
    for file in modules:
        figures = measure(board, bench_with(board, file), [f"sum {at}" for at in (0, 65, 130, 3)])
        assert [call.result for call in figures.calls.values()] == expected_sums((0, 65, 130, 3))


def expected_sums(starts: Sequence[int]) -> list[int]:
    """What `sum` of MISALIGNED returns for these addresses, in turn."""
    memory = bytearray(range(17)) + bytearray(300)
    results = []
    for at in starts:
        memory[at + 3 : at + 11] = memory[at + 1 : at + 9]
        memory[at + 9 : at + 13] = memory[at + 3 : at + 7]
        memory[at + 13 : at + 15] = memory[at : at + 2]
        results.append(int.from_bytes(memory[at + 9 : at + 13], "little") ^ int.from_bytes(memory[at + 11 : at + 15], "little"))
    return results


def test_handler_makes_misaligned_accesses(board: Board, programs: Path) -> None:
    check_misaligned(board, programs / "traps.elf")


def check_misaligned(board: Board, program: Path) -> None:
    """Every form of access works at every address."""
    output = converse(board, program, ["misaligned", "stack"] if board.target.startswith("rv") else ["misaligned"])
    assert "wrong" not in output, output
    assert "misaligned accesses tried" in output


def test_faults_are_one_line(board: Board, programs: Path) -> None:
    program = programs / "traps.elf"
    lines = {command: failure(board, program, command) for command in ("read", "write", "illegal", "overflow")}
    assert all("mote: fault" not in line and ": fault: " in line for line in lines.values()), lines
    assert "address 0xf0000000" in lines["read"] and "address 0xf0000000" in lines["write"]
    assert "illegal instruction" in lines["illegal"] or "undefined instruction" in lines["illegal"]
    assert "the machine's stack is full" in lines["overflow"]
    assert run(board, program, "read\n")[0] == 134


def test_alarm_rings_and_clock_goes(board: Board, programs: Path) -> None:
    lines = converse(board, programs / "traps.elf", ["alarm"]).splitlines()
    assert lines[1:5] == ["quiet at first", "rang once", "was stopped", "50 ms passed"]


def test_calls_that_cannot_be_are_refused(board: Board) -> None:
    output = converse(board, bench_with(board, assemble(COUNT)), ["nothing", "run", "run 5"])
    assert output.count("mote: no such function") == 2
    assert "run 5 = 15, " in output
    assert output.count(PROMPT.decode()) == 4 and CONTROL_D not in output


def test_module_that_does_not_load_is_refused(board: Board, tmp_path: Path) -> None:
    module = tmp_path / "bad.wasm"
    module.write_bytes(b"\0asm\1\0\0\0\1\1")
    status, output = run(board, build(board, "zig", "firmware.elf", module=module) / "firmware.elf")
    assert status == 1
    assert "mote: cannot load the module: " in output


def test_images_of_gcc_do_the_same(board: Board) -> None:
    program = bench_with(board, assemble(COUNT), "gcc")
    assert [call.result for call in measure(board, program, ["run 5", "run 6"]).calls.values()] == [15, 18]
    check_misaligned(board, build(board, "gcc", "traps.elf") / "traps.elf")


def test_bench_measures_interpreted_and_native_runs(board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("llvmlite", reason="native code is made by llvmlite: pip install llvmlite")
    monkeypatch.delenv("MOTE_BENCH_COREMARK", raising=False)
    measured = measure_board(board.name, assemble(HASH), "zig", ["--no-interrupt"], lambda _: None)
    rows = {row.name: row for row in measured.rows}
    assert "MOTE_BENCH_COREMARK" in rows["C"].problem
    assert rows["interpreter"].iteration > 2 * rows["native"].iteration > 0
    assert 0 < rows["native --no-interrupt"].section_bytes < rows["native"].section_bytes
    assert rows["native"].figures.sizes["RAM code"] == 0
