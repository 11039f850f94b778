"""What a module consists of, as plain data; every part keeps the byte offset at which it stands in the file."""

from dataclasses import dataclass, field

from mote.tables import tables
from mote.wasm.body import Instruction

FUNC, TABLE, MEMORY, GLOBAL = 0, 1, 2, 3
KINDS = ("func", "table", "memory", "global")
PAGE_SIZE = 65536


def valtype_text(byte: int) -> str:
    """A value type as the specification spells it."""
    return tables().valtypes[byte].text


@dataclass(frozen=True, slots=True)
class FuncType:
    """A function type; value types are bytes of the binary format."""

    offset: int
    params: tuple[int, ...]
    results: tuple[int, ...]

    def __str__(self) -> str:
        params = ", ".join(valtype_text(t) for t in self.params)
        return f"({params}) -> ({', '.join(valtype_text(t) for t in self.results)})"


@dataclass(frozen=True, slots=True)
class Limits:
    """Minimum and maximum of a memory (in pages) or a table (in entries)."""

    offset: int
    minimum: int
    maximum: int | None

    def __str__(self) -> str:
        if self.maximum is None:
            return f"{self.minimum} or more"
        return str(self.minimum) if self.minimum == self.maximum else f"{self.minimum} to {self.maximum}"


@dataclass(frozen=True, slots=True)
class TableType:
    """A table's element type and size."""

    offset: int
    reftype: int
    limits: Limits

    def __str__(self) -> str:
        return f"{self.limits} {valtype_text(self.reftype)}"


@dataclass(frozen=True, slots=True)
class GlobalType:
    """A global's value type and whether it can change."""

    offset: int
    valtype: int
    mutable: bool

    def __str__(self) -> str:
        text = valtype_text(self.valtype)
        return f"mut {text}" if self.mutable else text


@dataclass(frozen=True, slots=True)
class Import:
    """An import; `type` is a type index for functions, otherwise a TableType, Limits (memory) or GlobalType."""

    offset: int
    module: str
    name: str
    kind: int
    type: "int | TableType | Limits | GlobalType"


@dataclass(frozen=True, slots=True)
class Export:
    """An export: a name for an index of one of the index spaces."""

    offset: int
    name: str
    kind: int
    index: int


@dataclass(frozen=True, slots=True)
class Global:
    """A global of the module's own, with the expression that initialises it."""

    type: GlobalType
    init: tuple[Instruction, ...]


@dataclass(frozen=True, slots=True)
class Segment:
    """An element or data segment; `place` is its offset expression, None when it is passive or declarative.

    `flags` is the number that its encoding starts with, `count` the number of elements or bytes, `inits` the constant
    expressions of its elements (empty when they are plain function indices).
    """

    offset: int
    flags: int
    target: int
    place: tuple[Instruction, ...] | None
    count: int
    reftype: int | None = None
    functions: tuple[int, ...] = ()
    inits: tuple[tuple[Instruction, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Body:
    """A function's code: where it starts and ends, its locals in groups, and where its instructions start."""

    offset: int
    end: int
    locals: tuple[tuple[int, int], ...]
    code_offset: int


@dataclass(frozen=True, slots=True)
class Section:
    """A section: `offset` is its first byte, `payload` that of its contents; `name` is a custom section's own."""

    offset: int
    payload: int
    end: int
    id: int
    name: str = ""

    @property
    def size(self) -> int:
        """Bytes in the file, with id and length."""
        return self.end - self.offset

    @property
    def text(self) -> str:
        """The kind of section as the specification names it."""
        return tables().sections[self.id].text


@dataclass(slots=True)
class Names:
    """What the custom section "name" says; `problem` is why the rest of it could not be read."""

    module: str = ""
    functions: dict[int, str] = field(default_factory=dict)
    globals: dict[int, str] = field(default_factory=dict)
    problem: str = ""


@dataclass(slots=True)
class Module:
    """A decoded module; index spaces hold imports first, as in the specification."""

    data: bytes
    sections: list[Section] = field(default_factory=list)
    types: list[FuncType] = field(default_factory=list)
    imports: list[Import] = field(default_factory=list)
    functions: list[int] = field(default_factory=list)
    tables: list[TableType] = field(default_factory=list)
    memories: list[Limits] = field(default_factory=list)
    globals: list[Global] = field(default_factory=list)
    exports: list[Export] = field(default_factory=list)
    start: int | None = None
    elements: list[Segment] = field(default_factory=list)
    data_count: int | None = None
    data_count_offset: int = 0
    bodies: list[Body] = field(default_factory=list)
    segments: list[Segment] = field(default_factory=list)
    names: Names = field(default_factory=Names)

    def imported(self, kind: int) -> list[Import]:
        """The imports of one kind, in the order of their index space."""
        return [i for i in self.imports if i.kind == kind]

    def table_types(self) -> list[TableType]:
        """All tables, imported ones first."""
        return [i.type for i in self.imported(TABLE)] + self.tables

    def memory_limits(self) -> list[Limits]:
        """All memories, imported ones first."""
        return [i.type for i in self.imported(MEMORY)] + self.memories

    def global_types(self) -> list[GlobalType]:
        """All globals, imported ones first."""
        return [i.type for i in self.imported(GLOBAL)] + [g.type for g in self.globals]

    def function_types(self) -> list[int]:
        """The type index of every function, imported ones first."""
        return [i.type for i in self.imported(FUNC)] + self.functions

    def function_name(self, index: int) -> str:
        """A function's name: from the name section, an export or an import; empty when it has none."""
        if index in self.names.functions:
            return self.names.functions[index]
        for export in self.exports:
            if export.kind == FUNC and export.index == index:
                return export.name
        imports = self.imported(FUNC)
        return f"{imports[index].module}.{imports[index].name}" if index < len(imports) else ""
