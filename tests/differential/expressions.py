"""Generates code that leaves one value of a type: typed expressions over what the module around a function has.

Every expression is valid by construction. Branches may go anywhere, so a part of the code is dead; it is valid all the same.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from differential.choices import Choices
from differential.encode import NUMBERS, REFERENCES, FuncType, constant, opcode, signed, types, unsigned, valtype
from differential.surroundings import Surroundings
from mote.tables import Op, tables

LETTERS = {"i": "i32", "I": "i64", "f": "f32", "F": "f64"}
EMPTY_BLOCK = b"\x40"
MAX_DEPTH = 9
# Where integers and floats change their behaviour, as bits.
INTERESTING = {
    "i32": (0, 1, 2, 0xFFFFFFFF, 0x7FFFFFFF, 0x80000000, 0x80000001, 31, 32, 0xFF, 0x8000, 65535, 65536, 0xFFFF0000),
    "i64": (0, 1, 2, (1 << 64) - 1, (1 << 63) - 1, 1 << 63, 63, 64, 1 << 32, (1 << 32) - 1, 1 << 31, 0xFFFFFFFF80000000),
    "f32": (0, 0x80000000, 0x3F800000, 0xBF800000, 0x7F800000, 0xFF800000, 0x7FC00000, 1, 0x80000001, 0x4F000000,
            0xCF000000, 0x4F800000, 0x5F000000, 0x7F7FFFFF, 0x3F000000, 0x40200000, 0x4B000001, 0xBF7FFFFF),
    "f64": (0, 1 << 63, 0x3FF << 52, 0xBFF << 52, 0x7FF << 52, 0xFFF << 52, 0x7FF8 << 48, 1, 0x41E << 52, 0xC1E << 52,
            0x41EFFFFFFFE00000, 0x43E << 52, 0x43F << 52, 0x7FEFFFFFFFFFFFFF, 0x3FE << 52, 0x4004 << 48, 0x380FFFFFF0000000),
}


@cache
def simple_ops(result: str) -> list[Op]:
    """Instructions without immediates that give one value of a type (or none: ``""``)."""
    wanted = next((letter for letter, kind in LETTERS.items() if kind == result), "")
    return [op for op in tables().ops.values()
            if op.immediate.name == "NONE" and op.operands and op.results == wanted]


@cache
def memory_ops(result: str) -> list[Op]:
    """Loads that give a type, or (result empty) all stores."""
    wanted = next((letter for letter, kind in LETTERS.items() if kind == result), "")
    return [op for op in tables().ops.values() if op.immediate.name == "MEMARG" and op.results == wanted]


def natural_alignment(op: Op) -> int:
    """Log2 of the bytes that a load or store accesses."""
    width = op.text.split(".")[1].lstrip("abcdefghijklmnopqrstuvwxyz").split("_")[0] or op.text[1:3]
    return {"8": 0, "16": 1, "32": 2, "64": 3}[width]


@dataclass(frozen=True)
class Label:
    """A block that can be branched to, and the types a branch to it carries."""

    carries: tuple[str, ...]


class Expressions:
    """Writes expressions into the body of one function."""

    def __init__(self, around: Surroundings, kind: FuncType, locals_: Sequence[str], choices: Choices, budget: int) -> None:
        self.around = around
        self.kind = kind
        self.locals = [*kind.params, *locals_, "f32", "f64"]  # the last two are for canonical NaNs
        self.choices = choices
        self.budget = budget
        self.labels = [Label(kind.results)]
        self.code = bytearray()

    def op(self, text: str, *immediates: int) -> None:
        """An instruction with unsigned immediates."""
        self.code += opcode(text)
        for immediate in immediates:
            self.code += unsigned(immediate)

    def burn_fuel(self) -> None:
        """Return with zeros when the fuel is used up: this ends every recursion and every loop."""
        self.op("global.get", self.around.fuel)
        self.op("i32.eqz")
        self.code += opcode("if") + EMPTY_BLOCK
        for kind in self.kind.results:
            self.zero(kind)
        self.op("return")
        self.op("end")
        self.op("global.get", self.around.fuel)
        self.code += constant("i32", 1)
        self.op("i32.sub")
        self.op("global.set", self.around.fuel)

    def zero(self, kind: str) -> None:
        """The default value of a type."""
        if kind in REFERENCES:
            self.code += opcode("ref.null") + bytes([valtype(kind)])
        else:
            self.code += constant(kind, 0)

    def statement(self, depth: int) -> None:
        """Code that leaves the stack as it was."""
        raise NotImplementedError

    def spend(self) -> bool:
        """Whether there is budget for something larger."""
        self.budget -= 1
        return self.budget > 0 and not self.choices.exhausted

    # ---- Expressions: leave one value -----------------------------------------------------------------------------

    def expression(self, kind: str, depth: int) -> None:
        """Code that leaves one value of a type."""
        if depth >= MAX_DEPTH or not self.spend():
            self.leaf(kind)
            return
        shapes: list[tuple[int, Callable[[str, int], None]]] = [
            (5, self.leaf_shape), (2, self.tee), (2, self.select), (3, self.block_value), (2, self.if_value),
            (2, self.branch_value), (3, self.call_value), (1, self.loop_value),
        ]
        shapes += [(14, self.operation), (4, self.load)] if kind in NUMBERS else [(3, self.reference)]
        if kind == "i32":
            shapes.append((2, self.query))
        self.choices.weighted(shapes)(kind, depth + 1)

    def leaf_shape(self, kind: str, _: int) -> None:
        """A leaf where more would have been possible."""
        self.leaf(kind)

    def leaf(self, kind: str) -> None:
        """A local, a global or a constant."""
        places = [i for i, of in enumerate(self.locals[:-2]) if of == kind]
        if places and self.choices.chance(60):
            self.op("local.get", self.choices.pick(places))
            return
        readable = self.around.globals_of(kind)
        if readable and self.choices.chance(20):
            self.op("global.get", self.choices.pick(readable))
        elif kind in REFERENCES:
            self.reference_leaf(kind)
        else:
            self.code += constant(kind, self.bits(kind))

    def bits(self, kind: str) -> int:
        """Bits of a constant: interesting ones, small ones, any."""
        interesting = INTERESTING[kind]
        which = self.choices.below(10)
        if which < 6 or kind[0] == "f":
            return self.choices.pick(interesting)
        width = int(kind[1:])
        return self.choices.below(200) if which < 9 else self.choices.number(width // 8)

    def reference_leaf(self, kind: str) -> None:
        """A null or, for functions, a declared function."""
        if kind == "funcref" and self.around.declared and self.choices.chance(70):
            self.op("ref.func", self.choices.pick(self.around.declared))
        else:
            self.zero(kind)

    def reference(self, kind: str, depth: int) -> None:
        """A reference out of a table."""
        tables_ = self.around.tables_of(kind)
        if not tables_:
            self.reference_leaf(kind)
            return
        self.index(12, depth)
        self.op("table.get", self.choices.pick(tables_))

    def operation(self, kind: str, depth: int) -> None:
        """An instruction from the tables."""
        op = self.choices.pick(simple_ops(kind))
        for i, letter in enumerate(op.operands or ""):
            operand = LETTERS[letter]
            self.expression(operand, depth)
            if operand[0] == "f" and ("reinterpret" in op.text or ("copysign" in op.text and i == 1)):
                self.canonical(operand)
        self.code += opcode(op.text)

    def canonical(self, kind: str) -> None:
        """Replace any NaN on the stack by one NaN, whose bits may then be looked at."""
        place = len(self.locals) - (2 if kind == "f32" else 1)
        self.op("local.tee", place)
        self.code += constant(kind, 0x7FC00000 if kind == "f32" else 0x7FF8 << 48)
        self.op("local.get", place)
        self.op("local.get", place)
        self.op(f"{kind}.eq")
        self.op("select")

    def address(self, depth: int) -> int:
        """An address expression, mostly inside of memory; returns an offset for the memarg."""
        self.expression("i32", depth)
        if self.choices.chance(85):
            self.code += constant("i32", self.choices.pick((0xFF, 0xFFF, 0xFFFC, 0x7FF8)))
            self.op("i32.and")
        return self.choices.weighted(((6, 0), (6, self.choices.below(64)), (1, 65528), (1, 0xFFFFFFFF), (1, 65536 * 2)))

    def memarg(self, op: Op, offset: int) -> None:
        """A load or store with its alignment hint and offset."""
        self.code += opcode(op.text) + unsigned(self.choices.between(0, natural_alignment(op))) + unsigned(offset)

    def load(self, kind: str, depth: int) -> None:
        """A load."""
        if not self.around.has_memory:
            self.leaf(kind)
            return
        offset = self.address(depth)
        self.memarg(self.choices.pick(memory_ops(kind)), offset)

    def tee(self, kind: str, depth: int) -> None:
        """local.tee."""
        places = [i for i, of in enumerate(self.locals[:-2]) if of == kind]
        self.expression(kind, depth)
        if places:
            self.op("local.tee", self.choices.pick(places))

    def select(self, kind: str, depth: int) -> None:
        """A select, with its type written out where it must be."""
        self.expression(kind, depth)
        self.expression(kind, depth)
        self.expression("i32", depth)
        if kind in REFERENCES or self.choices.chance(30):
            self.code += opcode("select_t") + types([kind])
        else:
            self.op("select")

    def query(self, _: str, depth: int) -> None:
        """Sizes and null tests."""
        wanted = self.choices.below(4)
        if wanted == 0 and self.around.has_memory:
            self.op("memory.size", 0)
        elif wanted == 1 and self.around.has_memory:
            self.index(3, depth)
            self.op("memory.grow", 0)
        elif wanted == 2 and self.around.tables:
            self.op("table.size", self.choices.below(len(self.around.tables)))
        elif wanted == 3 and self.around.tables:
            table = self.choices.below(len(self.around.tables))
            self.expression(self.around.tables[table], depth)
            self.index(4, depth)
            self.op("table.grow", table)
        else:
            self.expression(self.choices.pick(REFERENCES), depth)
            self.op("ref.is_null")

    def index(self, limit: int, depth: int) -> None:
        """A small number, often computed."""
        if self.choices.chance(40):
            self.expression("i32", depth)
            self.code += constant("i32", 15)
            self.op("i32.and")
        else:
            self.code += constant("i32", self.choices.below(limit))

    # ---- Blocks ----------------------------------------------------------------------------------------------------

    def blocktype(self, kind: FuncType) -> bytes:
        """The shortest encoding of a block type."""
        if not kind.params and len(kind.results) <= 1:
            return bytes([valtype(kind.results[0])]) if kind.results else EMPTY_BLOCK
        return signed(self.around.typeidx(kind))

    def parameters(self, depth: int) -> tuple[str, ...]:
        """Sometimes push values that a block takes as parameters."""
        params = tuple(self.choices.pick(NUMBERS) for _ in range(self.choices.below(3))) if self.choices.chance(25) else ()
        for kind in params:
            self.expression(kind, depth)
        return params

    def sink(self, params: Sequence[str]) -> None:
        """Use up a block's parameters: the code of a block starts with an empty stack as far as we know."""
        for kind in reversed(params):
            places = [i for i, of in enumerate(self.locals[:-2]) if of == kind]
            if places and self.choices.chance(70):
                self.op("local.set", self.choices.pick(places))
            else:
                self.op("drop")

    def block(self, text: str, results: tuple[str, ...], depth: int) -> None:
        """A block, loop or if with a few statements and the values it leaves."""
        params = self.parameters(depth)
        if text == "if":
            self.expression("i32", depth)
        self.code += opcode(text) + self.blocktype(FuncType(params, results))
        self.labels.append(Label(params if text == "loop" else results))
        for part in range(2 if text == "if" and (params or results or self.choices.chance(50)) else 1):
            if part:
                self.op("else")
            self.sink(params)
            if text == "loop":
                self.burn_fuel()
            for _ in range(self.choices.below(3)):
                self.statement(depth)
            for kind in results:
                self.expression(kind, depth)
        self.labels.pop()
        self.op("end")

    def block_value(self, kind: str, depth: int) -> None:
        """A block that leaves a value."""
        self.block("block", (kind,), depth)

    def if_value(self, kind: str, depth: int) -> None:
        """An if that leaves a value."""
        self.block("if", (kind,), depth)

    def loop_value(self, kind: str, depth: int) -> None:
        """A loop that leaves a value."""
        self.block("loop", (kind,), depth)

    def branch_value(self, kind: str, depth: int) -> None:
        """A value reached past a conditional branch, or dead code behind an unconditional one."""
        if self.choices.chance(80):
            self.branch_if(depth)
        else:
            self.branch(depth)
        self.expression(kind, depth)

    def label(self) -> int:
        """A label to branch to, mostly a near one."""
        return min(self.choices.below(len(self.labels)), self.choices.below(len(self.labels)))

    def carried(self, label: int) -> tuple[str, ...]:
        """The types that a branch to a label carries."""
        return self.labels[-1 - label].carries

    def branch(self, depth: int) -> None:
        """An unconditional branch or a return."""
        label = self.label()
        for kind in self.carried(label):
            self.expression(kind, depth)
        if label == len(self.labels) - 1 and self.choices.chance(50):
            self.op("return")
        else:
            self.op("br", label)

    def branch_if(self, depth: int) -> None:
        """A conditional branch; what it carries is dropped when it is not taken."""
        label = self.label()
        for kind in self.carried(label):
            self.expression(kind, depth)
        self.expression("i32", depth)
        self.op("br_if", label)
        self.sink(self.carried(label))

    def branch_table(self, depth: int) -> None:
        """A br_table over labels of the same types."""
        default = self.label()
        fitting = [i for i in range(len(self.labels)) if self.carried(i) == self.carried(default)]
        for kind in self.carried(default):
            self.expression(kind, depth)
        self.expression("i32", depth)
        arms = [self.choices.pick(fitting) for _ in range(self.choices.below(6))]
        self.op("br_table", len(arms), *arms, default)

    # ---- Calls -----------------------------------------------------------------------------------------------------

    def call(self, kind: FuncType, indices: Sequence[int], depth: int) -> None:
        """Call one of the functions of a type, directly or through a table."""
        for param in kind.params:
            self.expression(param, depth)
        tables_ = self.around.tables_of("funcref")
        if tables_ and (not indices or self.choices.chance(40)):
            self.index(8, depth)
            self.op("call_indirect", self.around.typeidx(kind), self.choices.pick(tables_))
        else:
            self.op("call", self.choices.pick(indices))

    def call_value(self, kind: str, depth: int) -> None:
        """A call whose last result is the value; the others are stored."""
        fitting = [of for of in self.around.callable_types() if of.results and of.results[0] == kind]
        if not fitting:
            self.leaf(kind)
            return
        chosen = self.choices.pick(fitting)
        self.call(chosen, self.around.functions_of(chosen), depth)
        self.sink(chosen.results[1:])
