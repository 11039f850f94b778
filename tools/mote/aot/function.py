"""A function on its way from wasm to LLVM IR: the text written so far, the operand stack, the locals, the blocks.

Locals and operands are SSA values from the start. Where control flow joins, phis are written for what differs; loop
headers get one for each local that the loop assigns. (Locals as allocas, left to LLVM's mem2reg, took 1.3 times as long
to compile.)
"""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from mote.aot.shape import Shape
from mote.wasm.body import Instruction
from mote.wasm.model import FuncType

NO_OFFSET = 0xFFFFFFFF
STACK = "stack"  # the key in `checked` that says that the stack has been checked
FIRST_LOOP = 100_000_000


class Value(NamedTuple):
    """An SSA value or constant: its LLVM type (i1 stands for an i32 that is 0 or 1) and its text."""

    type: str
    text: str


class Branch(NamedTuple):
    """One edge to a label: from which block, with which operands and locals, and what is known of addresses there."""

    block: str
    values: list[Value]
    locals: list[Value]
    checked: dict[str, int]


class Label:
    """A structured control instruction that is open: where branches to it lead, and the edges that have been seen."""

    __slots__ = (
        "block", "branches", "else_block", "else_branch", "header", "height", "kind", "latch", "params", "phis", "results",
    )  # fmt: skip

    def __init__(self, kind: str, block: str, params: list[str], results: list[str], height: int) -> None:
        self.kind = kind
        self.block = block
        self.params = params
        self.results = results
        self.height = height
        self.branches: list[Branch] = []
        self.else_branch: Branch | None = None
        self.else_block = ""
        self.latch = ""  # loops: the suffix of branches back
        self.header = 0  # loops: the line at which the phis go
        self.phis: list[tuple[int | None, str, str]] = []  # loops: local or operand (None), type, name


