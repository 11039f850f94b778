"""Every instruction without immediates, on all combinations of interesting operands and in every form that a translator may
treat in its own way: operands in locals, constants or on the stack; the result in a local, in a branch, in a select."""

from functools import cache

import pytest

from differential.compare import begin, difference
from differential.encode import FuncType, ModuleBytes, constant, opcode, unsigned
from differential.expressions import INTERESTING, LETTERS, simple_ops
from differential.test_shapes import Recorded
from mote.tables import Op, tables
from support.builds import Build
from support.driver import Driver
from support.native import Native
from support.oracle import Oracle
from support.protocol import Answer, stage_lines

OPS = [op for op in tables().ops.values() if op.immediate.name == "NONE" and op.operands and op.results]
CONSTANTS_PER_FORM = 6
EMPTY = b"\x40"


def local(i: int) -> bytes:
    """local.get."""
    return opcode("local.get") + bytes([i])


class OpWriter:
    """Writes a module that has one instruction in all forms, and the calls of it."""

    def __init__(self, op: Op) -> None:
        self.op = op
        self.operands = tuple(LETTERS[letter] for letter in op.operands or "")
        self.result = LETTERS[op.results or ""]
        self.module = ModuleBytes()
        self.calls: list[str] = []

    def write(self) -> tuple[bytes, list[str]]:
        """The module and the calls."""
        plain = b"".join(local(i) for i in range(len(self.operands)))
        self.form("locals", self.operands, plain + opcode(self.op.text))
        self.forms_of_result(plain)
        self.form("stack", self.operands, self.on_stack() + opcode(self.op.text))
        self.form("both_sides", self.operands[:1], local(0) * len(self.operands) + opcode(self.op.text))
        for i in range(len(self.operands)):
            for bits in INTERESTING[self.operands[i]][:: max(1, len(INTERESTING[self.operands[i]]) // CONSTANTS_PER_FORM)]:
                self.form_with_constant(i, bits)
        return self.module.encoded(), self.calls

    def form(self, title: str, params: tuple[str, ...], code: bytes, locals_: tuple[str, ...] = ()) -> None:
        """A function, and calls on all combinations of interesting arguments."""
        title = f"{title}{len(self.module.bodies)}"
        self.module.add_function(FuncType(params, (self.result,)), code, locals_, title)
        rows = [""]
        for kind in params:
            rows = [f"{row} {kind}:{bits}" for row in rows for bits in INTERESTING[kind]]
        self.calls += [f"call 0 {title}{row}" for row in rows]

    def on_stack(self) -> bytes:
        """Operands that are computed just before: x + 0 or -x negated."""
        parts = []
        for i, kind in enumerate(self.operands):
            if kind[0] == "f":
                parts.append(local(i) + opcode(f"{kind}.neg") + opcode(f"{kind}.neg"))
            else:
                parts.append(local(i) + constant(kind, 0) + opcode(f"{kind}.add"))
        return b"".join(parts)

    def forms_of_result(self, plain: bytes) -> None:
        """The result into a local (also one of its operands), through a select and, when it is an i32, into branches."""
        code = plain + opcode(self.op.text)
        extra = len(self.operands)
        self.form("set", self.operands, code + opcode("local.set") + bytes([extra]) + local(extra), (self.result,))
        for i, kind in enumerate(self.operands):
            if kind == self.result:
                self.form("set_own", self.operands, code + opcode("local.set") + bytes([i]) + local(i))
                self.form("tee_own", self.operands, code + opcode("local.tee") + bytes([i]))
        if self.result != "i32":
            return
        chosen = constant("i32", 7) + constant("i32", 9)
        self.form("select", self.operands, chosen + code + opcode("select"))
        branch = opcode("block") + b"\x7f" + constant("i32", 1) + code + opcode("br_if") + b"\0" + opcode("drop")
        self.form("br_if", self.operands, branch + constant("i32", 2) + opcode("end"))
        inverted = opcode("block") + EMPTY + code + opcode("i32.eqz") + opcode("br_if") + b"\0" + constant("i32", 3)
        self.form("br_unless", self.operands, inverted + opcode("return") + opcode("end") + constant("i32", 4))
        either = opcode("if") + b"\x7f" + constant("i32", 5) + opcode("else") + constant("i32", 6) + opcode("end")
        self.form("if", self.operands, code + either)

    def form_with_constant(self, place: int, bits: int) -> None:
        """One operand is a constant; the result plain and, for an i32, in a branch."""
        params = tuple(kind for i, kind in enumerate(self.operands) if i != place)
        parts = [constant(kind, bits) if i == place else local(0) for i, kind in enumerate(self.operands)]
        code = b"".join(parts) + opcode(self.op.text)
        self.form("constant", params, code)
        if self.result == "i32":
            branch = opcode("block") + EMPTY + code + opcode("br_if") + b"\0" + constant("i32", 3) + opcode("return")
            self.form("constant_br_if", params, branch + opcode("end") + constant("i32", 4))
        if params and params[0] == self.result:
            self.form("constant_own", params, code + opcode("local.set") + b"\0" + local(0))


@cache
def commands_and_answers(op: Op, native: Native | None) -> tuple[list[str], list[Answer]]:
    """What is sent, and what wasmtime says to it."""
    module, calls = OpWriter(op).write()
    commands = [*begin(native), *stage_lines(native.compiled(module) if native else module), "load 0", "instantiate 0 0", *calls]
    answers = Oracle().run(commands)
    assert {answer.kind for answer in answers} <= {"ok", "trap"}
    return commands, answers


@pytest.mark.parametrize("op", OPS, ids=lambda op: op.text)
def test_instruction_behaves_the_same(op: Op, build: Build) -> None:
    """In all forms."""
    commands, answers = commands_and_answers(op, build.native)
    with Driver(build.launch("spec-driver")) as driver:
        found = difference(driver, Recorded(answers), commands)
    assert not found, found


def test_all_instructions_are_generated() -> None:
    """The lists that the generator and this test draw from miss no numeric instruction."""
    drawn = {op.text for kind in ("i32", "i64", "f32", "f64") for op in simple_ops(kind)}
    assert drawn == {op.text for op in OPS}
    assert len(OPS) > 130
    assert unsigned(128) == b"\x80\x01"
