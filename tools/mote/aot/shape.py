"""What lowering needs to know of a module as a whole: its types in LLVM's terms, its memory, which features its code has."""

from functools import cached_property

from mote.aot.options import Options
from mote.aot.targets import Target
from mote.native_tables import native
from mote.tables import tables
from mote.wasm.body import is_reference
from mote.wasm.model import FUNC, MEMORY, PAGE_SIZE, TABLE, FuncType, Module

TYPES = {"i32": "i32", "i64": "i64", "funcref": "ptr", "externref": "ptr"}
FLOATS = {"f32": ("float", "i32"), "f64": ("double", "i64")}

# Elements up to which a table whose content is known is copied into the image, once for each type of function called through it.
STATIC_TABLE_MAX = 2000


class Shape:
    """A module for one target with one set of options."""

    def __init__(self, module: Module, target: Target, options: Options) -> None:
        self.module = module
        self.target = target
        self.options = options
        self.bounds = options.bounds or target.bounds
        self.call_stack = target.call_stack if options.call_stack is None else options.call_stack
        self.has_lines = "ip" in self.call_stack
        self.function_types = [module.types[t] for t in module.function_types()]
        self.imported_functions = len(module.imported(FUNC))
        self.llvm_types = {v.byte: self.value_type(v.text) for v in tables().valtypes.values()}
        self.grows = False  # set by the scan of the bodies: whether any has memory.grow
        self.writes_tables = False  # and whether any has an instruction that changes a table
        self.first_location = 100
        self.has_frames = bool(self.call_stack)
        self.scope = ", !dbg !99" if self.has_frames else ""  # for calls without a location of their own: LLVM wants one

    def value_type(self, text: str) -> str:
        """LLVM's type for a value type; floats without instructions are the integers that hold their bits."""
        if text in FLOATS:
            hard, soft = FLOATS[text]
            return hard if text in self.target.hard else soft
        return TYPES[text]

    def llvm_type(self, valtype: int) -> str:
        """LLVM's type for a value type's byte."""
        return self.llvm_types[valtype]

    def offset(self, structure: str, field: str) -> int:
        """Where native code finds a field of a structure of the firmware."""
        return native().fields[structure, field][self.target.bits == 64]

    def size(self, structure: str) -> int:
        """Bytes of a structure of the firmware that code steps over."""
        return native().sizes[structure][self.target.bits == 64]

    def helper(self, name: str) -> int:
        """A helper's number."""
        return native().helpers[name].number

    def cells(self, valtypes: tuple[int, ...]) -> list[int]:
        """Where each value lies in cells, in bytes, and at the end how many bytes there are."""
        places, at = [], 0
        for valtype in valtypes:
            places.append(at)
            wide = tables().valtypes[valtype].text in ("i64", "f64") or (is_reference(valtype) and self.target.bits == 64)
            at += 8 if wide else 4
        return [*places, at]

    def canonical(self, typeidx: int) -> int:
        """The first type that equals this one."""
        return self.canonical_types[typeidx]

    @cached_property
    def canonical_types(self) -> list[int]:
        """For each type the first one that equals it."""
        first: dict[tuple, int] = {}
        return [first.setdefault((t.params, t.results), i) for i, t in enumerate(self.module.types)]

    @cached_property
    def memory_minimum(self) -> int:
        """Bytes that memory 0 has at least."""
        limits = self.module.memory_limits()
        return limits[0].minimum * PAGE_SIZE if limits else 0

    @property
    def memory_is_fixed(self) -> bool:
        """Whether memory 0 keeps its size: it is the module's own, nothing in it grows it, and nobody else is to do so."""
        return bool(self.module.memories) and not (self.module.imported(MEMORY) or self.grows or self.options.growable)

    def signature(self, type_: FuncType) -> tuple[str, str]:
        """LLVM's result type and parameter types (after the context) of a function type."""
        results = [self.llvm_type(t) for t in type_.results]
        result = "void" if not results else results[0] if len(results) == 1 else "{ " + ", ".join(results) + " }"
        return result, ", ".join([f"ptr {self.target.pinned}".strip(), *(self.llvm_type(t) for t in type_.params)])

    def global_type(self, globalidx: int) -> str:
        """LLVM's type of a global."""
        return self.llvm_type(self.module.global_types()[globalidx].valtype)

    @cached_property
    def table_count(self) -> int:
        """Tables of the module."""
        return len(self.module.imported(TABLE)) + len(self.module.tables)

    def static_table(self, tableidx: int) -> list[int | None] | None:
        """The functions in a table, where those are known for ever: the table is the module's own, is not exported,
        nothing writes to it, and it is filled at constant places by segments of plain function indices."""
        module = self.module
        own = tableidx - len(module.imported(TABLE))
        if own < 0 or self.writes_tables or any(e.kind == TABLE and e.index == tableidx for e in module.exports):
            return None
        content: list[int | None] = [None] * min(module.tables[own].limits.minimum, STATIC_TABLE_MAX + 1)
        for segment in module.elements:
            if segment.place is None or segment.target != tableidx:
                continue
            start = segment.place[0].immediates[0] if len(segment.place) == 1 and segment.place[0].op.name == "I32_CONST" else -1
            if start < 0 or segment.inits or start + segment.count > len(content):
                return None
            content[start : start + segment.count] = segment.functions
        return content if len(content) <= STATIC_TABLE_MAX else None
