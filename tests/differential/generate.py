"""Generates whole modules: types, imports, tables, memory, globals, segments, and functions over all of them."""

from dataclasses import dataclass, field

from differential.choices import Choices
from differential.encode import (
    EXTERNS,
    NUMBERS,
    REFERENCES,
    FuncType,
    ModuleBytes,
    constant,
    limits,
    name,
    opcode,
    sized,
    unsigned,
    valtype,
    vector,
)
from differential.expressions import INTERESTING
from differential.function import FunctionWriter
from differential.surroundings import Surroundings

FUEL = 150
MEMORY_MAX_PAGES = 3
HOST_FUNCTIONS = {"print": FuncType(), "print_i32": FuncType(("i32",)), "print_f64_f64": FuncType(("f64", "f64"))}


@dataclass(frozen=True)
class Export:
    """What an earlier module of the same script offers: kind and type."""

    module: str
    name: str
    kind: str
    type: object


@dataclass
class Generated:
    """A module, and what a test does with it."""

    module: bytes
    functions: dict[str, FuncType] = field(default_factory=dict)
    globals: list[str] = field(default_factory=list)
    exports: list[Export] = field(default_factory=list)


class ModuleWriter:
    """Writes one module; `offered` are exports of earlier ones that it may import."""

    def __init__(self, choices: Choices, title: str, offered: list[Export]) -> None:
        self.choices = choices
        self.title = title
        self.offered = offered
        self.module = ModuleBytes()
        self.around = Surroundings(self.module)
        self.result = Generated(b"")
        self.imported_functions = 0

    def write(self) -> Generated:
        """The module."""
        self.imports()
        self.tables()
        self.memory()
        self.globals()
        kinds = [self.functype() for _ in range(self.choices.between(1, 5))]
        self.around.functions += kinds
        self.around.declared = list(range(self.imported_functions, len(self.around.functions)))
        self.elements()
        self.datas()
        for i, kind in enumerate(kinds):
            self.function(i, kind)
        self.refuel()
        self.result.module = self.module.encoded()
        return self.result

    def export(self, title: str, kind: str, index: int, of: object) -> None:
        """Export something, so that the test can see it and later modules can import it."""
        self.module.export(title, kind, index)
        self.result.exports.append(Export(self.title, title, kind, of))

    # ---- Imports ---------------------------------------------------------------------------------------------------

    def imports(self) -> None:
        """Host functions, and some of what earlier modules offer."""
        for title, kind in HOST_FUNCTIONS.items():
            if self.choices.chance(30):
                self.import_item("host", title, "func", unsigned(self.module.typeidx(kind)))
                self.around.functions.append(kind)
        for offer in self.offered:
            if self.choices.chance(50):
                self.import_offer(offer)
        self.imported_functions = len(self.around.functions)

    def import_item(self, module: str, title: str, kind: str, description: bytes) -> None:
        """An entry of the import section."""
        self.module.imports.append(name(module) + name(title) + bytes([EXTERNS.index(kind)]) + description)

    def import_offer(self, offer: Export) -> None:
        """Import what another module exports."""
        if offer.kind == "func":
            assert isinstance(offer.type, FuncType)
            self.around.functions.append(offer.type)
            description = unsigned(self.module.typeidx(offer.type))
        elif offer.kind == "global":
            self.around.writable.append(len(self.around.globals))
            self.around.globals.append(str(offer.type))
            description = bytes([valtype(str(offer.type)), 1])
        elif offer.kind == "table":
            self.around.tables.append(str(offer.type))
            description = bytes([valtype(str(offer.type))]) + limits(0, 30)
        elif self.around.has_memory:
            return
        else:
            self.around.has_memory = True
            description = limits(0, MEMORY_MAX_PAGES)
        self.import_item(offer.module, offer.name, offer.kind, description)

    # ---- What functions work on ------------------------------------------------------------------------------------

    def tables(self) -> None:
        """Up to three tables."""
        for _ in range(self.choices.below(4)):
            kind = self.choices.weighted(((3, "funcref"), (1, "externref")))
            self.module.tables.append(bytes([valtype(kind)]) + limits(self.choices.between(2, 16), 30))
            self.around.tables.append(kind)
            self.export(f"t{len(self.module.tables)}", "table", len(self.around.tables) - 1, kind)

    def memory(self) -> None:
        """A memory, mostly."""
        if not self.around.has_memory and not self.choices.chance(10):
            self.module.memories.append(limits(self.choices.between(1, 2), MEMORY_MAX_PAGES))
            self.around.has_memory = True
        if self.around.has_memory:
            self.export("memory", "memory", 0, None)

    def globals(self) -> None:
        """The fuel, then one or two mutable globals of each type and a few immutable ones."""
        self.around.fuel = len(self.around.globals)
        self.add_global("i32", True, constant("i32", FUEL))
        for kind in (*NUMBERS, *REFERENCES):
            for _ in range(self.choices.below(3)):
                mutable = self.choices.chance(75)
                self.add_global(kind, mutable, self.initial(kind))

    def add_global(self, kind: str, mutable: bool, value: bytes) -> None:
        """A global, exported under its index."""
        index = len(self.around.globals)
        self.module.globals.append(bytes([valtype(kind), mutable]) + value + opcode("end"))
        self.around.globals.append(kind)
        if mutable and index != self.around.fuel:
            self.around.writable.append(index)
        self.result.globals.append(f"g{index}")
        if mutable and index != self.around.fuel:  # whoever could import the fuel could fill it up
            self.export(f"g{index}", "global", index, kind)
        else:
            self.module.export(f"g{index}", "global", index)

    def initial(self, kind: str) -> bytes:
        """A constant expression."""
        if kind in REFERENCES:
            return opcode("ref.null") + bytes([valtype(kind)])
        value = constant(kind, self.choices.pick(INTERESTING[kind]))
        if kind[0] == "i" and self.choices.chance(20):
            other = constant(kind, self.choices.pick(INTERESTING[kind]))
            return value + other + opcode(f"{kind}.{self.choices.pick(('add', 'sub', 'mul'))}")
        return value

    # ---- Segments --------------------------------------------------------------------------------------------------

    def offset(self, limit: int) -> bytes:
        """Where an active segment goes; rarely outside."""
        at = self.choices.below(limit) if self.choices.chance(99) else self.choices.pick((65535, 0xFFFFFFFF))
        return constant("i32", at) + opcode("end")

    def elements(self) -> None:
        """Element segments of all modes and encodings."""
        for _ in range(self.choices.below(5)):
            self.module.elements.append(self.element())
            self.around.elements.append("funcref")

    def element(self) -> bytes:
        """One element segment."""
        tables_ = self.around.tables_of("funcref")
        members = [self.choices.pick(self.around.declared) for _ in range(self.choices.below(5))]
        indices = vector(map(unsigned, members))
        null = opcode("ref.null") + bytes([valtype("funcref")]) + opcode("end")
        expressions = vector([*(opcode("ref.func") + unsigned(i) + opcode("end") for i in members), null])
        typed = bytes([valtype("funcref")]) + expressions
        flags = self.choices.pick((2, 1, 6, 5, 3) if tables_ else (1, 5, 3))
        table = unsigned(self.choices.pick(tables_)) if flags in (2, 6) else b""
        placed = table + self.offset(2) if flags in (2, 6) else b""
        return bytes([flags]) + placed + (typed if flags in (5, 6) else b"\0" + indices)

    def datas(self) -> None:
        """Data segments, active and passive."""
        for _ in range(self.choices.below(4)):
            content = sized(bytes(self.choices.number(1) for _ in range(self.choices.below(20))))
            if self.around.has_memory and self.choices.chance(60):
                self.module.datas.append(b"\0" + self.offset(300) + content)
            else:
                self.module.datas.append(b"\x01" + content)
        if self.module.datas:
            self.module.data_count = self.around.data_count = len(self.module.datas)

    # ---- Functions -------------------------------------------------------------------------------------------------

    def functype(self) -> FuncType:
        """Some parameters, some results."""
        kinds = [(3, "i32"), (2, "i64"), (2, "f32"), (2, "f64"), (1, "externref"), (1, "funcref")]
        return FuncType(
            tuple(self.choices.weighted(kinds) for _ in range(self.choices.below(5))),
            tuple(self.choices.weighted(kinds) for _ in range(self.choices.weighted([(3, 1), (1, 0), (1, 2), (1, 4)]))),
        )

    def function(self, i: int, kind: FuncType) -> None:
        """A function with its locals, exported."""
        count = self.choices.weighted([(8, self.choices.below(6)), (1, 40), (1, 300)])
        run = self.choices.pick(NUMBERS)
        locals_ = [self.choices.pick((*NUMBERS, *REFERENCES)) if count < 6 else run for _ in range(count)]
        writer = FunctionWriter(self.around, kind, locals_, self.choices, budget=self.choices.pick((20, 60, 200)))
        code = writer.write()
        self.module.add_function(kind, code, [*locals_, "f32", "f64"])
        self.export(f"f{i}", "func", self.imported_functions + i, kind)
        self.result.functions[f"f{i}"] = kind

    def refuel(self) -> None:
        """A function that fills the fuel up again."""
        code = constant("i32", FUEL) + opcode("global.set") + unsigned(self.around.fuel)
        self.module.add_function(FuncType(), code)
        self.module.export("refuel", "func", len(self.around.functions))


def generate(choices: Choices, title: str = "m0", offered: list[Export] | None = None) -> Generated:
    """A valid module decided by `choices`."""
    return ModuleWriter(choices, title, offered or []).write()
