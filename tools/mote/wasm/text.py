"""Instructions as the text format writes them, with the names that the module has for functions and globals."""

import struct
from collections.abc import Callable, Iterable, Iterator

from mote.wasm.body import BlockType, Instruction, Memarg
from mote.wasm.model import Module, valtype_text

INDENT = "  "
DEEPEST = 8  # further in it is no longer shown: compilers open a block for each case of a switch


def listing(module: Module, instructions: Iterable[Instruction]) -> Iterator[tuple[int, str]]:
    """Each instruction's offset and text, moved to the right by the blocks around it."""
    depth = 0
    for instruction in instructions:
        closes = instruction.op.name in ("END", "ELSE")
        depth -= closes and depth > 0
        yield instruction.offset, INDENT * min(depth, DEEPEST) + instruction_text(module, instruction)
        depth += instruction.op.immediate.name == "BLOCKTYPE" or instruction.op.name == "ELSE"


def instruction_text(module: Module, instruction: Instruction) -> str:
    """An instruction with its immediates."""
    op, values = instruction.op, instruction.immediates
    if op.immediate.name in WRITERS:
        return f"{op.text} {WRITERS[op.immediate.name](module, *values)}"
    fields = zip(op.immediate.fields, values, strict=True)
    name = "select" if op.immediate.name == "SELECT_T" else op.text
    return " ".join([name, *(text for field, value in fields if (text := FIELDS[field](value)))])


def function_text(module: Module, index: int) -> str:
    """A function by its name, else by its index."""
    name = module.function_name(index)
    return f"${name}" if name else str(index)


def global_text(module: Module, index: int) -> str:
    """A global by its name, else by its index."""
    name = module.names.globals.get(index)
    return f"${name}" if name else str(index)


def indirect_text(module: Module, typeidx: int, table: int) -> str:
    """The type of an indirect call, and its table unless that is the first."""
    return f"{table} (type {typeidx})" if table else f"(type {typeidx})"


def memarg_text(memarg: Memarg) -> str:
    """Offset and alignment of a memory access."""
    return (f"offset={memarg.offset} " if memarg.offset else "") + f"align={1 << memarg.align}"


def block_text(block: BlockType) -> str:
    """A block's type."""
    if block.typeidx is not None:
        return f"(type {block.typeidx})"
    return f"(result {valtype_text(block.valtype)})" if block.valtype is not None else ""


# A row of immediates.def that is written in a form of its own.
WRITERS: dict[str, Callable[..., str]] = {
    "FUNCIDX": function_text,
    "GLOBALIDX": global_text,
    "CALL_INDIRECT": indirect_text,
}
# A character of immediates.def -> how to write the field.
FIELDS: dict[str, Callable[..., str]] = {
    "u": str,
    "s": str,
    "S": str,
    "4": lambda raw: repr(struct.unpack("<f", raw)[0]),
    "8": lambda raw: repr(struct.unpack("<d", raw)[0]),
    "b": block_text,
    "t": lambda byte: valtype_text(byte).removesuffix("ref"),
    "a": memarg_text,
    "z": lambda _: "",
    "*": lambda labels: " ".join(map(str, (*labels[0], labels[1]))),
    "T": lambda types: f"(result {' '.join(map(valtype_text, types))})",
}
