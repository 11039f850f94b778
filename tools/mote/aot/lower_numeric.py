"""Numeric instructions (specification, 4.3 and 4.4.1): one LLVM instruction or intrinsic where the target has it, else a helper.

LLVM takes signalling NaNs for quiet ones and folds x * 1.0 to x, where wasm asks for a quiet NaN; so identities are kept from it.
"""

import struct

from mote.aot.calls import call_helper
from mote.aot.function import Function, Handler, Value
from mote.native_tables import native
from mote.tables import Op, tables
from mote.wasm.body import Instruction

INTEGER_BINARY = {"add": "add", "sub": "sub", "mul": "mul", "and": "and", "or": "or", "xor": "xor"}
SHIFTS = {"shl": "shl", "shr_s": "ashr", "shr_u": "lshr"}
ROTATES = {"rotl": "fshl", "rotr": "fshr"}
DIVISIONS = {"div_s": "sdiv", "div_u": "udiv", "rem_s": "srem", "rem_u": "urem"}
INTEGER_COMPARE = {
    "eq": "eq", "ne": "ne", "lt_s": "slt", "lt_u": "ult", "gt_s": "sgt", "gt_u": "ugt",
    "le_s": "sle", "le_u": "ule", "ge_s": "sge", "ge_u": "uge",
}  # fmt: skip
COUNTS = {"clz": "ctlz", "ctz": "cttz", "popcnt": "ctpop"}
FLOAT_BINARY = {"add": "fadd", "sub": "fsub", "mul": "fmul", "div": "fdiv"}
FLOAT_COMPARE = {"eq": "oeq", "ne": "une", "lt": "olt", "gt": "ogt", "le": "ole", "ge": "oge"}
FLOAT_UNARY = {"ceil": "ceil", "floor": "floor", "trunc": "trunc", "nearest": "roundeven", "sqrt": "sqrt"}
FLOAT_PICK = {"min": "minimum", "max": "maximum"}
# Constants c for which LLVM takes x op c for x, or for -x.
IDENTITIES = {"add": (0.0,), "sub": (0.0,), "mul": (1.0,), "div": (1.0,)}
BITS = {"i32": 32, "i64": 64, "float": 32, "double": 64}
SIGN_BIT = {"i32": str(-(1 << 31)), "i64": str(-(1 << 63))}
INTRINSIC = {"i32": "i32", "i64": "i64", "float": "f32", "double": "f64"}
AS_INTEGER = {"float": "i32", "double": "i64"}


def const_integer(f: Function, ins: Instruction) -> None:
    """i32.const, i64.const."""
    f.push(f.shape.value_type(ins.op.text[:3]), str(ins.immediates[0]))


def const_float(f: Function, ins: Instruction) -> None:
    """f32.const, f64.const: by their bits, which LLVM's decimal texts could not say of NaNs."""
    raw = ins.immediates[0]
    bits = int.from_bytes(raw, "little")
    type_ = f.shape.value_type(ins.op.text[:3])
    if type_.startswith("i"):
        f.push(type_, str(bits))
        return
    number = struct.unpack("<f" if type_ == "float" else "<d", raw)[0]
    if number != number:
        f.push(type_, f"bitcast ({AS_INTEGER[type_]} {bits} to {type_})")
    else:
        f.push(type_, f"0x{struct.unpack('<Q', struct.pack('<d', number))[0]:016x}")


def integer_binary(f: Function, ins: Instruction) -> None:
    """Two operands, one instruction."""
    type_, verb = ins.op.text.split(".")
    b, a = f.pop(), f.pop()
    name = f.emit(type_, f"{INTEGER_BINARY[verb]} {type_} {a}, {b}")
    if verb == "add" and type_ == "i32":
        note_root(f, name, a, b)


def note_root(f: Function, name: str, a: str, b: str) -> None:
    """Remember that a value is another one plus a constant, for checks of addresses."""
    if a[0] != "%" and b[0] == "%":
        a, b = b, a
    if b[0] != "%" and a[0] == "%" and int(b) > 0:
        root, distance = f.roots.get(a, (a, 0))
        f.roots[name] = (root, distance + int(b))


def integer_shift(f: Function, ins: Instruction) -> None:
    """Shifts: by the amount modulo the width; by the firmware where a shift by a variable amount would be a library call."""
    type_, verb = ins.op.text.split(".")
    b, a = f.pop(), f.pop()
    if ins.op.text in f.target.integer_helpers and b[0] == "%":
        f.push(type_, call_helper(f, ins.op.name, type_, [Value(type_, a), Value(type_, b)]))
        return
    mask = BITS[type_] - 1
    b = f.assign(f"and {type_} {b}, {mask}") if b[0] == "%" else str(int(b) & mask)
    f.emit(type_, f"{SHIFTS[verb]} {type_} {a}, {b}")


