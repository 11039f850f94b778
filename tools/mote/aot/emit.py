"""`mote aot --emit`: what lies between a function and its machine code, for people and other tools."""

import sys
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from mote.aot.options import Options
from mote.aot.targets import Target
from mote.errors import ExitCode, UserError
from mote.output import write_output
from mote.wasm.model import FUNC, Module

EMITTED = ("ir", "asm", "obj")


def find_function(module: Module, text: str) -> int:
    """The index of a function of the module's own, by index or name."""
    imported, total = len(module.imported(FUNC)), len(module.function_types())
    if text.isdecimal():
        index = int(text)
        if index >= total:
            raise UserError(f"there is no function {index}", remedy=f"The last one is {total - 1}.", code=ExitCode.USAGE)
    else:
        names = {module.function_name(i): i for i in range(total - 1, -1, -1)}
        if text not in names:
            close = get_close_matches(text, names, n=1)
            hint = f"Did you mean '{close[0]}'? " if close else ""
            raise UserError(f"there is no function '{text}'", remedy=f"{hint}mote disasm lists them.", code=ExitCode.USAGE)
        index = names[text]
    if index < imported:
        raise UserError(f"function {index} is imported: it has no code here", code=ExitCode.USAGE)
    return index


def emit(
    module: Module, targets: list[Target], options: Options, kind: str, function: str | None, output: Path | None
) -> int:
    """Write IR or assembly of all functions or of one, or the object file of one; to standard output unless told otherwise."""
    if len(targets) != 1:
        raise UserError("--emit writes for one target at a time", code=ExitCode.USAGE)
    if kind == "obj" and function is None:
        raise UserError("--emit=obj makes an object file of one function", remedy="Add --function.", code=ExitCode.USAGE)
    if kind == "obj" and output is None and sys.stdout.isatty():
        raise UserError("an object file is not for a terminal", remedy="Add -o FILE.", code=ExitCode.USAGE)
    wanted = None if function is None else find_function(module, function)
    data = b"\n".join(emitted(module, targets[0], options, kind, wanted))
    if output:
        write_output(output, data)
    else:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
    return ExitCode.OK


def emitted(module: Module, target: Target, options: Options, kind: str, funcidx: int | None) -> list[bytes]:
    """What one or all units become."""
    from mote.aot.codegen import compile_ir
    from mote.aot.lower import ModuleLowering

    lowering = ModuleLowering(module, target, options)
    units: list[Any] = [unit for unit in lowering.units() if funcidx is None or unit.funcidx == funcidx]
    made = [compile_ir(lowering.lower(unit).text, target, options, emit=kind) for unit in units]
    return [part.encode() if isinstance(part, str) else part for part in made]
