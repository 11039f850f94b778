"""Accesses at addresses that are not what the alignment hint promises, alone and in rows that compilers like to join."""

import wasmtime

from differential.compare import begin, difference
from support.builds import Build
from support.driver import Driver
from support.oracle import Oracle
from support.protocol import stage_lines

LOADS = (
    "i32.load i32", "i32.load16_s i32", "i32.load16_u i32", "i64.load i64", "i64.load16_s i64", "i64.load32_s i64",
    "i64.load32_u i64", "f32.load f32", "f64.load f64",
)  # fmt: skip
STORES = (
    "i32.store i32", "i32.store16 i32", "i64.store i64", "i64.store16 i64", "i64.store32 i64", "f32.store f32", "f64.store f64",
)  # fmt: skip
# What each type's functions are called with; the floats are numbers, whose bits every engine keeps.
VALUES = {"i32": 0x89ABCDEF, "i64": 0x0123456789ABCDEF, "f32": 0x42F6E979, "f64": 0x405EDD2F1A9FBE77}
ADDRESSES = (0, 1, 2, 3, 4, 5, 6, 7, 65, 1022, 65528, 65529, 65530, 65533, 65535)
ROWS = (4, 8)


def module_text() -> str:
    """One function for each load and store, with a constant offset too, and copies of rows of words."""
    functions = []
    for name, type_ in (row.split() for row in LOADS):
        body = f"({name} (local.get 0)) ({name} offset=3 (local.get 0))"
        functions.append(f'(func (export "{name}") (param i32) (result {type_} {type_}) {body})')
    for name, type_ in (row.split() for row in STORES):
        body = f"({name} (local.get 0) (local.get 1)) ({name} offset=9 (local.get 0) (local.get 1))"
        functions.append(f'(func (export "{name}") (param i32 {type_}) {body})')
    for type_, bytes_ in (("i32", 4), ("i64", 8), ("f32", 4), ("f64", 8)):
        for count in ROWS:
            functions.append(copy_text(type_, bytes_, count))
    memory = '(memory (export "memory") 1) (data (i32.const 0) "' + "".join(f"\\{i:02x}" for i in range(1, 128)) + '")'
    return f"(module {memory} {' '.join(functions)})"


def copy_text(type_: str, bytes_: int, count: int) -> str:
    """A function that reads a row into locals and writes it elsewhere."""
    locals_ = " ".join([type_] * count)
    loads = " ".join(f"(local.set {2 + i} ({type_}.load offset={bytes_ * i} (local.get 0)))" for i in range(count))
    stores = " ".join(f"({type_}.store offset={bytes_ * i} (local.get 1) (local.get {2 + i}))" for i in range(count))
    return f'(func (export "copy_{type_}_{count}") (param i32 i32) (local {locals_}) {loads} {stores})'


def calls() -> list[str]:
    """Each function at each address, and the memory after each store."""
    lines = []
    for at in ADDRESSES:
        lines += [f"call 0 {row.split()[0]} i32:{at}" for row in LOADS]
        for name, type_ in (row.split() for row in STORES):
            lines += [f"call 0 {name} i32:{at} {type_}:{VALUES[type_]}", "memory 0"]
        for type_ in VALUES:
            lines += [line for count in ROWS for line in (f"call 0 copy_{type_}_{count} i32:{at} i32:{at + 130}", "memory 0")]
    return lines


def test_misaligned_accesses_behave_the_same(build: Build) -> None:
    """Results, traps, and what is written before a trap."""
    module = bytes(wasmtime.wat2wasm(module_text()))
    staged = stage_lines(build.native.compiled(module) if build.native else module)
    commands = [*begin(build.native), *staged, "load 0", "instantiate 0 0", *calls()]
    with Driver(build.launch("spec-driver")) as driver:
        found = difference(driver, Oracle(), commands)
    assert not found, found


def test_module_covers_all_widths() -> None:
    """Every load and store of more than a byte is there."""
    text = module_text()
    assert all(f"{row.split()[0]} (local.get 0)" in text for row in (*LOADS, *STORES))
