"""`mote disasm`: what became of a function, instruction by instruction."""

from itertools import zip_longest
from pathlib import Path
from typing import Any

import click

from mote import console
from mote.aot.emit import find_function
from mote.aot.machines import board_target, this_machine
from mote.aot.options import BOUNDS, LEVELS, Options
from mote.aot.sidebyside import Block, page, side_by_side
from mote.aot.targets import find_target
from mote.cli.aot import check_valid
from mote.console import Report, printable, size
from mote.errors import ExitCode, UserError
from mote.output import write_output
from mote.wasm.model import FUNC, Module
from mote.wasm.module import load_module

WASM_WIDTH, IR_WIDTH, ASM_WIDTH = 44, 76, 60
HEADINGS = ("offset", "WebAssembly", "LLVM IR", "machine code")


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.argument("function", required=False, metavar="[NAME|INDEX]")
@click.option("-t", "--target", "name", metavar="TARGET", help="A CPU, see mote targets; default: this machine's.")
@click.option("--board", "--for", "board", metavar="BOARD", help="The CPU of a board.")
@click.option("-O", "--optimize", "level", type=click.Choice(LEVELS), default="2", show_default=True, help="Optimisation level.")
@click.option("--bounds", type=click.Choice(BOUNDS), help="How memory accesses are checked; default: as the target says.")
@click.option("--ir/--no-ir", default=True, help="With the column of LLVM IR, or without.")
@click.option("--html", type=click.Path(path_type=Path), metavar="FILE", help="Write a page for a browser instead.")
@click.option("--json", "as_json", is_flag=True, help="Print the blocks as JSON.")
def command(file: Path, function: str | None, name: str | None, board: str | None, as_json: bool, **given: Any) -> int:
    """Show WebAssembly, LLVM IR and machine code of a function of FILE side by side; without a function, list them.

    The function is compiled for this, with the place of each instruction noted; optimisation moves machine code, so an
    instruction's machine code need not be in one piece, and what was made of several instructions stands with one of them.
    """
    if name and board:
        raise UserError("--target and --board exclude each other", code=ExitCode.USAGE)
    target = find_target(name) if name else board_target(board) if board else this_machine()
    module = load_module(file)
    check_valid(file)
    if function is None:
        list_functions(module, file)
        return ExitCode.OK
    index = find_function(module, function)
    blocks = side_by_side(module, index, target, Options(level=given["level"], bounds=given["bounds"]))
    title = f"function {index}" + (f" `{module.function_name(index)}`" if module.function_name(index) else "")
    if given["html"]:
        write_output(given["html"], page(f"{title} on {target.name}", blocks).encode())
    elif as_json:
        console.print_json([{"offset": b.offset, "wasm": b.wasm.strip(), "ir": b.ir, "asm": b.asm} for b in blocks])
    else:
        show(f"{title} on {target.name}", blocks, given["ir"])
    return ExitCode.OK


def list_functions(module: Module, file: Path) -> None:
    """The functions that have code, with its size."""
    out = Report()
    first = len(module.imported(FUNC))
    out.table(
        (
            (f"  {first + i}", printable(module.function_name(first + i), 60) or "-", size(body.end - body.offset))
            for i, body in enumerate(module.bodies)
        ),
        right=(0, 2),
        styles=("dim", "", "dim"),
    )
    out.line(f"\nmote disasm {printable(str(file), 1000)} INDEX shows one of them.")


def show(title: str, blocks: list[Block], with_ir: bool) -> None:
    """A table in the order of the module."""
    out = Report()
    out.line(printable(title), style="bold")
    rows = [HEADINGS]
    for block in blocks:
        offset = "" if block.offset is None else f"0x{block.offset:x}"
        wasm = "(before the first instruction)" if block.offset is None else block.wasm
        lines = zip_longest([offset], [wasm], block.ir if with_ir else [], block.asm, fillvalue="")
        rows += [(a, cut(b, WASM_WIDTH), cut(c, IR_WIDTH), cut(d, ASM_WIDTH)) for a, b, c, d in lines]
    if not with_ir:
        rows = [(a, b, d) for a, b, _, d in rows]
    out.table(rows, right=(0,), styles=("dim", "", "cyan", "green") if with_ir else ("dim", "", "green"))


def cut(text: str, width: int) -> str:
    """The text as it may go to a terminal, in a column."""
    return printable(text, width)