def integer_rotate(f: Function, ins: Instruction) -> None:
    """Rotations: LLVM's funnel shifts of a value with itself."""
    type_, verb = ins.op.text.split(".")
    b, a = f.pop(), f.pop()
    if ins.op.text in f.target.integer_helpers and b[0] == "%":
        f.push(type_, call_helper(f, ins.op.name, type_, [Value(type_, a), Value(type_, b)]))
        return
    f.emit(type_, f.intrinsic(f"llvm.{ROTATES[verb]}.{type_}", type_, f"{type_} {a}", f"{type_} {a}", f"{type_} {b}"))


def integer_division(f: Function, ins: Instruction) -> None:
    """Division and remainder, with the traps that wasm defines for them."""
    type_, verb = ins.op.text.split(".")
    b, a = f.pop(), f.pop()
    f.barrier()
    if b[0] == "%" or int(b) == 0:
        f.trap_if(f.assign(f"icmp eq {type_} {b}, 0"), "INTEGER_DIVIDE_BY_ZERO")
    if verb == "div_s" and (b[0] == "%" or int(b) == -1):
        lowest = f.assign(f"icmp eq {type_} {a}, {SIGN_BIT[type_]}")
        minus = f.assign(f"icmp eq {type_} {b}, -1")
        f.trap_if(f.assign(f"and i1 {lowest}, {minus}"), "INTEGER_OVERFLOW")
    if verb == "rem_s" and (b[0] == "%" or int(b) == -1):
        minus = f.assign(f"icmp eq {type_} {b}, -1")  # the lowest number rem -1 is 0, where LLVM's srem has no value
        b = f.assign(f"select i1 {minus}, {type_} 1, {type_} {b}")
    if ins.op.text in f.target.integer_helpers and not is_power_of_two(b):
        f.push(type_, call_helper(f, ins.op.name, type_, [Value(type_, a), Value(type_, b)]))
    else:
        f.emit(type_, f"{DIVISIONS[verb]} {type_} {a}, {b}")


def is_power_of_two(text: str) -> bool:
    """Whether a divisor is a constant by which every CPU divides with shifts."""
    return text[0] != "%" and int(text) > 0 and int(text) & (int(text) - 1) == 0


def integer_count(f: Function, ins: Instruction) -> None:
    """Counting zeros and ones."""
    type_, verb = ins.op.text.split(".")
    zero = () if verb == "popcnt" else ("i1 false",)
    f.emit(type_, f.intrinsic(f"llvm.{COUNTS[verb]}.{type_}", type_, f"{type_} {f.pop()}", *zero))


def integer_compare(f: Function, ins: Instruction) -> None:
    """Comparisons of integers."""
    type_, verb = ins.op.text.split(".")
    b, a = f.pop(), f.pop()
    f.emit("i1", f"icmp {INTEGER_COMPARE[verb]} {type_} {a}, {b}")


def integer_eqz(f: Function, ins: Instruction) -> None:
    """Test for zero."""
    type_ = ins.op.text.split(".")[0]
    if type_ == "i32" and f.stack[-1].type == "i1":
        f.emit("i1", f"xor i1 {f.stack.pop().text}, true")
    else:
        f.emit("i1", f"icmp eq {type_} {f.pop()}, 0")


def extend(f: Function, ins: Instruction) -> None:
    """Sign extension from 8, 16 or 32 bits within a type."""
    type_, verb = ins.op.text.split(".")
    narrow = f.assign(f"trunc {type_} {f.pop()} to i{verb[6:-2]}")
    f.emit(type_, f"sext i{verb[6:-2]} {narrow} to {type_}")


def wrap(f: Function, _: Instruction) -> None:
    """i32.wrap_i64."""
    f.emit("i32", f"trunc i64 {f.pop()} to i32")


def widen(f: Function, ins: Instruction) -> None:
    """i64.extend_i32_s, i64.extend_i32_u."""
    if ins.op.text.endswith("_u") and f.stack[-1].type == "i1":
        f.emit("i64", f"zext i1 {f.stack.pop().text} to i64")
    else:
        f.emit("i64", f"{'sext' if ins.op.text.endswith('_s') else 'zext'} i32 {f.pop()} to i64")


def reinterpret(f: Function, ins: Instruction) -> None:
    """The same bits as another type."""
    value = f.pop_value()
    type_ = f.shape.value_type(ins.op.text[:3])
    if value.type == type_:
        f.stack.append(value)
    else:
        f.emit(type_, f"bitcast {value.type} {value.text} to {type_}")


