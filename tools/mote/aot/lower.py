"""A module on its way to LLVM IR: the units to compile (functions, then thunks), and the text of each."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b

from mote.aot import calls, lower_control, lower_memory
from mote.aot.function import Function, Handler, Label
from mote.aot.lower_numeric import by_helper, is_helped, numeric
from mote.aot.options import Options
from mote.aot.shape import Shape
from mote.aot.targets import Target
from mote.aot.thunks import Thunks
from mote.aot.unit import Unit, assemble
from mote.errors import UserError
from mote.native_tables import native
from mote.tables import Op
from mote.wasm.body import Instruction, instructions
from mote.wasm.model import FUNC, Body, Module
from mote.wasm.reader import Reader

OPENING = frozenset({"BLOCK", "LOOP", "IF"})
CALLING = frozenset({"CALL", "CALL_INDIRECT"})
ASSIGNING = frozenset({"LOCAL_SET", "LOCAL_TEE"})
# Functions with more instructions check the stack at once: their frames could be large.
SMALL_MAX = 400
WRITES_TABLES = frozenset({"TABLE_SET", "TABLE_INIT", "TABLE_COPY", "TABLE_GROW", "TABLE_FILL"})
SURROUNDINGS = ("type", "import", "function", "table", "memory", "global", "export", "element")
NOTABLE = re.compile(rb"\x40\x00|\x26|\xfc[\x0c-\x11\x8c-\x91]")  # memory.grow, table.set, the prefixed instructions on tables
FLAG_NO_INTERRUPT, FLAG_STRIPPED, FLAG_FIXED_MEMORY = 4, 8, 16


@dataclass(frozen=True, slots=True)
class Lowered:
    """A unit's IR, whether it checks the stack, and the features of features.def that its instructions belong to."""

    text: str
    checks_stack: bool
    used: frozenset[str] = frozenset()


