"""Loads and stores, and the checks before them (specification, 4.4.7).

With guard pages there is no check: every address a wasm access can form lies in the memory's address space. But LLVM
must neither drop nor move an access that could trap: such loads are forced (force.py), such stores are volatile. With
checks an access costs at most one comparison. It costs none where a check of the same address, or of one a constant
below, dominates it (a memory never shrinks); and one check serves all accesses through an address up to the next thing
that must not change places with a trap.
"""

from mote.aot.function import Function, Handler
from mote.wasm.body import Instruction
from mote.wasm.model import PAGE_SIZE


def memory_base(f: Function) -> str:
    """Where the memory begins: for ever the same with guard pages or a fixed size, otherwise read again after calls."""
    if f.shape.bounds == "guard" or f.shape.memory_is_fixed:
        return f.context("memory_base")
    return cached_field(f, "memory_base", "ptr")


def memory_size(f: Function) -> str:
    """The memory's size in bytes, as an integer of the machine's width."""
    if f.shape.memory_is_fixed:
        return str(f.shape.memory_minimum)
    return cached_field(f, "memory_size", f.target.word)


def cached_field(f: Function, field: str, type_: str) -> str:
    """A field of the context that calls may change, as read in this block."""
    if field not in f.cached:
        f.cached[field] = f.loaded("mote_context", "%c", field, type_, ", !tbaa !6")
    return f.cached[field]


def is_proven(f: Function, address: str, end: int) -> bool:
    """Whether `end` bytes at an address are known to lie inside the memory."""
    if f.at in f.proven or (address[0] != "%" and (int(address) & 0xFFFFFFFF) + end <= f.shape.memory_minimum):
        return True
    root, distance = f.roots.get(address, (address, 0))
    return f.checked.get(root, 0) >= distance + end or f.checked.get(address, 0) >= end


def check(f: Function, address: str, end: int) -> None:
    """Make sure that `end` bytes at `address` lie inside the memory."""
    root, distance = f.roots.get(address, (address, 0))
    if end > f.shape.memory_minimum:
        check_far(f, address, end)
    elif root in f.pending and distance + end <= f.shape.memory_minimum:
        widen(f, root, distance + end)
        return
    elif address in f.pending:
        widen(f, address, end)
        return
    else:
        check_near(f, address, end)
    f.checked[address] = end


def widen(f: Function, address: str, end: int) -> None:
    """Let an earlier check ask for more bytes: nothing has happened since that a trap would have prevented."""
    line = f.pending[address]
    f.lines[line] = limit_line(f, f.lines[line].split(" = ")[0], end)
    f.checked[address] = end


def limit_line(f: Function, name: str, end: int) -> str:
    """The line that gives the highest address at which `end` bytes fit."""
    return f"{name} = sub {f.target.word} {memory_size(f)}, {end}"


def check_near(f: Function, address: str, end: int) -> None:
    """The usual check: `end` is at most the memory's minimum, so that the difference is not negative."""
    word = f.target.word
    wide = address if word == "i32" else f.assign(f"zext i32 {address} to i64")
    memory_size(f)
    f.count += 1
    limit = f"%v{f.count}"
    f.pending[address] = len(f.lines)
    f.lines.append(limit_line(f, f"  {limit}", end))
    f.trap_if(f.assign(f"icmp ugt {word} {wide}, {limit}"), "MEMORY_OUT_OF_BOUNDS")


def check_far(f: Function, address: str, end: int) -> None:
    """The check for offsets beyond the memory's minimum: in 64 bits, the sum cannot overflow."""
    wide = f.assign(f"zext i32 {address} to i64")
    reach = f.assign(f"add i64 {wide}, {end}")
    size = memory_size(f)
    if f.target.bits == 32 and size[0] == "%":
        size = f.assign(f"zext i32 {size} to i64")
    f.trap_if(f.assign(f"icmp ugt i64 {reach}, {size}"), "MEMORY_OUT_OF_BOUNDS")


