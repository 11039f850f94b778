"""Decodes a module, all sections with their offsets (core specification, "Binary Format: Modules").

It checks what can be checked without types: structure, counts and indices. Function bodies are located here and walked
only by who needs their instructions (body.py).
"""

from collections.abc import Callable
from pathlib import Path

from mote.errors import UserError, reason
from mote.tables import tables
from mote.wasm.body import Instruction, instructions, reftype, valtype
from mote.wasm.model import (
    FUNC,
    GLOBAL,
    KINDS,
    MEMORY,
    TABLE,
    Body,
    Export,
    FuncType,
    Global,
    GlobalType,
    Import,
    Limits,
    Module,
    Section,
    Segment,
    TableType,
)
from mote.wasm.names import decode_names
from mote.wasm.reader import MalformedError, Reader

MAGIC = b"\0asm"
VERSION = b"\1\0\0\0"
FUNC_FORM = 0x60
LOCALS_MAX = 0xFFFFFFFF


def load_module(path: Path) -> Module:
    """Read and decode a file; what is wrong with it is told in one line."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UserError(f"cannot read the file: {reason(error)}", where=str(path)) from error
    try:
        return decode(data)
    except MalformedError as error:
        remedy = "" if error.name != "BAD_MAGIC" else "Is it a WebAssembly binary? Text (.wat) is assembled first."
        raise UserError(str(error), where=str(path), remedy=remedy) from error


def decode(data: bytes) -> Module:
    """Decode a module; MalformedError says what is wrong and where."""
    module = Module(data)
    reader = Reader(data)
    check_header(reader)
    rank = 0
    while reader.left:
        section, payload = section_header(reader)
        module.sections.append(section)
        if not section.id:
            decode_custom(module, payload)
            continue
        if tables().sections[section.id].rank <= rank:
            raise MalformedError("UNEXPECTED_CONTENT", section.offset, f"section '{section.text}' out of order")
        rank = tables().sections[section.id].rank
        DECODERS[tables().sections[section.id].name](module, payload)
        if payload.left:
            raise MalformedError("SECTION_SIZE", payload.pos, f"{payload.left} bytes left in section '{section.text}'")
    check_counts(module)
    check_indices(module)
    return module


def check_header(reader: Reader) -> None:
    """The eight bytes that every module starts with."""
    for expected, error in ((MAGIC, "BAD_MAGIC"), (VERSION, "BAD_VERSION")):
        start = reader.pos
        if not expected.startswith(reader.data[start : start + 4]):
            raise MalformedError(error, start)
        reader.take(4)


def section_header(reader: Reader) -> tuple[Section, Reader]:
    """The next section's header, and a reader for its contents; a custom section's name is read already."""
    start = reader.pos
    kind = reader.u8()
    if kind not in tables().sections:
        raise MalformedError("BAD_SECTION_ID", start, str(kind))
    size = reader.u32()
    payload = reader.part(size)
    name = payload.name() if kind == 0 else ""
    return Section(start, payload.pos, payload.end, kind, name), payload


def decode_custom(module: Module, reader: Reader) -> None:
    """Of custom sections only the names are looked into; the first section of that name counts."""
    if module.sections[-1].name == "name" and not module.names.functions:
        module.names = decode_names(reader)


def decode_functype(reader: Reader) -> FuncType:
    """A function type."""
    start = reader.pos
    if reader.u8() != FUNC_FORM:
        raise MalformedError("BAD_TYPE_FORM", start, f"0x{reader.data[start]:02x}")
    return FuncType(start, tuple(reader.vector(valtype)), tuple(reader.vector(valtype)))


def decode_limits(reader: Reader) -> Limits:
    """Limits: a minimum, and a maximum where the flag says so."""
    start = reader.pos
    flags = reader.u8()
    if flags > 1:
        raise MalformedError("BAD_LIMITS", start, f"0x{flags:02x}")
    return Limits(start, reader.u32(), reader.u32() if flags else None)


def decode_tabletype(reader: Reader) -> TableType:
    """A table's type."""
    return TableType(reader.pos, reftype(reader), decode_limits(reader))


def decode_globaltype(reader: Reader) -> GlobalType:
    """A global's type."""
    start = reader.pos
    content = valtype(reader)
    mutable = reader.u8()
    if mutable > 1:
        raise MalformedError("BAD_MUTABILITY", reader.pos - 1)
    return GlobalType(start, content, bool(mutable))


IMPORT_TYPES: tuple[Callable[[Reader], int | TableType | Limits | GlobalType], ...] = (
    Reader.u32,
    decode_tabletype,
    decode_limits,
    decode_globaltype,
)


def decode_import(reader: Reader) -> Import:
    """An import of any kind."""
    start = reader.pos
    module, name = reader.name(), reader.name()
    kind = reader.u8()
    if kind >= len(KINDS):
        raise MalformedError("BAD_IMPORT_KIND", reader.pos - 1, f"0x{kind:02x}")
    return Import(start, module, name, kind, IMPORT_TYPES[kind](reader))


def decode_export(reader: Reader) -> Export:
    """An export of any kind."""
    start = reader.pos
    name = reader.name()
    kind = reader.u8()
    if kind >= len(KINDS):
        raise MalformedError("BAD_EXPORT_KIND", reader.pos - 1, f"0x{kind:02x}")
    return Export(start, name, kind, reader.u32())


