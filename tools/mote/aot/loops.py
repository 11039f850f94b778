"""Inner loops that count: their checks and polls are done once, before the loop, where that is possible.

A loop qualifies when its body is straight code that ends in a branch back to its beginning, and the branch's condition
counts by a constant. Such a loop is written twice: once without checks and polls, for when the number of rounds is
small enough to need no poll and the first and last address of each access lie inside the memory, and once as it is, for
all other cases. Addresses count when they are sums of locals to which each round adds something that does not change in
the loop.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from mote.aot.function import Function
from mote.aot.lower_numeric import is_helped
from mote.wasm.body import Instruction

STRAIGHT_SPECIAL = frozenset({"LOCAL_GET", "LOCAL_SET", "LOCAL_TEE", "DROP", "SELECT", "SELECT_T", "GLOBAL_GET", "GLOBAL_SET"})
CONTINUE_WHILE = {"I32_NE": (0, 0), "I32_LT_S": (1, 1), "I32_LT_U": (1, 1), "I32_GT_S": (-1, 1), "I32_GT_U": (-1, 1)}
# Rounds without a poll: few enough that rounds times stride stays below 2^31, and rounds times instructions some milliseconds.
ROUNDS_MAX = 1 << 15
WORK_MAX = 1 << 19
DIVIDING = ("div_s", "div_u", "rem_s", "rem_u")
SLOW = 32  # instructions that a division or a helper counts for
# Instructions up to which a loop is written twice for the sake of its polls alone.
POLL_ONLY_MAX = {"guard": 1000, "checks": 40}
ACCESSES_MAX = 8
STRIDE_MAX = 1 << 15
STEP_MAX = 1 << 11


@dataclass(frozen=True)
class Linear:
    """A sum of locals (as they are when a round begins), each times a constant, and a constant; all modulo 2^32."""

    terms: tuple[tuple[int, int], ...] = ()
    constant: int = 0

    def plus(self, other: "Linear", factor: int = 1) -> "Linear":
        """This plus a multiple of another."""
        terms = dict(self.terms)
        for local, times in other.terms:
            terms[local] = terms.get(local, 0) + times * factor
        kept = ((local, signed(times)) for local, times in terms.items())
        return Linear(tuple(sorted((k, v) for k, v in kept if v)), signed(self.constant + other.constant * factor))

    def times(self, factor: int) -> "Linear":
        """A multiple of this."""
        return Linear().plus(self, factor)


@dataclass
class Plan:
    """What is known of a loop that counts: where its `end` is, the counter at its first test (it counts towards 0), by
    how much it changes each round, and the accesses."""

    stop: int
    counter: Linear
    step: int
    rounds_max: int  # rounds up to which it needs no poll
    exact: bool  # the loop only ends when the counter is 0, not also beyond
    accesses: dict[tuple, "Access"] = field(default_factory=dict)
    proven: frozenset[int] = frozenset()  # offsets in the body of the accesses that the test covers


@dataclass
class Access:
    """All accesses whose addresses differ by constants: the lowest, and how many bytes from there are accessed; what a
    round adds."""

    lowest: Linear
    reach: int
    step: Linear


class Walk:
    """One walk through a loop's body, with linear forms where values have them."""

    def __init__(self) -> None:
        self.stack: list[Linear | tuple | None] = []
        self.locals: dict[int, Linear | None] = {}
        self.accesses: list[tuple[int, Linear | None, int, int]] = []

    def pop(self) -> Linear | tuple | None:
        """The top of the stack; values from before the body are unknown."""
        return self.stack.pop() if self.stack else None

    def special(self, ins: Instruction) -> None:
        """Locals and what has no signature."""
        name = ins.op.name
        if name == "LOCAL_GET":
            local = ins.immediates[0]
            self.stack.append(self.locals.get(local, Linear(((local, 1),))))
        elif name in ("LOCAL_SET", "LOCAL_TEE"):
            value = self.pop()
            self.locals[ins.immediates[0]] = value if isinstance(value, Linear) else None
            if name == "LOCAL_TEE":
                self.stack.append(value)
        else:
            for _ in range({"SELECT": 3, "SELECT_T": 3, "GLOBAL_GET": 0}.get(name, 1)):
                self.pop()
            if name not in ("DROP", "GLOBAL_SET"):
                self.stack.append(None)

    def access(self, ins: Instruction) -> None:
        """Loads and stores."""
        if not ins.op.results:
            self.pop()
        address = self.pop()
        _, _, verb = ins.op.text.partition(".")
        width = verb.removeprefix("load").removeprefix("store").partition("_")[0]
        bits = int(width or ins.op.text[1:3])
        self.accesses.append((ins.offset, address if isinstance(address, Linear) else None, ins.immediates[0].offset, bits // 8))
        if ins.op.results:
            self.stack.append(None)

    def plain(self, ins: Instruction) -> None:
        """Everything that takes operands and gives results."""
        name = ins.op.name
        operands = [self.pop() for _ in ins.op.operands][::-1]
        value: Linear | tuple | None = None
        if name == "I32_CONST":
            value = Linear((), ins.immediates[0])
        elif all(isinstance(o, Linear) for o in operands) and operands:
            value = combine(name, operands)
        self.stack += [value for _ in ins.op.results]


def combine(name: str, operands: list[Linear]) -> Linear | tuple | None:
    """The result of an instruction on linear forms; comparisons stay as they are."""
    if name in CONTINUE_WHILE:
        return (name, *operands)
    if name == "I32_ADD":
        return operands[0].plus(operands[1])
    if name == "I32_SUB":
        return operands[0].plus(operands[1], -1)
    if name == "I32_SHL" and not operands[1].terms:
        return operands[0].times(1 << (operands[1].constant & 31))
    if name == "I32_MUL" and not operands[1].terms:
        return operands[0].times(operands[1].constant)
    return None


def find_stop(code: list[Instruction], index: int) -> int | None:
    """Where the loop that begins at `index` has its `end`, if its body is straight and ends in a branch back."""
    for i in range(index + 1, len(code)):
        op = code[i].op
        if op.name == "END":
            return i
        if op.name == "BR_IF":
            return i + 1 if code[i].immediates[0] == 0 and code[i + 1].op.name == "END" else None
        special = op.operands is None or op.immediate.name in ("MEMORY_COPY", "MEMIDX", "TABLEIDX")
        if special and op.name not in STRAIGHT_SPECIAL:
            return None
        if op.text.startswith(("memory.", "data.", "table.", "elem.", "ref.")):
            return None
    return None


def plan_loop(f: Function, index: int) -> Plan | None:
    """What can be done for the loop at `index`, or None."""
    code = f.code
    stop = find_stop(code, index)
    if stop is None or code[stop - 1].op.name != "BR_IF" or code[index].immediates[0] != (None, None):
        return None
    walk = Walk()
    for ins in code[index + 1 : stop - 1]:
        if ins.op.name in STRAIGHT_SPECIAL:
            walk.special(ins)
        elif ins.op.immediate.name == "MEMARG":
            walk.access(ins)
        else:
            walk.plain(ins)
    steps = steps_of(walk.locals)
    plan = plan_counter(walk.pop(), steps, stop)
    if plan is None:
        return None
    plan.rounds_max = rounds_in_time(f, code[index:stop])
    if f.shape.bounds in POLL_ONLY_MAX:
        plan_accesses(f, plan, walk, steps)
    return plan if plan.proven or stop - index <= POLL_ONLY_MAX.get(f.shape.bounds, 0) else None


def rounds_in_time(f: Function, body: list[Instruction]) -> int:
    """The rounds of a body, a power of two, that take no longer than a loop with polls may take between two of them."""
    work = sum(SLOW if i.op.text.endswith(DIVIDING) or (i.op.operands is not None and is_helped(f, i.op)) else 1 for i in body)
    return min(ROUNDS_MAX, 1 << (max(WORK_MAX // work, 1).bit_length() - 1))


def steps_of(locals_: dict[int, Linear | None]) -> Callable[[int], Linear | None]:
    """What a round adds to a local: 0 where it is not assigned, None where it is not a constant sum of what does not change."""

    def step(local: int) -> Linear | None:
        if local not in locals_:
            return Linear()
        value = locals_[local]
        if value is None:
            return None
        added = value.plus(Linear(((local, 1),)), -1)
        return None if any(other in locals_ for other, _ in added.terms) else added

    return step


def step_of(form: Linear, steps: Callable[[int], Linear | None]) -> Linear | None:
    """What a round adds to a linear form."""
    total = Linear()
    for local, times in form.terms:
        step = steps(local)
        if step is None:
            return None
        total = total.plus(step, times)
    return total


def plan_counter(condition: Linear | tuple | None, steps: Callable[[int], Linear | None], stop: int) -> Plan | None:
    """How the loop counts, or None when it does not: by a power of two towards 0."""
    if condition is None:
        return None
    sign, slack = 0, 0
    if isinstance(condition, tuple):
        name, left, right = condition
        sign, slack = CONTINUE_WHILE[name]
        condition = left.plus(right, -1)
    change = step_of(condition, steps)
    if change is None or change.terms or not 0 < abs(change.constant) <= STEP_MAX:
        return None
    if abs(change.constant) & (abs(change.constant) - 1):
        return None
    if sign and abs(change.constant) > 1:
        return None  # it could step over the end
    if sign and (change.constant > 0) != (sign > 0):
        return None
    return Plan(stop, condition, change.constant, 0, exact=not slack)


def plan_accesses(f: Function, plan: Plan, walk: Walk, steps: Callable[[int], Linear | None]) -> None:
    """Group the accesses whose addresses count; a few groups, the others stay checked."""
    proven = set()
    for at, address, offset, size in walk.accesses:
        step = None if address is None else step_of(address, steps)
        if step is None or abs(step.constant) >= STRIDE_MAX:
            continue
        lowest, reach = address.constant, offset + size
        known = plan.accesses.get(address.terms)
        if known:
            lowest = min(known.lowest.constant, address.constant)
            reach = max(known.lowest.constant + known.reach, address.constant + offset + size) - lowest
        if reach <= f.shape.memory_minimum and (known or len(plan.accesses) < ACCESSES_MAX):
            plan.accesses[address.terms] = Access(Linear(address.terms, lowest), reach, step)
            proven.add(at - f.body_offset)
    plan.proven = frozenset(proven)


# -- the test before the loop --


def value_of(f: Function, form: Linear) -> str:
    """Write the instructions that compute a linear form now."""
    total = str(signed(form.constant))
    for local, times in form.terms:
        value = f.locals[local].text
        times = signed(times)
        if times not in (1, -1):
            value = f.assign(f"mul i32 {value}, {times}")
        if times == -1:
            total = f.assign(f"sub i32 {total}, {value}")
        else:
            total = value if total == "0" else f.assign(f"add i32 {value}, {total}")
    return total


def signed(number: int) -> int:
    """A number modulo 2^32 as LLVM writes it."""
    return (number + (1 << 31)) % (1 << 32) - (1 << 31)


def write_test(f: Function, plan: Plan, memory_size: Callable[[Function], str], careful: str) -> None:
    """Write what decides between the two loops: it branches to `careful` unless the one without checks may run, else goes on.

    What depends on the counter alone comes first: LLVM takes it out of outer loops.
    """
    size = abs(plan.step)
    poll = f.assign("load volatile i32, ptr %c")  # the loop around this one may become one with it: it must look, too
    only_if(f, f"icmp eq i32 {poll}, 0", careful)
    left = value_of(f, plan.counter)
    if plan.step > 0:
        left = f.assign(f"sub i32 0, {left}")
    only_if(f, f"icmp ult i32 {left}, {plan.rounds_max * size}", careful)
    if plan.exact and size > 1:
        odd = f.assign(f"and i32 {left}, {size - 1}")
        only_if(f, f"icmp eq i32 {odd}, 0", careful)
    rounds = left if size == 1 else f.assign(f"lshr i32 {left}, {size.bit_length() - 1}")
    if not plan.exact:
        rounds = f.assign(f"add i32 {rounds}, 1")
    tests = [test for access in plan.accesses.values() for test in access_tests(f, access, rounds, memory_size)]
    for test in tests:
        only_if(f, test, careful)


def only_if(f: Function, test: str, careful: str) -> None:
    """Go on if a comparison holds, else to the careful loop."""
    here = f.fresh_block()
    f.write(f"br i1 {f.assign(test)}, label %{here}, label %{careful}, !prof !3")
    cached = f.cached
    f.start_block(here)
    f.cached = cached


def access_tests(f: Function, access: Access, rounds: str, memory_size: Callable[[Function], str]) -> list[str]:
    """Comparisons that all hold only if the first and the last address lie inside the memory.

    `rounds` (further ones after the first) and the stride are so small that their product, the way, stays below 2^31,
    and a memory of a 32-bit machine is not larger than that; on 64-bit machines the sums are made in 64 bits. So
    nothing wraps into the memory.
    """
    word = f.target.word
    first = widened(f, value_of(f, access.lowest), "zext")
    limit = f.assign(f"sub {word} {memory_size(f)}, {access.reach}")
    if access.step.terms:
        stride = value_of(f, access.step)
        moved = f.assign(f"add i32 {stride}, {STRIDE_MAX}")
        way = widened(f, f.assign(f"mul i32 {rounds}, {stride}"), "sext")
        last = f.assign(f"add {word} {first}, {way}")
        return [
            f"icmp ult i32 {moved}, {2 * STRIDE_MAX}",
            f"icmp ule {word} {first}, {limit}",
            f"icmp ule {word} {last}, {limit}",
        ]
    stride = signed(access.step.constant)
    if stride == 0:
        return [f"icmp ule {word} {first}, {limit}"]
    way = widened(f, f.assign(f"mul i32 {rounds}, {abs(stride)}"), "zext")
    if stride < 0:
        return [f"icmp ule {word} {first}, {limit}", f"icmp uge {word} {first}, {way}"]
    highest = f.assign(f"sub {word} {limit}, {way}")
    return [f"icmp ule {word} {way}, {limit}", f"icmp ule {word} {first}, {highest}"]


def widened(f: Function, number: str, how: str) -> str:
    """A 32-bit number as wide as the machine's words."""
    return number if f.target.word == "i32" else f.assign(f"{how} i32 {number} to i64")
