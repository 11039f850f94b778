"""Modules of extreme shape: long, deep, wide. Each is a function that gives a module's bytes and the calls to make."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from differential.encode import FuncType, ModuleBytes, constant, limits, opcode, signed, unsigned, valtype

I32_TO_I32 = FuncType(("i32",), ("i32",))


@dataclass(frozen=True)
class Shape:
    """A module and calls of its exports: a name and arguments as words of the driver's protocol."""

    module: bytes
    calls: Sequence[tuple[str, Sequence[str]]]
    expected: Sequence[str] = ()  # results, where wasmtime would take too long to find them


SHAPES: dict[str, Callable[[], Shape]] = {}


def shape(make: Callable[[], Shape]) -> Callable[[], Shape]:
    """Enter a shape under its name."""
    SHAPES[make.__name__] = make
    return make


def get(local: int) -> bytes:
    """local.get."""
    return opcode("local.get") + unsigned(local)


def put(local: int) -> bytes:
    """local.set."""
    return opcode("local.set") + unsigned(local)


def i32(number: int) -> bytes:
    """i32.const."""
    return constant("i32", number)


def one_function(kind: FuncType, code: bytes, locals_: Sequence[str], calls: Sequence[Sequence[str]]) -> Shape:
    """A module with one exported function."""
    module = ModuleBytes()
    module.add_function(kind, code, locals_, "f")
    return Shape(module.encoded(), [("f", words) for words in calls])