class ModuleLowering:
    """Lowers the functions of a valid module for a target."""

    def __init__(self, module: Module, target: Target, options: Options) -> None:
        self.module = module
        self.target = target
        self.options = options
        self.shape = Shape(module, target, options)
        seen = {name for body in module.bodies for name in self.notable(body)}
        self.shape.grows = "MEMORY_GROW" in seen
        self.shape.writes_tables = bool(seen & WRITES_TABLES)
        if self.shape.bounds == "mask" and self.shape.memory_minimum == 0:
            raise UserError("--bounds=mask needs a memory whose minimum is not 0", remedy="Choose other bounds.")
        self.thunks = Thunks(self.shape)
        self.handlers: dict[str, Handler] = {}
        first = self.shape.imported_functions
        self.bodies = {f"f{first + i}": body for i, body in enumerate(module.bodies)}

    def notable(self, body: Body) -> set[str]:
        """The instructions of a body that change sizes or tables; only bodies with their bytes are decoded."""
        raw = self.module.data[body.code_offset : body.end]
        if not NOTABLE.search(raw):
            return set()
        code = instructions(Reader(self.module.data, body.code_offset, body.end))
        return {i.op.name for i in code} & (WRITES_TABLES | {"MEMORY_GROW"})

    def units(self) -> list[Unit]:
        """All functions in their order, then the thunks."""
        first = self.shape.imported_functions
        functions = [
            Unit(f"f{first + i}", first + i, self.module.function_name(first + i), len(body_bytes), body.offset)
            for i, body in enumerate(self.module.bodies)
            for body_bytes in [self.module.data[body.offset : body.end]]
        ]
        return functions + [Unit(symbol, None, "", 0, 0) for symbol in self.thunks.symbols()]

    def key(self, unit: Unit) -> bytes:
        """A hash of everything that the unit's IR depends on, apart from target, options and compiler."""
        digest = blake2b(self.surroundings(), digest_size=20)
        digest.update(unit.symbol.encode())
        if unit.funcidx is not None:
            body = self.bodies[unit.symbol]
            digest.update(self.module.data[body.offset : body.end])
        return digest.digest()

    def surroundings(self) -> bytes:
        """What units see of the module around them: its sections except bodies, data and names."""
        if not hasattr(self, "_surroundings"):
            parts = [self.module.data[s.offset : s.end] for s in self.module.sections if s.text in SURROUNDINGS]
            self._surroundings = b"".join(parts) + bytes([self.shape.grows, self.shape.writes_tables])
        return self._surroundings

    def lower(self, unit: Unit, check_stack: bool = False) -> Lowered:
        """The unit's LLVM IR; `check_stack` asks for a check of the stack even where it seems not to be needed."""
        if unit.funcidx is None:
            return Lowered(self.thunks.lower(unit.symbol), True)
        body = self.bodies[unit.symbol]
        type_ = self.shape.function_types[unit.funcidx]
        locals_ = (valtype for count, valtype in body.locals for _ in range(count))
        code = list(instructions(Reader(self.module.data, body.code_offset, body.end)))
        f = Function(self.shape, type_, locals_, body.offset)
        f.code = code
        f.run = lambda start, stop: self.run(f, start, stop)
        f.assigned, f.calling = look_at_loops(code)
        f.labels.append(Label("func", "return", [], f.results, 0))
        at_entry = check_stack or len(code) > SMALL_MAX
        if at_entry:
            f.check_stack()
        f.run(0, len(code))
        return Lowered(assemble(f, unit.symbol), at_entry, frozenset(ins.op.feature.name for ins in code))

    def run(self, f: Function, start: int, stop: int) -> None:
        """Lower each instruction of a range that can run; f.index is the next one's place, and handlers may move it."""
        handlers = self.handlers
        code = f.code
        skipped = 0
        f.index = start
        while f.index < stop:
            ins = code[f.index]
            f.index += 1
            name = ins.op.name
            if not f.reachable:
                if name in OPENING:
                    skipped += 1
                    continue
                if skipped or name not in ("ELSE", "END"):
                    skipped -= skipped > 0 and name == "END"
                    continue
            handler = handlers.get(name)
            if handler is None:
                handler = handlers[name] = self.find_handler(f, ins.op)
            f.at = ins.offset - f.body_offset
            handler(f, ins)

    @staticmethod
    def find_handler(f: Function, op: Op) -> Handler:
        """How an instruction is lowered for this target."""
        if op.name in HANDLERS:
            return HANDLERS[op.name]
        if op.immediate.name == "MEMARG":
            return lower_memory.load if op.results else lower_memory.store
        return by_helper if is_helped(f, op) else numeric(op)

    def features(self, used: Iterable[frozenset[str]]) -> set[str]:
        """The features of native_features.def that the code requires: floats by helpers, helpers of proposals, a fixed memory.

        `used` are the features that its units use.
        """
        used = frozenset().union(*used)
        found = set(native().features) & used
        if self.target.hard != {"f32", "f64"} and "FLOATING_POINT" in used:
            found.add("FLOAT_HELPERS")
        return found | ({"FIXED_MEMORY"} if self.is_fixed() else set())

    def is_fixed(self) -> bool:
        """Whether the code relies on a memory that never grows."""
        return self.shape.bounds != "guard" and self.shape.memory_is_fixed

    def entries(self) -> list[str | None]:
        """The entry thunk of each type that a function has which can be called from outside."""
        callable_types = {self.shape.canonical(t) for t in self.module.functions}
        canonical = [self.shape.canonical(i) for i in range(len(self.module.types))]
        return [f"e{type_}" if type_ in callable_types else None for type_ in canonical]

    def flags(self) -> int:
        """The header's flags: bounds mode, whether there are polls, whether the memory is fixed."""
        bounds = ("guard", "checks", "mask", "none").index(self.shape.bounds)
        return bounds | (0 if self.options.interrupt else FLAG_NO_INTERRUPT) | (FLAG_FIXED_MEMORY if self.is_fixed() else 0)


def look_at_loops(code: list[Instruction]) -> tuple[dict[int, set[int]], set[int]]:
    """For each loop the locals that are assigned inside it; and the loops that contain calls."""
    assigned: dict[int, set[int]] = {}
    calling: set[int] = set()
    opened: list[int | None] = []
    for ins in code:
        name = ins.op.name
        if name in ASSIGNING:
            for loop in opened:
                if loop is not None:
                    assigned[loop].add(ins.immediates[0])
        elif name in CALLING:
            calling.update(loop for loop in opened if loop is not None)
        elif name in OPENING:
            opened.append(ins.offset if name == "LOOP" else None)
            if name == "LOOP":
                assigned[ins.offset] = set()
        elif name == "END" and opened:
            opened.pop()
    return assigned, calling


HANDLERS: dict[str, Handler] = {**lower_control.HANDLERS, **calls.HANDLERS, **lower_memory.HANDLERS}
__all__ = ["FUNC", "Lowered", "ModuleLowering"]
