"""`mote disasm`: instructions, IR and machine code of a function in one table."""

import json
from pathlib import Path

import pytest

from mote.aot.sidebyside import asm_lines, ir_lines
from mote.aot.targets import TARGETS
from mote.runtime import find_runtime
from mote.wasm.body import instructions
from mote.wasm.module import decode
from mote.wasm.reader import Reader
from mote.wasm.text import listing
from support.guests import assemble
from tools.command import mote, only_line
from tools.samples import EVERYTHING, PLAIN

ASSEMBLY = """
f1:
\t.loc\t1 0 0 prologue_end
\tpush\t{r7, lr}
\t.loc\t1 5 0 @ comment
.Ltmp0:
\tadds\tr0, #4    @ another
.LBB0_1:
\t.p2align\t2
\t.long\t7
\t.section\t.debug_info
\t.long\t8
"""
IR = """
define i32 @f1() {
entry:                                            ; preds = %x
  %a = add i32 1, 2, !dbg !105
  br label %next, !prof !2
}
!105 = !DILocation(line: 5, scope: !10)
"""


@pytest.fixture(autouse=True)
def built() -> None:
    """Skips what asks the runtime whether a module is valid."""
    if find_runtime() is None:
        pytest.skip("build/linux/motert is not built: scons BOARD=linux")


def test_assembly_is_read_by_lines() -> None:
    assert list(asm_lines(ASSEMBLY, "@")) == [
        (0, "f1:"),
        (0, "  push {r7, lr}"),
        (5, "  adds r0, #4"),
        (5, ".LBB0_1:"),
        (5, "  .long 7"),
    ]


def test_ir_is_read_by_lines() -> None:
    assert list(ir_lines(IR)) == [(0, "entry:"), (5, "%a = add i32 1, 2"), (5, "br label %next")]


@pytest.mark.parametrize("target", TARGETS)
def test_a_function_is_shown_for_every_target(target: str) -> None:
    done = mote("disasm", assemble(PLAIN), "square", "-t", target)
    assert (done.status, done.err) == (0, "")
    lines = done.out.splitlines()
    assert lines[0] == f"function 0 `square` on {target}"
    multiplication = next(line for line in lines if "i32.mul" in line)
    assert "mul i32" in multiplication
    narrow = mote("disasm", assemble(PLAIN), "0", "-t", target, "--no-ir").out
    assert "mul i32" not in narrow
    assert "i32.mul" in narrow


def test_without_a_function_they_are_listed() -> None:
    out = mote("disasm", assemble(PLAIN)).out
    assert "  0  square  " in out
    assert "INDEX shows one of them" in out


def test_json_and_page(tmp_path: Path) -> None:
    blocks = json.loads(mote("disasm", assemble(PLAIN), "square", "-t", "rv32imc", "--json").out)
    assert [block["wasm"] for block in blocks] == ["", "local.get 0", "local.get 0", "i32.mul", "end"]
    assert any("mul" in line for line in blocks[3]["asm"])
    page = tmp_path / "page.html"
    assert mote("disasm", assemble(PLAIN), "square", "--html", page).out == ""
    assert "<td>i32.mul<td>" in page.read_text()


def test_names_cannot_speak_to_the_terminal_or_the_browser(tmp_path: Path) -> None:
    name = "\x1b[31m<b>"
    module = assemble(f'(module (func (export "{name}")))'.replace("\x1b", "\\1b"))
    out = mote("disasm", module, name).out
    assert "\x1b" not in out
    assert mote("disasm", module, name, "--html", tmp_path / "p.html").status == 0
    assert "<b>" not in (tmp_path / "p.html").read_text()


def test_mistakes_are_one_line(tmp_path: Path) -> None:
    module = assemble(PLAIN)
    for words, said in (
        (("squara",), "there is no function 'squara'. Did you mean 'square'?"),
        (("0", "-t", "z80"), "there is no target 'z80'"),
        (("0", "-t", "x86-64", "--board", "linux"), "exclude each other"),
        (("0", "--html", tmp_path), "is a folder"),
        (("0", "--html", tmp_path / "none" / "p.html"), "cannot write the file: no such folder"),
    ):
        done = mote("disasm", module, *words)
        assert done.status in (1, 2)
        assert said in only_line(done.err)


def test_every_immediate_has_a_text() -> None:
    module = decode(assemble(EVERYTHING).read_bytes())
    texts = [
        text.strip()
        for body in module.bodies
        for _, text in listing(module, instructions(Reader(module.data, body.code_offset, body.end)))
    ]
    expected = {"block (result i32)", "br_table 0 0", "memory.init 1", "call_indirect (type 1)", "select (result externref)"}
    assert expected <= set(texts)
