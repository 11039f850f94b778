"""Which parts of WebAssembly a module needs, and the first place that needs each.

Instructions name their feature in opcodes.def; what types, segments and encodings need is told here, by the same rules
as in firmware/wasm.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from mote.tables import Feature, tables
from mote.wasm.body import BlockType, Instruction, instructions, is_reference
from mote.wasm.model import FUNC, GLOBAL, Body, Module
from mote.wasm.reader import MalformedError, Reader

FUNCTION = "function"


@dataclass(frozen=True, slots=True)
class Need:
    """A feature, the first place that needs it, and by what."""

    feature: Feature
    offset: int
    where: str
    what: str
    funcidx: int | None = None


@dataclass(frozen=True, slots=True)
class Unknown:
    """An instruction that no firmware built from these tables can run."""

    funcidx: int
    offset: int
    text: str


@dataclass(slots=True)
class Features:
    """What a module needs; only the first need of each feature is kept, in the order of features.def."""

    module: Module
    needs: dict[str, Need] = field(default_factory=dict)
    unknown: list[Unknown] = field(default_factory=list)

    def need(self, name: str, offset: int, where: str, what: str, funcidx: int | None = None) -> None:
        """Note a need unless the feature is always there or needed further up."""
        if name == "MVP":
            return
        if name not in self.needs or offset < self.needs[name].offset:
            self.needs[name] = Need(tables().features[name], offset, where, what, funcidx)

    def need_type(self, byte: int, offset: int, where: str, funcidx: int | None = None) -> None:
        """Note what a value type needs."""
        if is_reference(byte):
            self.need("REFERENCE_TYPES", offset, where, tables().valtypes[byte].text, funcidx)
        elif tables().valtypes[byte].text.startswith("f"):
            self.need("FLOATING_POINT", offset, where, tables().valtypes[byte].text, funcidx)

    def in_order(self) -> list[Need]:
        """The needs in the order of features.def."""
        return [self.needs[name] for name in tables().features if name in self.needs]


def find_features(module: Module) -> Features:
    """Look through the whole module. Malformed function bodies raise MalformedError."""
    found = Features(module)
    look_at_types(found)
    look_at_globals(found)
    look_at_tables(found)
    look_at_segments(found)
    imported = len(module.imported(FUNC))
    for index, body in enumerate(module.bodies, imported):
        look_at_body(found, index, body)
    return found


def look_at_types(found: Features) -> None:
    """Function types: floats, references, several results."""
    for index, functype in enumerate(found.module.types):
        where = f"type {index}"
        for byte in functype.params + functype.results:
            found.need_type(byte, functype.offset, where)
        if len(functype.results) > 1:
            found.need("MULTI_VALUE", functype.offset, where, f"{len(functype.results)} results")


def look_at_globals(found: Features) -> None:
    """Globals of any kind: their types, whether variable ones are shared, how they are initialised."""
    module = found.module
    types = module.global_types()
    for index, globaltype in enumerate(types):
        found.need_type(globaltype.valtype, globaltype.offset, f"global {index}")
    for imported in module.imported(GLOBAL):
        if imported.type.mutable:
            found.need("MUTABLE_GLOBALS", imported.offset, "import", f"{imported.module}.{imported.name}")
    for export in module.exports:
        if export.kind == GLOBAL and types[export.index].mutable:
            found.need("MUTABLE_GLOBALS", export.offset, "export", export.name)
    first = len(types) - len(module.globals)
    for index, own in enumerate(module.globals, first):
        look_at_expression(found, own.init, f"global {index}")


def look_at_tables(found: Features) -> None:
    """Tables: more than one, or of other references than to functions."""
    types = found.module.table_types()
    for index, table in enumerate(types):
        if tables().valtypes[table.reftype].name != "FUNCREF":
            text = f"table of {tables().valtypes[table.reftype].text}"
            found.need("REFERENCE_TYPES", table.offset, f"table {index}", text)
        elif index:
            found.need("REFERENCE_TYPES", table.offset, f"table {index}", "more than one table")


def look_at_segments(found: Features) -> None:
    """Element and data segments: kinds that WebAssembly 1.0 did not have, and their expressions."""
    module = found.module
    if module.data_count is not None:
        found.need("BULK_MEMORY", module.data_count_offset, "data count section", "data count")
    for kind, segments in (("element", module.elements), ("data", module.segments)):
        for index, segment in enumerate(segments):
            where = f"{kind} segment {index}"
            if segment.flags:
                what = "not active" if segment.flags & 1 else "a form newer than WebAssembly 1.0"
                found.need("BULK_MEMORY", segment.offset, where, what)
            for expression in (segment.place or (), *segment.inits):
                look_at_expression(found, expression, where)


def look_at_expression(found: Features, expression: Iterable[Instruction], where: str) -> None:
    """A constant expression: what takes operands came with extended constant expressions."""
    for instruction in expression:
        name = "EXTENDED_CONST" if instruction.op.operands else instruction.op.feature.name
        found.need(name, instruction.offset, where, instruction.op.text)


def look_at_body(found: Features, funcidx: int, body: Body) -> None:
    """A function's locals and instructions; an unknown instruction ends the look at this function."""
    for _, byte in body.locals:
        found.need_type(byte, body.offset, FUNCTION, funcidx)
    reader = Reader(found.module.data, body.code_offset, body.end)
    try:
        look_at_instructions(found, funcidx, reader)
        if reader.left:
            raise MalformedError("SECTION_SIZE", reader.pos, f"{reader.left} bytes left")
    except MalformedError as error:
        error.funcidx = funcidx
        if error.name != "ILLEGAL_OPCODE":
            raise
        found.unknown.append(Unknown(funcidx, error.offset, error.detail))