def expression(reader: Reader) -> tuple[Instruction, ...]:
    """A constant expression without its `end`."""
    return tuple(instructions(reader))[:-1]


def decode_element(reader: Reader) -> Segment:
    """An element segment. Flags: 1 passive or declarative, 2 explicit table (or declarative), 4 expressions."""
    start = reader.pos
    flags = reader.u32()
    if flags > 7:
        raise MalformedError("BAD_SEGMENT_KIND", start, str(flags))
    active = not flags & 1
    target = reader.u32() if active and flags & 2 else 0
    place = expression(reader) if active else None
    kind = None
    if flags & 3:
        kind = reftype(reader) if flags & 4 else element_kind(reader)
    if flags & 4:
        inits = tuple(reader.vector(expression))
        return Segment(start, flags, target, place, len(inits), kind, inits=inits)
    functions = tuple(reader.vector(Reader.u32))
    return Segment(start, flags, target, place, len(functions), kind, functions=functions)


def element_kind(reader: Reader) -> None:
    """The byte for `funcref` in segments of function indices."""
    if reader.u8() != 0:
        raise MalformedError("BAD_SEGMENT_KIND", reader.pos - 1, "element kind")


def decode_data(reader: Reader) -> Segment:
    """A data segment. Flags: 1 passive, 2 explicit memory."""
    start = reader.pos
    flags = reader.u32()
    if flags > 2:
        raise MalformedError("BAD_SEGMENT_KIND", start, str(flags))
    target = reader.u32() if flags == 2 else 0
    place = expression(reader) if flags != 1 else None
    size = reader.u32()
    reader.part(size)
    return Segment(start, flags, target, place, size)


def decode_body(reader: Reader) -> Body:
    """A function's locals, and where its instructions are."""
    size = reader.u32()
    body = reader.part(size)
    start = body.pos
    groups = tuple(body.vector(lambda r: (r.u32(), valtype(r)), item_size=2))
    if sum(count for count, _ in groups) > LOCALS_MAX:
        raise MalformedError("TOO_MANY_LOCALS", start)
    return Body(start, body.end, groups, body.pos)


def decode_data_count(module: Module, reader: Reader) -> None:
    """How many data segments there will be."""
    module.data_count_offset = reader.pos
    module.data_count = reader.u32()


def decode_start(module: Module, reader: Reader) -> None:
    """The start function."""
    module.start = reader.u32()


def into(attribute: str, item: Callable[[Reader], object], item_size: int) -> Callable[[Module, Reader], None]:
    """A decoder for a section that is a vector: its items become an attribute of the module."""

    def decode_section(module: Module, reader: Reader) -> None:
        setattr(module, attribute, reader.vector(item, item_size))

    return decode_section


# A row of sections.def -> how to decode it.
DECODERS: dict[str, Callable[[Module, Reader], None]] = {
    "TYPE": into("types", decode_functype, 3),
    "IMPORT": into("imports", decode_import, 4),
    "FUNCTION": into("functions", Reader.u32, 1),
    "TABLE": into("tables", decode_tabletype, 3),
    "MEMORY": into("memories", decode_limits, 2),
    "GLOBAL": into("globals", lambda r: Global(decode_globaltype(r), expression(r)), 4),
    "EXPORT": into("exports", decode_export, 3),
    "START": decode_start,
    "ELEMENT": into("elements", decode_element, 3),
    "CODE": into("bodies", decode_body, 2),
    "DATA": into("segments", decode_data, 2),
    "DATACOUNT": decode_data_count,
}


def check_counts(module: Module) -> None:
    """Sections that speak of the same things agree on how many there are."""
    if len(module.functions) != len(module.bodies):
        detail = f"{len(module.functions)} functions, {len(module.bodies)} bodies"
        raise MalformedError("FUNCTION_CODE_LENGTH", len(module.data), detail)
    if module.data_count not in (None, len(module.segments)):
        detail = f"{module.data_count} declared, {len(module.segments)} segments"
        raise MalformedError("DATA_COUNT_LENGTH", module.data_count_offset, detail)


def check_indices(module: Module) -> None:
    """Types of functions, exports and the start function exist, so that a report can follow them."""
    imports = [(i.type, i.offset) for i in module.imported(FUNC)]
    section = next((s.payload for s in module.sections if s.id and s.text == "function"), 0)
    for typeidx, offset in imports + [(typeidx, section) for typeidx in module.functions]:
        if typeidx >= len(module.types):
            raise MalformedError("UNKNOWN_TYPE", offset, str(typeidx))
    counts = {
        FUNC: (len(imports) + len(module.functions), "UNKNOWN_FUNCTION"),
        TABLE: (len(module.table_types()), "UNKNOWN_TABLE"),
        MEMORY: (len(module.memory_limits()), "UNKNOWN_MEMORY"),
        GLOBAL: (len(module.global_types()), "UNKNOWN_GLOBAL"),
    }
    for export in module.exports:
        if export.index >= counts[export.kind][0]:
            raise MalformedError(counts[export.kind][1], export.offset, str(export.index))
    if module.start is not None and module.start >= counts[FUNC][0]:
        place = next(s.payload for s in module.sections if s.text == "start")
        raise MalformedError("UNKNOWN_FUNCTION", place, str(module.start))