class Function:
    """The state of lowering one function; the modules lower_*.py do the instructions."""

    def __init__(self, shape: Shape, type_: FuncType, locals_: Iterable[int], body_offset: int) -> None:
        """`locals_` are the value types of the locals that are no parameters."""
        self.shape = shape
        self.target = shape.target
        self.type = type_
        self.body_offset = body_offset
        self.lines: list[str] = []
        self.prologue: list[str] = []
        self.declarations: dict[str, str] = {}
        self.constants: dict[str, str] = {}  # context fields and the like that are loaded once, in the prologue
        self.traps: dict[str, list[tuple[str, int]]] = {}
        self.stack: list[Value] = []
        self.labels: list[Label] = []
        self.reachable = True
        self.count = 0
        self.block = "start"
        self.at = 0  # offset in the body of the instruction that is being lowered
        self.located: set[int] = set()  # offsets of instructions that have a location
        self.assigned: dict[int, set[int]] = {}  # offset of a loop -> locals that it assigns
        self.calling: set[int] = set()  # offsets of loops with calls inside
        self.code: list[Instruction] = []
        self.index = 0  # place in `code` of the next instruction
        self.run: Callable[[int, int], None] = lambda start, stop: None  # lowers a range of `code`
        self.proven: frozenset[int] = frozenset()  # offsets of accesses that need no check where we are
        self.loop_ids: list[str] = []  # metadata of loops
        self.versions = shape.options.level in "23"
        self.params = [shape.llvm_type(t) for t in type_.params]
        self.results = [shape.llvm_type(t) for t in type_.results]
        self.locals = [Value(t, f"%p{i}") for i, t in enumerate(self.params)]
        self.locals += [self.zero(shape.llvm_type(t)) for t in locals_]
        self.checked: dict[str, int] = {}  # address -> bytes from it on that are known to lie inside the memory
        self.roots: dict[str, tuple[str, int]] = {}  # address -> it is another one plus a constant
        self.pending: dict[str, int] = {}  # address -> the line of its check, which may still be widened
        self.cached: dict[str, str] = {}  # context fields that may change, as loaded in this block
        self.forced: dict[str, str] = {}  # loads that may trap, with their types: LLVM must not drop them
        self.promoted: set[str] = set()  # values that a promotion made

    # -- values --

    @staticmethod
    def zero(type_: str) -> Value:
        """What a local of this type begins with."""
        return Value(type_, {"ptr": "null", "float": "0.0", "double": "0.0"}.get(type_, "0"))

    def name(self) -> str:
        """A fresh SSA name."""
        self.count += 1
        return f"%v{self.count}"

    def push(self, type_: str, text: str) -> None:
        """Push a value."""
        self.stack.append(Value(type_, text))

    def emit(self, type_: str, text: str) -> str:
        """Write an instruction that gives a value, and push that."""
        name = self.assign(text)
        self.stack.append(Value(type_, name))
        return name

    def assign(self, text: str) -> str:
        """Write an instruction that gives a value; its name."""
        self.count += 1
        name = f"%v{self.count}"
        self.lines.append(f"  {name} = {text}")
        return name

    def write(self, text: str) -> None:
        """Write an instruction without a value."""
        self.lines.append(f"  {text}")

    def pop(self) -> str:
        """Pop an operand; an i1 becomes an i32."""
        value = self.stack.pop()
        return self.assign(f"zext i1 {value.text} to i32") if value.type == "i1" else value.text

    def pop_value(self) -> Value:
        """Pop an operand in its full type."""
        value = self.stack.pop()
        return self.whole(value)

    def whole(self, value: Value) -> Value:
        """The value, as an i32 where it is an i1."""
        return Value("i32", self.assign(f"zext i1 {value.text} to i32")) if value.type == "i1" else value

    def pop_condition(self) -> str:
        """Pop an i32 as an i1 that says whether it is not 0."""
        value = self.stack.pop()
        return value.text if value.type == "i1" else self.assign(f"icmp ne i32 {value.text}, 0")

    def pop_many(self, count: int) -> list[Value]:
        """Pop operands, first one first."""
        if not count:
            return []
        values = [self.whole(v) for v in self.stack[-count:]]
        del self.stack[-count:]
        return values

    # -- what surrounds the function --

    def declare(self, name: str, result: str, params: str) -> None:
        """Make sure that a function that is called is declared."""
        if name not in self.declarations:
            self.declarations[name] = f"declare {result} @{name}({params})"

    def intrinsic(self, name: str, result: str, *args: str) -> str:
        """The text of a call of an intrinsic; arguments are "type value" texts."""
        self.declare(name, result, ", ".join(a.split(" ", 1)[0] for a in args))
        return f"call {result} @{name}({', '.join(args)})"

    def context(self, field: str) -> str:
        """A field of the context that does not change while the instance runs; loaded once, at the function's beginning."""
        if field not in self.constants:
            name = f"%c.{field}"
            self.constants[field] = name
            self.prologue.append(f"  %a.{field} = getelementptr i8, ptr %c, i32 {self.shape.offset('mote_context', field)}")
            type_ = "ptr" if field != "memory_size" else self.target.word
            self.prologue.append(f"  {name} = load {type_}, ptr %a.{field}, !invariant.load !1")
        return self.constants[field]

    def loaded(self, structure: str, pointer: str, field: str, type_: str, tag: str) -> str:
        """A field of a structure, read here and now."""
        place = self.assign(f"getelementptr i8, ptr {pointer}, i32 {self.shape.offset(structure, field)}")
        return self.assign(f"load {type_}, ptr {place}{tag}")

    # -- blocks --

    def start_block(self, name: str) -> None:
        """Begin a block; the one before has been ended."""
        self.lines.append(f"{name}:")
        self.block = name
        self.barrier()
        self.cached = {}

    def fresh_block(self) -> str:
        """A name for a block."""
        self.count += 1
        return f"b{self.count}"

    def barrier(self) -> None:
        """Something happens that must not change places with a trap: earlier checks can no longer be widened."""
        if self.pending:
            self.pending = {}

    def forget(self) -> None:
        """A call may have changed the memory's place and size."""
        self.barrier()
        self.cached = {}

    def trap_block(self, trap: str) -> str:
        """The block that raises a trap; notes that the block being written branches there."""
        self.traps.setdefault(trap, []).append((self.block, self.at))
        return f"trap.{trap}"

    def trap_if(self, condition: str, trap: str) -> None:
        """Branch to a trap when an i1 holds, and go on in a new block (which everything known here dominates)."""
        there = self.trap_block(trap)
        here = self.fresh_block()
        self.write(f"br i1 {condition}, label %{there}, label %{here}, !prof !2")
        pending, cached = self.pending, self.cached
        self.start_block(here)
        self.pending, self.cached = pending, cached

    def trap_unless(self, condition: str, trap: str) -> None:
        """Branch to a trap when an i1 does not hold."""
        there = self.trap_block(trap)
        here = self.fresh_block()
        self.write(f"br i1 {condition}, label %{here}, label %{there}, !prof !3")
        pending, cached = self.pending, self.cached
        self.start_block(here)
        self.pending, self.cached = pending, cached

    def trap_always(self, trap: str) -> None:
        """End the block with a trap."""
        self.write(f"br label %{self.trap_block(trap)}")
        self.reachable = False

    def location(self) -> str:
        """The suffix that says to which instruction of the module machine code belongs, where lines are wanted."""
        if not self.shape.has_lines:
            return ""
        self.located.add(self.at)
        return f", !dbg !{self.shape.first_location + self.at}"

    def loop_id(self, *properties: str) -> str:
        """The suffix of a branch back to a loop's beginning that gives the loop properties (texts of metadata)."""
        number = FIRST_LOOP + len(self.loop_ids)
        names = "".join(f", {p}" for p in properties)
        self.loop_ids.append(f"!{number} = distinct !{{!{number}{names}}}")
        return f", !llvm.loop !{number}"

    # -- text --

    def finish_traps(self) -> None:
        """Write the blocks that raise traps."""
        has_offset = "trap-ip" in self.shape.call_stack
        scope = ", !dbg !99" if self.shape.has_lines else ""
        for trap, sources in self.traps.items():
            self.lines.append(f"trap.{trap}:")
            argument = ""
            if has_offset:
                edges = ", ".join(f"[ {at}, %{block} ]" for block, at in sources)
                self.lines.append(f"  %o.{trap} = phi i32 {edges}")
                argument = f", i32 %o.{trap}"
            self.declare(f"t{trap}", "void", "ptr, i32" if has_offset else "ptr")
            self.lines.append(f"  call void @t{trap}(ptr %c{argument}) noreturn cold{scope}")
            self.lines.append("  unreachable")

    def check_stack(self) -> None:
        """Compare the stack pointer with its limit, unless that has been done on every way here; the frame has been made by then.

        It is done where the first call is, so that ways through a function that call nothing need neither a check nor a frame.
        """
        if STACK in self.checked:
            return
        word = self.target.word
        self.declare(f"llvm.read_register.{word}", word, "metadata")
        pointer = self.assign(f"call {word} @llvm.read_register.{word}(metadata !4)")
        limit = self.loaded("mote_context", "%c", "stack_limit", word, "")
        self.trap_if(self.assign(f"icmp ult {word} {pointer}, {limit}"), "CALL_STACK_EXHAUSTED")
        self.checked[STACK] = 1


Handler = Callable[[Function, Instruction], None]