def is_identity(verb: str, text: str) -> bool:
    """Whether a constant is one with which LLVM would fold the operation away."""
    if not text.startswith("0x"):
        return text == "0.0"
    return abs(struct.unpack("<d", struct.pack("<Q", int(text, 16)))[0]) in IDENTITIES[verb]


def opaque(f: Function, type_: str, text: str) -> str:
    """The same value, but LLVM cannot see which it is."""
    integer = AS_INTEGER[type_]
    bits = f.assign(f"bitcast {type_} {text} to {integer}")
    if integer == "i64" and f.target.bits == 32:
        return f.assign(f"bitcast i64 {bits} to double")
    hidden = f.assign(f'call {integer} asm "", "=r,0"({integer} {bits})')
    return f.assign(f"bitcast {integer} {hidden} to {type_}")


def float_binary(f: Function, ins: Instruction) -> None:
    """Float arithmetic."""
    verb = ins.op.text.split(".")[1]
    type_ = f.shape.value_type(ins.op.text[:3])
    b, a = f.pop(), f.pop()
    if b[0] != "%" and is_identity(verb, b):
        b = opaque(f, type_, b)
    if a[0] != "%" and is_identity(verb, a):
        a = opaque(f, type_, a)
    f.emit(type_, f"{FLOAT_BINARY[verb]} {type_} {a}, {b}")


def float_compare(f: Function, ins: Instruction) -> None:
    """Comparisons of floats."""
    type_ = f.shape.value_type(ins.op.text[:3])
    b, a = f.pop(), f.pop()
    f.emit("i1", f"fcmp {FLOAT_COMPARE[ins.op.text[4:]]} {type_} {a}, {b}")


def float_unary(f: Function, ins: Instruction) -> None:
    """Rounding and square root."""
    type_ = f.shape.value_type(ins.op.text[:3])
    name = f"llvm.{FLOAT_UNARY[ins.op.text[4:]]}.{INTRINSIC[type_]}"
    f.emit(type_, f.intrinsic(name, type_, f"{type_} {f.pop()}"))


def float_pick(f: Function, ins: Instruction) -> None:
    """min and max."""
    type_ = f.shape.value_type(ins.op.text[:3])
    b, a = f.pop(), f.pop()
    name = f"llvm.{FLOAT_PICK[ins.op.text[4:]]}.{INTRINSIC[type_]}"
    picked = f.assign(f.intrinsic(name, type_, f"{type_} {a}", f"{type_} {b}"))
    is_nan = f.assign(f"fcmp uno {type_} {a}, {b}")  # signalling NaNs must become quiet, as a sum's do
    total = f.assign(f"fadd {type_} {a}, {b}")
    f.emit(type_, f"select i1 {is_nan}, {type_} {total}, {type_} {picked}")


def float_sign(f: Function, ins: Instruction) -> None:
    """abs, neg, copysign: operations on the sign bit, on integers where the floats are integers."""
    type_, verb = f.shape.value_type(ins.op.text[:3]), ins.op.text[4:]
    if not type_.startswith("i"):
        b = f.pop() if verb == "copysign" else ""
        a = f.pop()
        if verb == "neg":
            f.emit(type_, f"fneg {type_} {a}")
        elif verb == "abs":
            f.emit(type_, f.intrinsic(f"llvm.fabs.{INTRINSIC[type_]}", type_, f"{type_} {a}"))
        else:
            f.emit(type_, f.intrinsic(f"llvm.copysign.{INTRINSIC[type_]}", type_, f"{type_} {a}", f"{type_} {b}"))
        return
    sign, rest = SIGN_BIT[type_], str((1 << (BITS[type_] - 1)) - 1)
    if verb == "neg":
        f.emit(type_, f"xor {type_} {f.pop()}, {sign}")
    elif verb == "abs":
        f.emit(type_, f"and {type_} {f.pop()}, {rest}")
    else:
        b = f.assign(f"and {type_} {f.pop()}, {sign}")
        a = f.assign(f"and {type_} {f.pop()}, {rest}")
        f.emit(type_, f"or {type_} {a}, {b}")


# -- conversions --


def truncate(f: Function, ins: Instruction) -> None:
    """Float to integer, with traps: the operand must lie strictly between the numbers next to the integer type's range."""
    source, result, signed = f.shape.value_type(ins.op.text[10:13]), ins.op.text[:3], ins.op.text.endswith("_s")
    a = f.pop()
    f.barrier()
    bits = BITS[result]
    low, high = (-(1 << (bits - 1)), 1 << (bits - 1)) if signed else (0, 1 << bits)
    is_exact = BITS[source] <= bits or (not signed and source == "double" and bits == 64) or source == "float"
    if not signed:
        above = ("ogt", "-1.0")
    elif is_exact:
        above = ("oge", float_text(float(low)))
    else:
        above = ("ogt", float_text(float(low - 1)))
    f.trap_if(f.assign(f"fcmp uno {source} {a}, {a}"), "INVALID_CONVERSION")
    one = f.assign(f"fcmp {above[0]} {source} {a}, {above[1]}")
    two = f.assign(f"fcmp olt {source} {a}, {float_text(float(high))}")
    f.trap_unless(f.assign(f"and i1 {one}, {two}"), "INTEGER_OVERFLOW")
    f.emit(result, f"{'fptosi' if signed else 'fptoui'} {source} {a} to {result}")