def place(f: Function, offset: int, size: int) -> tuple[str, bool]:
    """Pop an address, check it, and give the pointer to address + offset, and whether the access itself may trap."""
    address = f.pop()
    bounds = f.shape.bounds
    word = f.target.word
    if bounds == "mask":
        return masked(f, address, offset, size), False
    may_trap = False
    if bounds != "none" and not is_proven(f, address, offset + size):
        may_trap = bounds == "guard"
        if may_trap:
            f.checked[address] = offset + size
        else:
            check(f, address, offset + size)
    base = memory_base(f)
    if address[0] != "%" and bounds != "checks":
        return f.assign(f"getelementptr i8, ptr {base}, i64 {(int(address) & 0xFFFFFFFF) + offset}"), may_trap
    wide = address if word == "i32" else f.assign(f"zext i32 {address} to i64")
    pointer = f.assign(f"getelementptr i8, ptr {base}, {word} {wide}")
    return (f.assign(f"getelementptr i8, ptr {pointer}, {word} {offset}") if offset else pointer), may_trap


def masked(f: Function, address: str, offset: int, size: int) -> str:
    """Wraps addresses into the largest power of two that the memory has at least; not what the specification says."""
    room = 1 << max(f.shape.memory_minimum.bit_length() - 1, 0)
    total = f.assign(f"add i32 {address}, {offset & 0xFFFFFFFF}") if offset else address
    inside = f.assign(f"and i32 {total}, {(room - size) & 0xFFFFFFFF}")
    wide = inside if f.target.word == "i32" else f.assign(f"zext i32 {inside} to i64")
    return f.assign(f"getelementptr i8, ptr {memory_base(f)}, {f.target.word} {wide}")


def alignment(f: Function, ins: Instruction, size: int) -> int:
    """The alignment to promise LLVM: the hint where the machine mends broken promises, else none."""
    return min(1 << ins.immediates[0].align, size) if f.target.trusts_alignment else 1


def access(ins: Instruction) -> tuple[str, int, str]:
    """Of a load or store: the wasm type, how many bits are accessed, and "s" or "u" for how a load extends them."""
    type_, _, verb = ins.op.text.partition(".")
    width, _, sign = verb.removeprefix("load").removeprefix("store").partition("_")
    return type_, int(width or type_[1:]), sign


def volatile(f: Function) -> str:
    """With guard pages an access may trap, which LLVM does not know: none may be left out or change places with another."""
    return " volatile" if f.shape.bounds == "guard" else ""


def load(f: Function, ins: Instruction) -> None:
    """Loads."""
    text, bits, sign = access(ins)
    type_ = f.shape.value_type(text)
    pointer, may_trap = place(f, ins.immediates[0].offset, bits // 8)
    tail = f"ptr {pointer}, align {alignment(f, ins, bits // 8)}, !tbaa !5{f.location()}"
    if sign:
        narrow = f.assign(f"load i{bits}, {tail}")
        name = f.emit(type_, f"{'s' if sign == 's' else 'z'}ext i{bits} {narrow} to {type_}")
    else:
        name = f.emit(type_, f"load {type_}, {tail}")
    if may_trap:
        f.forced[name] = type_


def keeps_order(f: Function) -> bool:
    """Whether stores must stay where they are, because accesses that LLVM takes for harmless may trap; in loops that were
    tested before they began none does."""
    return f.shape.bounds == "guard" and not f.proven


def store(f: Function, ins: Instruction) -> None:
    """Stores."""
    text, bits, _ = access(ins)
    type_ = f.shape.value_type(text)
    value = f.pop()
    if bits < int(text[1:]):
        value = f.assign(f"trunc {type_} {value} to i{bits}")
        type_ = f"i{bits}"
    pointer, may_trap = place(f, ins.immediates[0].offset, bits // 8)
    f.barrier()
    verb = "store volatile" if may_trap or keeps_order(f) else "store"
    f.write(f"{verb} {type_} {value}, ptr {pointer}, align {alignment(f, ins, bits // 8)}, !tbaa !5{f.location()}")


def size(f: Function, _: Instruction) -> None:
    """memory.size."""
    if f.shape.memory_is_fixed and f.shape.bounds != "guard":
        f.push("i32", str(f.shape.memory_minimum // PAGE_SIZE))
        return
    pages = f.assign(f"lshr {f.target.word} {memory_size(f)}, 16")
    f.push("i32", pages if f.target.bits == 32 else f.assign(f"trunc i64 {pages} to i32"))


HANDLERS: dict[str, Handler] = {"MEMORY_SIZE": size}
