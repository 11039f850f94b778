"""`mote symbolize`: functions and instructions for places in native code, and names for a report without them."""

import subprocess
from pathlib import Path

import pytest

from mote.aot.cache import VARIABLE
from mote.aot.section import read_sections
from mote.aot.symbols import Symbols, instruction_at
from mote.runtime import find_runtime
from mote.wasm.module import load_module
from support.guests import assemble
from tools.command import environment, mote, only_line, words

TEXT = """
(module
  (memory 1)
  (func $inner (param i32) (result i32) (i32.load offset=8 (local.get 0)))
  (func $outer (export "outer") (param i32) (result i32) (i32.add (call $inner (local.get 0)) (i32.const 1))))
"""


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A module with native code for two targets, with lines for one of them."""
    if find_runtime() is None:
        pytest.skip("build/linux/motert is not built: scons BOARD=linux")
    output = tmp_path_factory.mktemp("symbolize") / "out.wasm"
    env = {VARIABLE: str(output.parent)}
    assert mote("aot", assemble(TEXT), "-t", "x86-64", "-t", "rv32imc", "-o", output, env=env).status == 0
    return output


def symbols_of(module: Path, target: str) -> Symbols:
    """The symbols of one of its sections."""
    decoded = load_module(module)
    return Symbols(decoded, next(s for s in read_sections(decoded.data) if s.target == target))


def test_every_place_of_the_image_has_an_owner(compiled: Path) -> None:
    for target in ("x86-64", "rv32imc"):
        symbols = symbols_of(compiled, target)
        found = [symbols.find(address) for address in range(symbols.image_size)]
        assert all(symbol.distance == symbol.address - symbols.codes[i] for symbol in found
                   for i in [max(j for j, at in enumerate(symbols.codes) if at <= symbol.address)])  # fmt: skip
        assert [symbol.name for symbol in found if symbol.distance == 0][:2] == ["inner", "outer"]
        assert symbols.find(-1) is None
        assert symbols.find(symbols.image_size) is None


def test_lines_lead_to_instructions(compiled: Path) -> None:
    symbols = symbols_of(compiled, "x86-64")
    texts = {symbols.find(address).instruction for address in range(symbols.image_size)}
    assert "i32.load offset=8 align=4" in texts
    assert instruction_at(symbols.module, 1) == ""


def test_addresses_are_answered_in_order(compiled: Path) -> None:
    symbols = symbols_of(compiled, "rv32imc")
    second = symbols.codes[1]
    done = mote("symbolize", compiled, "-t", "rv32imc", "0", hex(second))
    assert done.out.splitlines() == ["0: func 0 `inner` + 0x0", f"{second:#x}: func 1 `outer` + 0x0"]
    moved = mote("symbolize", compiled, "-t", "rv32imc", "--base", "0x20010000", hex(0x20010000 + second))
    assert "func 1 `outer` + 0x0" in moved.out
    outside = mote("symbolize", compiled, "-t", "rv32imc", "ffffff")
    assert (outside.status, "outside of the image" in outside.out) == (1, True)


def test_a_report_gets_names_and_instructions(compiled: Path) -> None:
    module = load_module(compiled)
    load = next(at for at in range(len(module.data)) if instruction_at(module, at).startswith("i32.load"))
    report = f"trap: out of bounds memory access\n  at #0 func 0 (offset {load:#x})\n  at #1 func 1 `x`\n  pc image+0x0\n"
    done = subprocess.run(
        words("symbolize", compiled, "-t", "rv32imc"),
        input=report, env=environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stderr == ""
    assert done.stdout.splitlines() == [
        "trap: out of bounds memory access",
        f"  at #0 func 0 `inner` (offset {load:#x}: i32.load offset=8 align=4)",
        "  at #1 func 1 `x`",
        "  pc image+0x0 func 0 `inner` + 0x0",
    ]


def test_mistakes_are_one_line(compiled: Path) -> None:
    for given, said in (
        ((compiled, "0"), "it has native code for x86-64, rv32imc. Choose one with --target"),
        ((compiled, "-t", "aarch64", "0"), "it has no native code for aarch64"),
        ((compiled, "-t", "x86-64", "main"), "'main' is no hexadecimal number"),
        ((assemble(TEXT), "0"), "it has no native code"),
    ):
        done = mote("symbolize", *given)
        assert done.status in (1, 2)
        assert said in only_line(done.err)
