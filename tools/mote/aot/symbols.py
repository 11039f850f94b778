"""From places in native code to functions and instructions of the module, by the tables of its section."""

import struct
from bisect import bisect_right
from dataclasses import dataclass

from mote.aot.lines import decode_lines
from mote.aot.section import NativeSection
from mote.wasm.body import instructions
from mote.wasm.model import FUNC, Module
from mote.wasm.reader import MalformedError, Reader
from mote.wasm.text import instruction_text


@dataclass(frozen=True, slots=True)
class Symbol:
    """What lies at a place: a function (None: a thunk), how far behind its beginning, the instruction if known."""

    address: int
    funcidx: int | None
    name: str
    distance: int
    offset: int | None
    instruction: str

    def __str__(self) -> str:
        where = "thunk" if self.funcidx is None else f"func {self.funcidx}" + (f" `{self.name}`" if self.name else "")
        known = "" if self.offset is None else f" (offset 0x{self.offset:x}{': ' * bool(self.instruction)}{self.instruction})"
        return f"{where} + 0x{self.distance:x}{known}"


class Symbols:
    """The places of a module's native section."""

    def __init__(self, module: Module, section: NativeSection) -> None:
        header = section.header
        self.module = module
        self.image_size = header["image_size"]
        self.func_count = header["func_count"]
        self.codes = struct.unpack(f"<{header['code_count']}I", section.part("codes", 4 * header["code_count"]))
        self.lines = list(decode_lines(section.part("lines", header["lines_size"]))) if header["lines_at"] else []
        self.line_addresses = [address for address, _ in self.lines]

    def find(self, address: int) -> Symbol | None:
        """What lies at an offset in the image; None outside of it."""
        if not 0 <= address < self.image_size or not self.codes or address < self.codes[0]:
            return None
        code = bisect_right(self.codes, address) - 1
        line = bisect_right(self.line_addresses, address) - 1
        offset = self.lines[line][1] if line >= 0 else 0
        funcidx = len(self.module.imported(FUNC)) + code if code < self.func_count else None
        name = self.module.function_name(funcidx) if funcidx is not None else ""
        return Symbol(address, funcidx, name, address - self.codes[code], offset or None, instruction_at(self.module, offset))


def instruction_at(module: Module, offset: int) -> str:
    """The instruction at an offset in the module, as text; empty when none begins there."""
    body = next((body for body in module.bodies if body.code_offset <= offset < body.end), None)
    try:
        code = instructions(Reader(module.data, body.code_offset, body.end)) if body else ()
        return next((instruction_text(module, i) for i in code if i.offset == offset), "")
    except MalformedError:
        return ""
