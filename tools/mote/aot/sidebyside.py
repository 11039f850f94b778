"""A function's instructions, LLVM IR and machine code, brought together by debug locations.

A line of those is an offset in the function's body, plus 1.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from html import escape

from mote.aot.function import Function, Handler
from mote.aot.lower import ModuleLowering
from mote.aot.options import Options
from mote.aot.targets import Target
from mote.tables import Op
from mote.wasm.body import Instruction, instructions
from mote.wasm.model import FUNC, Module
from mote.wasm.reader import Reader
from mote.wasm.text import listing

LOCATION = re.compile(r"^!(\d+) = (?:distinct )?!DILocation\(line: (\d+)", re.MULTILINE)
ATTACHED = re.compile(r", !dbg !(\d+)")
METADATA = re.compile(r",? !(?:prof|tbaa|noalias|alias\.scope|invariant\.load|noundef|range|srcloc) !\d+")
PREDECESSORS = re.compile(r"\s*; preds = .*$")
LOC = re.compile(r"^\s*\.loc\s+\d+\s+(\d+)")
DATA = re.compile(r"^\s*\.(?:byte|short|2byte|hword|long|4byte|word|quad|8byte|xword|zero|ascii|asciz|inst)\b")
LABEL = re.compile(r"^[\w.$]+:")
COMMENTS = {"thumb": "@", "aarch64": "//"}  # what begins a comment in assembly; elsewhere it is #
UNINTERESTING = re.compile(r"^\.?L(?:tmp|func_|line_|info_|debug_|str_)")


@dataclass(slots=True)
class Block:
    """An instruction of the module, and what was made of it; the first block of a function has no instruction."""

    offset: int | None
    wasm: str
    ir: list[str] = field(default_factory=list)
    asm: list[str] = field(default_factory=list)


def side_by_side(module: Module, funcidx: int, target: Target, options: Options) -> list[Block]:
    """The blocks of a function in the order of the module; compiled here, with locations whatever the options say."""
    from mote.aot.codegen import compile_ir

    with_lines = replace(options, call_stack=(options.call_stack or target.call_stack) | {"ip"})
    lowering = LocatedLowering(module, target, with_lines)
    unit = next(unit for unit in lowering.units() if unit.funcidx == funcidx)
    text = lowering.lower(unit).text
    body = module.bodies[funcidx - len(module.imported(FUNC))]
    blocks = [Block(None, "")]
    reader = Reader(module.data, body.code_offset, body.end)
    blocks += [Block(offset, line) for offset, line in listing(module, instructions(reader))]
    at = {block.offset - body.offset + 1: block for block in blocks if block.offset is not None}
    for line, part in ir_lines(as_text(compile_ir(text, target, with_lines, emit="ir"))):
        at.get(line, blocks[0]).ir.append(part)
    comment = COMMENTS.get(target.arch, "#")
    for line, part in asm_lines(as_text(compile_ir(text, target, with_lines, emit="asm")), comment):
        at.get(line, blocks[0]).asm.append(part)
    return blocks


class LocatedLowering(ModuleLowering):
    """Lowering that gives every instruction a location, not only those that call or access memory."""

    def find_handler(self, f: Function, op: Op) -> Handler:
        """The usual way to lower an instruction, and then a location for the lines that it wrote."""
        lower = ModuleLowering.find_handler(f, op)

        def locate(f: Function, ins: Instruction) -> None:
            start = len(f.lines)
            lower(f, ins)
            for i in range(start, len(f.lines)):
                line = f.lines[i]
                if line.startswith("  ") and "\n" not in line and "!dbg" not in line:
                    f.lines[i] = line + f.location()

        return locate


def as_text(made: bytes | str) -> str:
    """Text, whichever way it comes."""
    return made if isinstance(made, str) else made.decode()


def ir_lines(text: str) -> Iterator[tuple[int, str]]:
    """The instructions of a function in LLVM IR, each with the line that it or the one before belongs to (0: none yet)."""
    lines = defaultdict(int, {int(number): int(line) for number, line in LOCATION.findall(text)})
    inside, current = False, 0
    for line in text.splitlines():
        if line.startswith("define "):
            inside = True
        elif line.startswith("}"):
            inside = False
        elif inside and line.strip():
            found = ATTACHED.search(line)
            if found:
                current = lines[int(found[1])] or current
            yield current, PREDECESSORS.sub("", METADATA.sub("", ATTACHED.sub("", line))).strip()


def asm_lines(text: str, comment: str) -> Iterator[tuple[int, str]]:
    """The instructions, labels and data of a function in assembly, each with its line or that of the one before (0: none yet)."""
    current = 0
    for line in text.splitlines():
        if found := LOC.match(line):
            current = int(found[1]) or current
            continue
        shown = line.partition(comment)[0].replace("\t", " ").rstrip()
        if ".section" in line and "debug" in line:
            return
        is_label = LABEL.match(shown) and not UNINTERESTING.match(shown)
        if shown.strip() and (is_label or DATA.match(shown) or not re.match(r"\s*\.|\S", shown)):
            yield current, shown.strip() if is_label else f"  {shown.strip()}"


PAGE = """<!DOCTYPE html>
<meta charset="utf-8"><title>{title}</title>
<style>
body {{ font: 13px/1.35 monospace; margin: 1em }}
table {{ border-collapse: collapse }}
th {{ position: sticky; top: 0; background: Canvas; text-align: left }}
td, th {{ vertical-align: top; white-space: pre; padding: 0 1.5em 0 0; border-top: 1px solid #8883 }}
tr:hover {{ background: #88f2 }}
td:first-child {{ color: #888 }}
:root {{ color-scheme: light dark }}
</style>
<h3>{title}</h3>
<table><tr><th>offset<th>WebAssembly<th>LLVM IR<th>machine code</tr>
{rows}
</table>
"""


def page(title: str, blocks: list[Block]) -> str:
    """The blocks as a page for a browser."""
    rows = []
    for block in blocks:
        offset = "" if block.offset is None else f"0x{block.offset:x}"
        cells = (offset, block.wasm, "\n".join(block.ir), "\n".join(block.asm))
        rows.append("<tr>" + "".join(f"<td>{escape(cell)}" for cell in cells) + "</tr>")
    return PAGE.format(title=escape(title), rows="\n".join(rows))