def float_text(number: float) -> str:
    """A float constant by its bits."""
    return f"0x{struct.unpack('<Q', struct.pack('<d', number))[0]:016x}"


def truncate_saturating(f: Function, ins: Instruction) -> None:
    """Float to integer, the nearest integer there is."""
    result, _, rest = ins.op.text.partition(".trunc_sat_")
    source = f.shape.value_type(rest[:3])
    name = f"llvm.fpto{rest[-1]}i.sat.{result}.{INTRINSIC[source]}"
    f.emit(result, f.intrinsic(name, result, f"{source} {f.pop()}"))


def convert(f: Function, ins: Instruction) -> None:
    """Integer to float."""
    type_, source = f.shape.value_type(ins.op.text[:3]), ins.op.text[12:15]
    f.emit(type_, f"{ins.op.text[-1]}itofp {source} {f.pop()} to {type_}")


def demote(f: Function, _: Instruction) -> None:
    """f64 to f32; what has just been promoted must still become a quiet NaN."""
    a = f.pop()
    if a in f.promoted:
        a = opaque(f, "double", a)
    f.emit("float", f"fptrunc double {a} to float")


def promote(f: Function, _: Instruction) -> None:
    """f32 to f64."""
    f.promoted.add(f.emit("double", f"fpext float {f.pop()} to double"))


def by_helper(f: Function, ins: Instruction) -> None:
    """An instruction that the target does not have: the firmware does it, on integers."""
    operands = f.pop_many(len(ins.op.operands))
    results = {v.letter: f.shape.value_type(v.text) for v in tables().valtypes.values()}
    if native().helpers[ins.op.name].traps:
        f.barrier()
    f.push(results[ins.op.results], call_helper(f, ins.op.name, results[ins.op.results], operands))


# Whether these are left to the firmware depends on their operands.
DECIDED_LATER = frozenset({*DIVISIONS, *SHIFTS, *ROTATES})


def is_helped(f: Function, op: Op) -> bool:
    """Whether the target leaves a numeric instruction to the firmware."""
    target = f.target
    verb = op.text.split(".")[1]
    if op.text in target.integer_helpers:
        return verb not in DECIDED_LATER
    used = {"f32" if letter == "f" else "f64" for letter in (op.operands or "") + (op.results or "") if letter in "fF"}
    if not used:
        return False
    if verb in ("abs", "neg", "copysign") or op.text.endswith(".const") or verb.startswith("reinterpret"):
        return False
    if used - target.hard or verb in target.helpers:
        return True
    return target.bits == 32 and "I" in (op.operands or "") + (op.results or "")


def numeric(op: Op) -> Handler | None:
    """How a numeric instruction with machine code is lowered, by its type and verb."""
    type_, _, verb = op.text.partition(".")
    if op.text.endswith(".const"):
        return const_integer if type_[0] == "i" else const_float
    for prefix, handler in PREFIXES.items():
        if verb.startswith(prefix):
            return handler
    return (INTEGER if type_[0] == "i" else FLOAT).get(verb)


PREFIXES: dict[str, Handler] = {
    "trunc_sat": truncate_saturating, "trunc_": truncate, "convert": convert, "reinterpret": reinterpret, "wrap": wrap,
    "extend_": widen, "extend": extend, "demote": demote, "promote": promote,
}  # fmt: skip
INTEGER: dict[str, Handler] = {
    **dict.fromkeys(INTEGER_BINARY, integer_binary), **dict.fromkeys(SHIFTS, integer_shift),
    **dict.fromkeys(ROTATES, integer_rotate), **dict.fromkeys(DIVISIONS, integer_division),
    **dict.fromkeys(INTEGER_COMPARE, integer_compare), **dict.fromkeys(COUNTS, integer_count), "eqz": integer_eqz,
}  # fmt: skip
FLOAT: dict[str, Handler] = {
    **dict.fromkeys(FLOAT_BINARY, float_binary), **dict.fromkeys(FLOAT_COMPARE, float_compare),
    **dict.fromkeys(FLOAT_UNARY, float_unary), **dict.fromkeys(FLOAT_PICK, float_pick),
    **dict.fromkeys(("abs", "neg", "copysign"), float_sign),
}  # fmt: skip
