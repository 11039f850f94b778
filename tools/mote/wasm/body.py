"""Walks instructions, in function bodies and constant expressions, by the table of immediates.

No instruction has code of its own here: a field's character in immediates.def names the way to read it.
"""

from collections.abc import Callable, Iterator
from functools import cache
from typing import NamedTuple

from mote.tables import Op, tables
from mote.wasm.reader import MalformedError, Reader

V128 = 0x7B


class Memarg(NamedTuple):
    """Alignment (as a power of two) and offset of a memory access."""

    align: int
    offset: int


class BlockType(NamedTuple):
    """A block's type: an index of the type section, a value type's byte, or neither."""

    typeidx: int | None
    valtype: int | None


class Instruction(NamedTuple):
    """An instruction with its byte offset and immediates, one value a field of its row in immediates.def."""

    offset: int
    op: Op
    immediates: tuple
    end: int


def valtype(reader: Reader) -> int:
    """A value type's byte."""
    byte = reader.u8()
    if byte not in tables().valtypes:
        raise MalformedError("BAD_VALTYPE", reader.pos - 1, "v128 needs simd" if byte == V128 else f"0x{byte:02x}")
    return byte


def reftype(reader: Reader) -> int:
    """A reference type's byte."""
    byte = reader.u8()
    if not is_reference(byte):
        raise MalformedError("BAD_REFTYPE", reader.pos - 1, f"0x{byte:02x}")
    return byte


def is_reference(byte: int) -> bool:
    """Whether a value type's byte stands for a reference type."""
    known = tables().valtypes.get(byte)
    return known is not None and known.name.endswith("REF")


def blocktype(reader: Reader) -> BlockType:
    """What a block takes and gives: nothing, one value, or a function type."""
    start = reader.pos
    value = reader.s33()
    if value >= 0:
        return BlockType(value, None)
    if value == -64:
        return BlockType(None, None)
    if value & 0x7F not in tables().valtypes or reader.pos - start > 1:
        raise MalformedError("BAD_VALTYPE", start)
    return BlockType(None, value & 0x7F)


def memarg(reader: Reader) -> Memarg:
    """Alignment and offset of a memory access."""
    start = reader.pos
    align = reader.u32()
    if align >= 32:
        raise MalformedError("BAD_MEMARG", start)
    return Memarg(align, reader.u32())


def zero(reader: Reader) -> int:
    """The byte that stands for memory or table 0."""
    if reader.u8() != 0:
        raise MalformedError("ZERO_EXPECTED", reader.pos - 1)
    return 0


def br_table(reader: Reader) -> tuple[tuple[int, ...], int]:
    """The labels of a br_table and its default label."""
    labels = reader.vector(Reader.u32)
    return tuple(labels), reader.u32()


# A character of immediates.def -> how to read the field.
FIELDS: dict[str, Callable[[Reader], object]] = {
    "u": Reader.u32,
    "s": Reader.s32,
    "S": Reader.s64,
    "4": lambda reader: reader.take(4),
    "8": lambda reader: reader.take(8),
    "b": blocktype,
    "t": reftype,
    "a": memarg,
    "z": zero,
    "*": br_table,
    "T": lambda reader: tuple(reader.vector(valtype)),
}


@cache
def decoders() -> dict[tuple[int, int], tuple[Op, tuple[Callable[[Reader], object], ...], int]]:
    """For each opcode: its row, how to read each of its fields, and by how much it changes the depth of blocks."""
    result = {}
    for key, op in tables().ops.items():
        depth = 1 if op.immediate.name == "BLOCKTYPE" else -1 if op.name == "END" else 0
        result[key] = (op, tuple(FIELDS[field] for field in op.immediate.fields), depth)
    return result


@cache
def prefixes() -> frozenset[int]:
    """The bytes after which an opcode is a number of its own."""
    return frozenset(prefix for prefix, _ in tables().ops if prefix)


def illegal_opcode(offset: int, code: int, reader: Reader) -> MalformedError:
    """The error for an unknown opcode, with the proposal that it belongs to where that is known."""
    proposal = tables().proposal(code)
    behind = " ".join(f"{byte:02x}" for byte in reader.data[offset : max(reader.pos, offset + 1)])
    return MalformedError("ILLEGAL_OPCODE", offset, f"{behind} needs {proposal}" if proposal else behind)


def instructions(reader: Reader) -> Iterator[Instruction]:
    """The instructions up to the `end` that closes the expression, which comes last; the reader is left behind it."""
    known, prefixed = decoders(), prefixes()
    depth = 1
    while depth:
        offset = reader.pos
        code = reader.u8()
        key = (code, reader.u32()) if code in prefixed else (0, code)
        if key not in known:
            raise illegal_opcode(offset, code, reader)
        op, fields, change = known[key]
        depth += change
        yield Instruction(offset, op, tuple([read(reader) for read in fields]) if fields else (), reader.pos)