def many_locals(kind: str, count: int) -> Shape:
    """A function with so many locals that it uses the first, the last and some between."""
    code = b""
    places = [1, 2, 127, 128, 16384, 32767, 32768, count // 2, count - 1, count]
    for i, place in enumerate(places):
        code += constant(kind, 1000 + i) + put(place)
    code += constant(kind, 0)
    for place in places:
        code += get(place) + opcode(f"{kind}.add") + constant(kind, 3) + opcode(f"{kind}.mul")
    return one_function(FuncType((kind,), (kind,)), code, [kind] * count, [[f"{kind}:5"]])


@shape
def locals_i32_50000() -> Shape:
    """As many locals as there may be (parameters count)."""
    return many_locals("i32", 49_999)


@shape
def locals_i64_50000() -> Shape:
    """The same with values that are twice as wide."""
    return many_locals("i64", 49_999)


@shape
def locals_many_and_calls() -> Shape:
    """A large frame that calls another large one."""
    module = ModuleBytes()
    inner = get(0) + i32(1) + opcode("i32.add") + put(4000) + get(4000)
    outer = get(0) + put(3000) + get(3000) + opcode("call") + b"\0" + get(3000) + opcode("i32.mul")
    module.add_function(I32_TO_I32, inner, ["i32"] * 4000)
    module.add_function(I32_TO_I32, outer, ["i32"] * 3000, "f")
    return Shape(module.encoded(), [("f", ["i32:6"])])


def padding(count: int) -> bytes:
    """Instructions that cannot be left out: x = (x * 3 + 1) ^ 5, `count` times."""
    step = get(0) + i32(3) + opcode("i32.mul") + i32(1) + opcode("i32.add") + i32(5) + opcode("i32.xor") + put(0)
    return step * count


@shape
def function_of_a_megabyte() -> Shape:
    """Branches over some 900 KB of code, forward and back."""
    code = opcode("block") + b"\x40" + get(0) + opcode("i32.eqz") + opcode("br_if") + b"\0"
    code += opcode("loop") + b"\x40" + padding(60_000)
    code += get(1) + i32(1) + opcode("i32.add") + opcode("local.tee") + b"\1" + i32(3) + opcode("i32.lt_u")
    code += opcode("br_if") + b"\0" + opcode("end") + opcode("end") + get(0)
    return one_function(I32_TO_I32, code, ["i32"], [["i32:0"], ["i32:1"], ["i32:77"]])


@shape
def if_else_of_a_megabyte() -> Shape:
    """Both arms of an if are longer than a 16-bit displacement."""
    code = get(0) + opcode("if") + b"\x7f" + padding(30_000) + get(0)
    code += opcode("else") + padding(30_001) + get(0) + opcode("end")
    return one_function(I32_TO_I32, code, [], [["i32:0"], ["i32:9"]])


@shape
def br_table_of_10000_arms() -> Shape:
    """Each arm chosen goes to one of two labels that carry a value."""
    arms = 10_000
    table = opcode("br_table") + unsigned(arms) + b"".join(unsigned(i % 3) for i in range(arms)) + unsigned(1)
    code = opcode("block") + b"\x7f" + opcode("block") + b"\x7f" + opcode("block") + b"\x7f"
    code += i32(7) + get(0) + table + opcode("end") + i32(1) + opcode("i32.add") + opcode("end")
    code += i32(10) + opcode("i32.mul") + opcode("end")
    calls = [[f"i32:{i}"] for i in (0, 1, 2, 3, 9_998, 9_999, 10_000, 10_001, 0xFFFFFFFF, 0x80000000)]
    return one_function(I32_TO_I32, code, [], calls)


@shape
def br_table_of_1000_blocks() -> Shape:
    """Every arm goes to a label of its own."""
    depth = 1_000
    code = (opcode("block") + b"\x40") * depth + get(0)
    code += opcode("br_table") + unsigned(depth - 1) + b"".join(unsigned(i) for i in range(depth - 1)) + unsigned(depth - 1)
    code += (opcode("end") + get(1) + i32(1) + opcode("i32.add") + put(1)) * depth + get(1)
    return one_function(I32_TO_I32, code, ["i32"], [[f"i32:{i}"] for i in (0, 1, 500, 998, 999, 1000, 0xFFFFFFFF)])


@shape
def blocks_10000_deep() -> Shape:
    """Nested blocks with results, left by branches of all lengths."""
    depth = 10_000
    code = (opcode("block") + b"\x7f") * depth + i32(1)
    code += get(0) + opcode("br_if") + unsigned(depth - 1) + (opcode("end") + i32(1) + opcode("i32.add")) * (depth - 1)
    code += opcode("end")
    return one_function(I32_TO_I32, code, [], [["i32:0"], ["i32:1"]])


@shape
def ifs_and_loops_3000_deep() -> Shape:
    """Ifs with else arms and loops in turn."""
    depth = 3_000
    code = (get(0) + opcode("if") + b"\x7f" + opcode("loop") + b"\x7f") * depth + i32(5)
    code += (opcode("end") + opcode("else") + i32(9) + opcode("end")) * depth
    return one_function(I32_TO_I32, code, [], [["i32:0"], ["i32:1"]])


@shape
def operands_20000_high() -> Shape:
    """A tall operand stack."""
    count, arguments = 20_000, (0, 123456)
    code = b"".join(get(0) + i32(i) + opcode("i32.xor") for i in range(count)) + opcode("i32.add") * (count - 1)
    made = one_function(I32_TO_I32, code, [], [[f"i32:{x}"] for x in arguments])
    sums = [sum(x ^ i for i in range(count)) % (1 << 32) for x in arguments]
    return Shape(made.module, made.calls, [f"i32:{number}" for number in sums])


@shape
def constants_20000_different() -> Shape:
    """More constants than any pool of them may hold."""
    code = get(0) + opcode("i64.extend_i32_u")
    code += b"".join(constant("i64", 0x123456789ABCDEF * (i + 1) % (1 << 64)) + opcode("i64.xor") for i in range(20_000))
    return one_function(FuncType(("i32",), ("i64",)), code, [], [["i32:3"]])


@shape
def parameters_and_results_1000() -> Shape:
    """The usual limit of both; the results are the parameters in reverse."""
    kinds = tuple(("i32", "i64", "f32", "f64")[i % 4] for i in range(1000))
    code = b"".join(get(i) for i in reversed(range(1000)))
    module = ModuleBytes()
    swap = FuncType(kinds, kinds[::-1])
    module.add_function(swap, code)
    twice = b"".join(get(i) for i in range(1000)) + opcode("call") + b"\0"
    module.add_function(swap, twice, (), "f")
    return Shape(module.encoded(), [("f", [f"{kind}:{i}" for i, kind in enumerate(kinds)])])


@shape
def block_parameters_and_results_1000() -> Shape:
    """A block and a loop that take and give a thousand values."""
    kinds = ("i32",) * 1000
    module = ModuleBytes()
    through = signed(module.typeidx(FuncType(kinds, kinds)))
    code = b"".join(get(0) + i32(i) + opcode("i32.add") for i in range(1000))
    code += opcode("block") + through + opcode("loop") + through + get(1) + i32(1) + opcode("i32.add")
    code += opcode("local.tee") + b"\1" + i32(4) + opcode("i32.lt_u") + opcode("br_if") + b"\0" + opcode("end") + opcode("end")
    code += opcode("i32.sub") * 999
    module.add_function(I32_TO_I32, code, ["i32"], "f")
    return Shape(module.encoded(), [("f", ["i32:1"])])


@shape
def functions_20000() -> Shape:
    """Each calls the one before it, a few are exported."""
    module = ModuleBytes()
    count = 20_000
    for i in range(count):
        code = get(0) + i32(i) + opcode("i32.add")
        if i % 100:
            code += opcode("call") + unsigned(i - 1)
        module.add_function(I32_TO_I32, code, (), f"f{i}" if i % 1999 == 0 else "")
    return Shape(module.encoded(), [(f"f{i}", ["i32:1"]) for i in range(0, count, 1999)])


@shape
def globals_and_types_5000() -> Shape:
    """Wide index spaces of globals and of types."""
    module = ModuleBytes()
    for i in range(5000):
        module.globals.append(bytes([valtype("i64"), 1]) + constant("i64", i) + opcode("end"))
    kinds = [FuncType(("i32",) * (i % 70) + ("i64",) * (i // 70), ("i64",)) for i in range(1, 2000)]
    module.types += kinds
    last = kinds[-1]
    read = opcode("global.get") + unsigned(4999) + opcode("global.get") + unsigned(128) + opcode("i64.add")
    module.add_function(last, read)
    code = b"".join(constant(kind, 0) for kind in last.params) + i32(0) + opcode("call_indirect")
    code += unsigned(module.typeidx(last)) + b"\0"
    module.add_function(FuncType((), ("i64",)), code, (), "f")
    module.tables.append(bytes([valtype("funcref")]) + limits(1, 1))
    module.elements.append(b"\0" + i32(0) + opcode("end") + unsigned(1) + b"\0")
    return Shape(module.encoded(), [("f", [])])


@shape
def recursion_of_large_frames() -> Shape:
    """Runs out of stack, and the next call works."""
    module = ModuleBytes()
    code = get(0) + opcode("if") + b"\x7f" + get(0) + i32(1) + opcode("i32.sub") + opcode("call") + b"\0"
    code += opcode("else") + get(1000) + opcode("end")
    module.add_function(I32_TO_I32, code, ["i32"] * 1000, "f")
    return Shape(module.encoded(), [("f", ["i32:4294967295"]), ("f", ["i32:5"])])
