"""Accesses around the end of memories and tables: the exact trap, and not a byte written beyond or before it."""

import pytest

from differential.compare import difference
from differential.encode import FuncType, ModuleBytes, constant, limits, opcode, unsigned, valtype
from differential.expressions import LETTERS, memory_ops
from mote.tables import Op
from support.builds import Build
from support.driver import Driver
from support.oracle import Oracle
from support.protocol import stage_lines

PAGE = 65536
EDGES = [0, 1, *(PAGE - i for i in range(10)), PAGE + 1, 0x7FFFFFFF, 0x80000000, *(0xFFFFFFFF - i for i in range(9))]
OFFSETS = (0, 1, 3, PAGE - 4, PAGE, 0x7FFFFFFF, 0xFFFFFFFF)
LENGTHS = (0, 1, 2, PAGE, 0xFFFFFFFF)


def access(module: ModuleBytes, op: Op, offset: int) -> None:
    """A function that makes one access at its argument."""
    operands = [LETTERS[letter] for letter in op.operands or ""]
    results = tuple(LETTERS[letter] for letter in op.results or "")
    code = opcode("local.get") + b"\0"
    if len(operands) > 1:
        code += constant(operands[1], 0x41414141)
    code += opcode(op.text) + b"\0" + unsigned(offset)
    module.add_function(FuncType(("i32",), results), code, (), f"{op.text}+{offset}")


def accesses() -> tuple[bytes, list[str]]:
    """A module with every load and store at every offset, and calls at every edge."""
    module = ModuleBytes()
    module.memories.append(limits(1, 1))
    module.export("memory", "memory", 0)
    names = []
    for op in (op for result in ("i32", "i64", "f32", "f64", "") for op in memory_ops(result)):
        for offset in OFFSETS:
            access(module, op, offset)
            names.append(f"{op.text}%2B{offset}")
    return module.encoded(), [f"call 0 {name} i32:{edge}" for name in names for edge in EDGES]


def bulk() -> tuple[bytes, list[str]]:
    """A module with the bulk instructions, and calls with every combination of edges and lengths."""
    module = ModuleBytes(data_count=1, datas=[b"\x01\x08abcdefgh"])
    module.memories.append(limits(1, 1))
    module.export("memory", "memory", 0)
    module.tables += [bytes([valtype("funcref")]) + limits(10, 10)]
    module.elements += [b"\x01\0\x04\0\0\0\0"]
    arguments = b"".join(opcode("local.get") + bytes([i]) for i in range(3))
    three = FuncType(("i32", "i32", "i32"))
    for text, immediates in {
        "memory.fill": b"\0", "memory.copy": b"\0\0", "memory.init": b"\0\0", "table.copy": b"\0\0", "table.init": b"\0\0",
    }.items():
        module.add_function(three, arguments + opcode(text) + immediates, (), text)
    fill = opcode("local.get") + b"\0" + opcode("ref.func") + b"\0" + opcode("local.get") + b"\2"
    module.add_function(three, fill + opcode("table.fill") + b"\0", (), "table.fill")
    edges = (0, 1, PAGE - 1, PAGE, PAGE + 1, 0xFFFFFFFF)
    calls = [f"call 0 {name} i32:{a} i32:{b} i32:{n}"
             for name in ("memory.fill", "memory.copy") for a in edges for b in edges for n in LENGTHS]
    small = (0, 1, 4, 8, 9, 10, 11, 0xFFFFFFFF)
    tables = ("memory.init", "table.copy", "table.init", "table.fill")
    calls += [f"call 0 {name} i32:{a} i32:{b} i32:{n}" for name in tables for a in (*small, PAGE) for b in small for n in small]
    return module.encoded(), calls


@pytest.mark.parametrize("make", [accesses, bulk])
def test_edges_are_exact(make, build: Build) -> None:
    """Same results and traps as wasmtime; memory is compared after every hundred calls."""
    module, calls = make()
    commands = ["reset", *stage_lines(module), "load 0", "instantiate 0 0"]
    for at in range(0, len(calls), 100):
        commands += [*calls[at : at + 100], "memory 0"]
    with Driver(build.launch("spec-driver")) as driver:
        found = difference(driver, Oracle(), commands)
    assert not found, found


@pytest.mark.parametrize("pages", [0, 1, 2, 3])
def test_memory_that_grew_is_usable_to_its_last_byte(pages: int, build: Build) -> None:
    """And not a byte further; a memory of no pages has none."""
    module = ModuleBytes()
    module.memories.append(limits(0, 4))
    module.export("memory", "memory", 0)
    module.add_function(FuncType(("i32",), ("i32",)), opcode("local.get") + b"\0" + opcode("memory.grow") + b"\0", (), "grow")
    module.add_function(FuncType(("i32",), ("i32",)), opcode("local.get") + b"\0" + opcode("i32.load8_u") + b"\0\0", (), "load")
    commands = ["reset", *stage_lines(module.encoded()), "load 0", "instantiate 0 0"]
    commands += [f"call 0 grow i32:{pages}", *(f"call 0 load i32:{(pages * PAGE + i) % (1 << 32)}" for i in (-1, 0, 1))]
    commands += ["call 0 grow i32:4294967295", "call 0 grow i32:5", "memory 0"]
    with Driver(build.launch("spec-driver")) as driver:
        found = difference(driver, Oracle(), commands)
    assert not found, found
