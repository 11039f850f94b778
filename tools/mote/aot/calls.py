"""Calls out of a function: of helpers, of other functions, through tables. Functions of the module are called directly,
imports and table elements through thunks (thunks.py)."""

from collections.abc import Sequence

from mote.aot.function import Function, Handler, Value
from mote.native_tables import native
from mote.wasm.body import Instruction
from mote.wasm.model import FuncType

CONTEXT_LETTER = "c"


def helper_pointer(f: Function, name: str) -> str:
    """A helper's address, read from the context's table."""
    number = f.shape.helper(name)
    place = f.assign(f"getelementptr i8, ptr {f.context('helpers')}, i32 {number * f.target.word_bytes}")
    return f.assign(f"load ptr, ptr {place}, !invariant.load !1")


def bits_of(f: Function, value: Value) -> Value:
    """A float as the integer that holds its bits; anything else as it is."""
    integer = {"float": "i32", "double": "i64"}.get(value.type)
    return Value(integer, f.assign(f"bitcast {value.type} {value.text} to {integer}")) if integer else value


def call_helper(f: Function, name: str, result: str, operands: Sequence[Value]) -> str:
    """Call a helper with operands of any type; the name of its result, "" for void. Floats travel as integers."""
    pointer = helper_pointer(f, name)
    arguments = [f"{v.type} {v.text}" for v in (bits_of(f, o) for o in operands)]
    if native().helpers[name].takes_context:
        arguments.insert(0, "ptr %c")
    passed = {"float": "i32", "double": "i64"}.get(result, result)
    text = f"call {passed} {pointer}({', '.join(arguments)}){f.location()}"
    if result == "void":
        f.write(text)
        return ""
    name = f.assign(text)
    return name if passed == result else f.assign(f"bitcast {passed} {name} to {result}")


def push_results(f: Function, type_: FuncType, call: str) -> None:
    """Write a call and push what it returns."""
    results = [f.shape.llvm_type(t) for t in type_.results]
    if not results:
        f.write(call)
        return
    name = f.assign(call)
    if len(results) == 1:
        f.push(results[0], name)
        return
    for i, result in enumerate(results):
        f.emit(result, f"extractvalue {{ {', '.join(results)} }} {name}, {i}")


def call_symbol(f: Function, symbol: str, type_: FuncType, operands: list[Value]) -> None:
    """Call a function of the image by its symbol."""
    result, params = f.shape.signature(type_)
    params += ", " + ", ".join(v.type for v in operands[len(type_.params) :]) if len(operands) > len(type_.params) else ""
    f.declare(symbol, result, params)
    f.check_stack()
    f.forget()
    arguments = ", ".join([f"ptr {f.target.pinned}%c", *(f"{v.type} {v.text}" for v in operands)])
    push_results(f, type_, f"call {result} @{symbol}({arguments}){f.location() or f.shape.scope}")


def call(f: Function, ins: Instruction) -> None:
    """call."""
    (funcidx,) = ins.immediates
    type_ = f.shape.function_types[funcidx]
    symbol = f"{'i' if funcidx < f.shape.imported_functions else 'f'}{funcidx}"
    call_symbol(f, symbol, type_, f.pop_many(len(type_.params)))


def call_indirect(f: Function, ins: Instruction) -> None:
    """call_indirect: the thunk for this table and type checks the element and jumps to it."""
    typeidx, tableidx = ins.immediates
    type_ = f.shape.module.types[typeidx]
    index = f.pop_value()
    operands = [*f.pop_many(len(type_.params)), index]
    call_symbol(f, f"x{tableidx}_{f.shape.canonical(typeidx)}", type_, operands)


def helper(result: str, *order: int) -> Handler:
    """An instruction that is a call of the helper of its name: immediates (by their positions in `order`), then operands."""

    def lower(f: Function, ins: Instruction) -> None:
        parameters = native().helpers[ins.op.name].parameters
        immediates = [Value("i32", str(ins.immediates[i])) for i in order]
        operands = f.pop_many(parameters - len(immediates))
        f.forget()
        name = call_helper(f, ins.op.name, result, [*immediates, *operands])
        if result != "void":
            f.push(result, name)

    return lower


def memory_helper(f: Function, ins: Instruction) -> None:
    """memory.fill, memory.copy: their immediates are always 0."""
    operands = f.pop_many(3)
    f.barrier()
    call_helper(f, ins.op.name, "void", operands)


def global_place(f: Function, globalidx: int) -> str:
    """A pointer to a global."""
    imported = len([i for i in f.shape.module.imports if i.kind == 3])
    if globalidx < imported:
        pointers = f.context("imported_globals")
        place = f.assign(f"getelementptr i8, ptr {pointers}, i32 {globalidx * f.target.word_bytes}")
        return f.assign(f"load ptr, ptr {place}, !invariant.load !1")
    return f.assign(f"getelementptr i8, ptr {f.context('globals')}, i32 {8 * (globalidx - imported)}")


def global_get(f: Function, ins: Instruction) -> None:
    """global.get."""
    (globalidx,) = ins.immediates
    f.emit(f.shape.global_type(globalidx), f"load {f.shape.global_type(globalidx)}, ptr {global_place(f, globalidx)}, !tbaa !7")


def global_set(f: Function, ins: Instruction) -> None:
    """global.set."""
    (globalidx,) = ins.immediates
    value = f.pop()
    f.barrier()
    verb = "store volatile" if f.shape.bounds == "guard" else "store"  # it must not move across an access that traps
    f.write(f"{verb} {f.shape.global_type(globalidx)} {value}, ptr {global_place(f, globalidx)}, !tbaa !7")


def ref_null(f: Function, _: Instruction) -> None:
    """ref.null."""
    f.push("ptr", "null")


def ref_is_null(f: Function, _: Instruction) -> None:
    """ref.is_null."""
    f.emit("i1", f"icmp eq ptr {f.pop()}, null")


HANDLERS: dict[str, Handler] = {
    "CALL": call,
    "CALL_INDIRECT": call_indirect,
    "GLOBAL_GET": global_get,
    "GLOBAL_SET": global_set,
    "MEMORY_GROW": helper("i32"),
    "MEMORY_FILL": memory_helper,
    "MEMORY_COPY": memory_helper,
    "MEMORY_INIT": helper("void", 0),
    "DATA_DROP": helper("void", 0),
    "REF_NULL": ref_null,
    "REF_IS_NULL": ref_is_null,
    "REF_FUNC": helper("ptr", 0),
    "TABLE_GET": helper("ptr", 0),
    "TABLE_SET": helper("void", 0),
    "TABLE_SIZE": helper("i32", 0),
    "TABLE_GROW": helper("i32", 0),
    "TABLE_FILL": helper("void", 0),
    "TABLE_INIT": helper("void", 1, 0),
    "TABLE_COPY": helper("void", 0, 1),
    "ELEM_DROP": helper("void", 0),
}
