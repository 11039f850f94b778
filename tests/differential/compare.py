"""Runs one script in mote and in wasmtime and says where they differ. Any NaN equals any other NaN of its type."""

from collections.abc import Sequence
from functools import cache
from typing import Protocol

from differential.choices import Choices
from differential.encode import FuncType
from differential.expressions import INTERESTING
from differential.generate import Export, Generated, generate
from mote.tables import tables
from support.native import Native
from support.protocol import Answer, encode_value, stage_lines

WASMTIME_FRAMES_MAX = 16


class Engine(Protocol):
    """What obeys the driver's commands."""

    def run(self, commands: Sequence[str]) -> list[Answer]:
        """One answer a command."""
        ...


def arguments(kind: FuncType, choices: Choices) -> list[str]:
    """Arguments for a call."""
    words = []
    for param in kind.params:
        if param == "externref":
            words.append(encode_value(param, choices.pick(("null", 0, 7))))
        elif param == "funcref":
            words.append(encode_value(param, "null"))
        else:
            words.append(encode_value(param, choices.pick(INTERESTING[param])))
    return words


def commands_for(generated: Generated, handle: int, choices: Choices, calls: int, native: Native | None) -> list[str]:
    """Load and instantiate a module, call each of its functions, look at everything after each call."""
    module = native.compile(generated.module) if native else generated.module
    lines = [*stage_lines(module), f"load {handle}", f"instantiate {handle} {handle}"]
    look = [f"memory {handle}", *(f"get {handle} {name}" for name in generated.globals)]
    lines += look
    for name, kind in generated.functions.items():
        for _ in range(calls):
            lines.append(f"call {handle} refuel")
            lines.append(" ".join([f"call {handle} {name}", *arguments(kind, choices)]))
            lines += ["frames", *look]
    return lines


def begin(native: Native | None) -> list[str]:
    """The commands before anything is loaded: nothing is interpreted when native code is wanted."""
    return [f"native {'only' if native else 'prefer'}", "reset"]


def script(data: bytes, modules: int = 1, calls: int = 2, native: Native | None = None) -> tuple[list[str], list[bytes]]:
    """The commands decided by a string of bytes, and the modules in them. Of several modules some stay without native code."""
    choices = Choices(data)
    lines, made = begin(native if modules == 1 else None), []
    offered: list[Export] = []
    for handle in range(modules):
        generated = generate(choices, f"m{handle}", offered)
        compiler = native if modules == 1 or choices.chance(70) else None
        lines += [*commands_for(generated, handle, choices, calls, compiler), f"register {handle} m{handle}"]
        offered += generated.exports
        made.append(generated.module)
    return lines, made


def canonical(word: str) -> str:
    """A value with any NaN replaced by one."""
    kind, _, bits = word.partition(":")
    if kind not in ("f32", "f64") or not bits.isdigit():
        return word
    low, exponent = (23, 0xFF) if kind == "f32" else (52, 0x7FF)
    number = int(bits)
    is_nan = number >> low & exponent == exponent and number & ((1 << low) - 1)
    return f"{kind}:nan" if is_nan else word


# wasmtime has one text for both.
ONE_TEXT = {"undefined element": "out of bounds table access"}


def comparable(command: str, answer: Answer) -> str:
    """What must be equal of an answer."""
    if answer.kind in ("error", "fail"):
        return answer.kind
    if answer.kind == "trap":
        return ONE_TEXT.get(answer.rest, answer.rest)
    if command.startswith("call") or command.startswith("get"):
        return " ".join([answer.kind, *map(canonical, answer.words)])
    return str(answer)


@cache
def load_opcodes() -> frozenset[int]:
    """The opcode bytes of loads."""
    return frozenset(op.code for op in tables().ops.values() if op.immediate.name == "MEMARG" and op.results)


UNKNOWN = -1  # an offset: devices do not record where in a function


def frames(answer: Answer) -> list[tuple[int, int]]:
    """Function index and offset of each recorded frame."""
    parts = [word.split(":") for word in answer.words[1:]]
    return [(int(funcidx), UNKNOWN if at == "-" else int(at)) for funcidx, at, *_ in parts]


def is_wasmtimes_mistake(
    mine: tuple[int, int], other: tuple[int, int], trap: tuple[int, int], is_innermost: bool, is_load: bool
) -> bool:
    """Whether two frames differ in a way that is not ours. `trap` is wasmtime's innermost frame.

    A load that wasmtime merged into a later instruction traps there; and where the code behind a call cannot but trap, the calls
    that have not returned are said to be at the trap as well.
    """
    if mine[0] != other[0] or mine[1] > other[1]:
        return False
    if mine[1] == UNKNOWN:
        return True
    return is_load if is_innermost else other == trap


def same_frames(ours: Answer, theirs: Answer, modules: Sequence[bytes], is_near: bool = False) -> bool:
    """Whether two call stacks agree as far as both were recorded; the innermost place only nearly, if that is said."""
    mine, other = frames(ours), frames(theirs)
    shown = min(len(mine), len(other), WASMTIME_FRAMES_MAX)
    if bool(mine) != bool(other):
        return False
    is_load = shown > 0 and any(mine[0][1] < len(module) and module[mine[0][1]] in load_opcodes() for module in modules)
    pairs = list(zip(mine[:shown], other[:shown], strict=True))
    if is_near and pairs and mine[0][0] == other[0][0]:
        del pairs[0]
    return all(a == b or is_wasmtimes_mistake(a, b, other[0], a is mine[0], is_load) for a, b in pairs)


def difference(
    ours: Engine, theirs: Engine, commands: Sequence[str], modules: Sequence[bytes] = (), is_near: bool = False
) -> str:
    """The first command that is answered differently, or an empty text. Call stacks need the modules."""
    trapped = False
    for command, mine, other in zip(commands, ours.run(commands), theirs.run(commands), strict=True):
        if command.startswith(("stage", "reset", "native")):
            continue
        if command == "frames":
            if trapped and not same_frames(mine, other, modules, is_near):
                return f"{command}: mote says {mine}, wasmtime says {other}"
            continue
        exhausted = [answer for answer in (mine, other) if "stack exhausted" in answer.rest]
        if len(exhausted) == 1:
            return ""  # the stacks are not of the same size, and from here on nothing needs to be the same
        if comparable(command, mine) != comparable(command, other):
            return f"{command}: mote says {mine}, wasmtime says {other}"
        trapped = mine.kind == "trap" and not exhausted
    return ""
