"""Mistakes on the command line and in configuration files: one clear line, a status that is not 0, nothing compiled."""

from pathlib import Path

import pytest

from build.scons import build, refusal, scons


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["BORD=linux"], "BORD=: there is no such argument, did you mean BOARD?"),
        (["BOARD=linus"], "BOARD=linus: there is no such board, did you mean linux?; there are esp32c3, linux,"),
        (["BOARD="], "BOARD=: name a board"),
        (["TARGET=rv32im"], "TARGET=rv32im: there is no such target, did you mean rv32imc?"),
        (["TARGET=x86_64-linux"], "TARGET=x86_64-linux: it runs Linux; say BOARD=linux TARGET=x86_64-linux"),
        (["BOARD=linux", "TARGET=rv32imc"], "TARGET=rv32imc: it is a bare CPU; leave BOARD=linux out"),
        (["BOARD=linux", "TARGET=riscv-linux-musl"], "there is no such target, did you mean riscv32-linux-musl?"),
        (["TOOLCHAIN=gc"], "TOOLCHAIN=gc: there is no such toolchain, did you mean gcc?; there are zig, gcc, clang"),
        (["SET=WASM_NAME=n"], "SET=WASM_NAME=n: no Kconfig file has an option WASM_NAME, did you mean WASM_NAMES?"),
        (["SET=WASM_NAMES"], "'WASM_NAMES' is not of the form OPTION=value"),
        (["SET=WASM_NAMES=maybe"], "SET=WASM_NAMES=maybe: WASM_NAMES takes y or n"),
        (["SET=TRAP_FRAMES_MAX=many"], "TRAP_FRAMES_MAX takes a number"),
        (["SET=TRAP_FRAMES_MAX=0"], "not taken, it stays 16: out of its range"),
        (["SET=64BIT=n"], "not taken, it stays y: it follows from the board, the target or the compiler"),
        (["TARGET=rv32imc", "SET=MEMORY_GUARD_PAGES=y"], "not taken, it stays n: it depends on 64BIT && PORT_HAS_PAGES"),
        (["SET=WASM_BULK_MEMORY=n,WASM_REFERENCE_TYPES=y"], "not taken, it stays n: it depends on WASM_BULK_MEMORY"),
        (["SANITIZE=adress"], "there is no 'adress'; there are address, undefined, thread"),
        (["SANITIZE=address"], "zig brings no library for that; say TOOLCHAIN=gcc"),
        (["COVERAGE=yes"], "COVERAGE=yes: say COVERAGE=1 or leave it out"),
        (["TARGET=rv32imc", "TOOLCHAIN=gcc", "COVERAGE=1"], "COVERAGE=1: only for boards that run on this machine"),
        (["run", "ARGS='x"], "ARGS='x: No closing quotation"),
        (["menuconfig"], "menuconfig: needs a terminal"),
        (["savedefconfig", "TARGET=rv32imc"], "savedefconfig: a bare target has no defconfig"),
    ],
)
def test_bad_command_line_is_one_line(arguments: list[str], line: str, tmp_path: Path) -> None:
    assert line in refusal(f"BUILD={tmp_path}", *arguments)


@pytest.mark.parametrize("toolchain", ["gcc", "clang"])
def test_missing_compiler_is_one_line(toolchain: str, tmp_path: Path) -> None:
    line = refusal(f"BUILD={tmp_path}", f"TOOLCHAIN={toolchain}", PATH=str(tmp_path))
    assert line == f"TOOLCHAIN={toolchain}: {toolchain} is not on PATH: apt-get install {toolchain}, or TOOLCHAIN=zig"


def test_missing_cross_compiler_names_the_package(tmp_path: Path) -> None:
    line = refusal(f"BUILD={tmp_path}", "TOOLCHAIN=gcc", "TARGET=thumbv7em", PATH=str(tmp_path))
    assert "arm-none-eabi-gcc is not on PATH: apt-get install gcc-arm-none-eabi" in line


def test_unknown_goal_fails(tmp_path: Path) -> None:
    result = scons(f"BUILD={tmp_path}", "flsh")
    assert result.returncode == 2
    assert "Do not know how to make File target `flsh'" in result.stderr


@pytest.mark.parametrize(
    ("text", "warning"),
    [
        ("CONFIG_WASM_THINGS=y", "undefined symbol WASM_THINGS"),
        ("CONFIG_WASM_BULK_MEMORY=n\nCONFIG_WASM_REFERENCE_TYPES=y", "WASM_REFERENCE_TYPES=y: not taken, it stays n"),
        ("CONFIG_MEMORY_GUARD_PAGES=y", "MEMORY_GUARD_PAGES=y: not taken, it stays n"),
    ],
)
def test_configuration_file_that_is_not_taken_warns(text: str, warning: str, tmp_path: Path) -> None:
    (tmp_path / ".config").write_text(text + "\n")
    result = scons(f"BUILD={tmp_path}", "TARGET=thumbv7em", f"{tmp_path}/obj/firmware/base/text.o")
    assert result.returncode == 0
    assert [line for line in result.stderr.splitlines() if line.startswith("warning: ") and warning in line]
    assert (tmp_path / ".config").read_text() == text + "\n", "what a person wrote stays"


def test_other_choice_on_the_command_line_is_no_warning(tmp_path: Path) -> None:
    goal = f"{tmp_path}/obj/firmware/base/text.o"
    (tmp_path / ".config").write_text("CONFIG_OPTIMIZE_SPEED=y\n")
    result = scons(f"BUILD={tmp_path}", "TARGET=thumbv7em", "SET=OPTIMIZE_DEBUG=y", goal)
    assert (result.returncode, result.stderr) == (0, "")


def test_boards_are_listed() -> None:
    result = scons("boards")
    assert result.returncode == 0
    lines = dict(line.split(maxsplit=1) for line in result.stdout.splitlines())
    assert lines["linux"].startswith("a Linux process")
    assert "Cortex-M3" in lines["mps2_an385"]


def test_failing_program_fails_the_run(tmp_path: Path) -> None:
    missing = tmp_path / "missing.wasm"
    result = scons(f"BUILD={tmp_path}", "run", f"ARGS={missing}")
    assert result.returncode != 0
    assert "missing.wasm" in result.stderr


def test_savedefconfig_writes_what_differs(tmp_path: Path, checkout: Path) -> None:
    assert build(f"BUILD={tmp_path}", "SET=ASSERT=y", f"{tmp_path}/obj/firmware/base/text.o", root=checkout)
    assert scons(f"BUILD={tmp_path}", "savedefconfig", root=checkout).returncode == 0
    saved = (checkout / "boards" / "linux" / "defconfig").read_text()
    assert set(saved.split()) == {"CONFIG_OPTIMIZE_SPEED=y", "CONFIG_ASSERT=y"}