def look_at_instructions(found: Features, funcidx: int, reader: Reader) -> None:
    """The instructions of one function."""
    for instruction in instructions(reader):
        op = instruction.op
        if op.feature.name not in found.needs:
            found.need(op.feature.name, instruction.offset, FUNCTION, op.text, funcidx)
        if op.immediate.name in LOOKS:
            for name, what in LOOKS[op.immediate.name](found.module, instruction):
                found.need(name, instruction.offset, FUNCTION, what, funcidx)


def look_at_block(module: Module, instruction: Instruction) -> Iterator[tuple[str, str]]:
    """A block's type: a function type, or what its single result is."""
    block: BlockType = instruction.immediates[0]
    if block.valtype is not None:
        yield from look_at_valtype(block.valtype)
    if block.typeidx is not None:
        yield "MULTI_VALUE", f"{instruction.op.text} with a function type"


def look_at_call_indirect(module: Module, instruction: Instruction) -> Iterator[tuple[str, str]]:
    """Another table than 0, or its index in more than one byte, which compilers leave room for."""
    if instruction.immediates[1] or module.data[instruction.end - 2] & 0x80:
        yield "REFERENCE_TYPES", "call_indirect with a long table index"


def look_at_select(module: Module, instruction: Instruction) -> Iterator[tuple[str, str]]:
    """The types of a typed select."""
    for byte in instruction.immediates[0]:
        yield from look_at_valtype(byte)


def look_at_valtype(byte: int) -> Iterator[tuple[str, str]]:
    """What a value type needs inside of code."""
    if is_reference(byte):
        yield "REFERENCE_TYPES", tables().valtypes[byte].text
    elif tables().valtypes[byte].text.startswith("f"):
        yield "FLOATING_POINT", tables().valtypes[byte].text


# A row of immediates.def -> what to look for in it.
LOOKS = {
    "BLOCKTYPE": look_at_block,
    "CALL_INDIRECT": look_at_call_indirect,
    "SELECT_T": look_at_select,
}
