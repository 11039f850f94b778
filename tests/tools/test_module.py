"""What the reader finds in a module is what wasmtime finds in it."""

from itertools import pairwise
from pathlib import Path

import pytest

from mote.wasm.body import instructions
from mote.wasm.model import FUNC, GLOBAL, KINDS, MEMORY, TABLE, Module
from mote.wasm.module import decode, load_module
from mote.wasm.reader import MalformedError, Reader
from mote.wasm.rewrite import without_custom
from support.guests import assemble
from tools.samples import EVERYTHING, PLAIN

wasmtime = pytest.importorskip("wasmtime", reason="wasmtime assembles and checks: pip install wasmtime")


def read(text: str) -> Module:
    """The decoded module of a text."""
    return load_module(assemble(text))


def their_type(kind: object) -> str:
    """A type as wasmtime gives it, spelt as ours are."""
    if isinstance(kind, wasmtime.FuncType):
        return f"({', '.join(map(str, kind.params))}) -> ({', '.join(map(str, kind.results))})"
    if isinstance(kind, wasmtime.GlobalType):
        return f"mut {kind.content}" if kind.mutable else str(kind.content)
    limits = (kind.limits.min, kind.limits.max)
    return (
        f"{limits} {str(kind.element).replace('anyref', 'externref')}"
        if isinstance(kind, wasmtime.TableType)
        else str(limits)
    )


def our_type(module: Module, kind: int, value: object) -> str:
    """The same of ours; limits as a pair."""
    if kind == FUNC:
        return str(module.types[value])
    if kind == TABLE:
        name = {0x70: "funcref", 0x6F: "externref"}[value.reftype]
        return f"{(value.limits.minimum, value.limits.maximum)} {name}"
    return str((value.minimum, value.maximum)) if kind == MEMORY else str(value)


def exported_type(module: Module, kind: int, index: int) -> str:
    """The type of what an export names."""
    spaces = (module.function_types(), module.table_types(), module.memory_limits(), module.global_types())
    return our_type(module, kind, spaces[kind][index])


@pytest.mark.parametrize("text", [EVERYTHING, PLAIN], ids=["everything", "plain"])
def test_imports_and_exports_are_those_that_wasmtime_sees(text: str) -> None:
    module = read(text)
    theirs = wasmtime.Module(wasmtime.Engine(), module.data)
    assert [(i.module, i.name, our_type(module, i.kind, i.type)) for i in module.imports] == [
        (i.module, i.name, their_type(i.type)) for i in theirs.imports
    ]
    assert [(e.name, exported_type(module, e.kind, e.index)) for e in module.exports] == [
        (e.name, their_type(e.type)) for e in theirs.exports
    ]


def test_every_part_is_found() -> None:
    module = read(EVERYTHING)
    assert [s.text for s in module.sections if s.id] == [
        "type", "import", "function", "table", "global", "export", "start", "element", "data count", "code", "data",
    ]  # fmt: skip
    assert len(module.functions) == len(module.bodies) == 5
    assert [KINDS[i.kind] for i in module.imports] == ["func", "memory", "table", "global", "global"]
    assert [(s.flags, s.count) for s in module.elements] == [(0, 2), (1, 1), (7, 2)]
    assert [(s.flags, s.count) for s in module.segments] == [(0, 6), (1, 5)]
    assert module.start == 0
    assert module.data_count == 2
    assert [i.op.text for i in module.globals[1].init] == ["global.get", "i32.const", "i32.add"]
    assert module.bodies[0].locals == ((2, 0x7F), (1, 0x7C), (1, 0x6F))
    assert len(module.imported(GLOBAL)) == 2


def test_names_come_from_the_name_section_then_exports_then_imports() -> None:
    module = read(EVERYTHING)
    assert module.names.module == "everything"
    assert [module.function_name(i) for i in range(6)] == ["log", "mixed", "pair", "swap", "calls", "saturates"]
    assert module.names.globals[3] == "top"
    bare = decode(without_custom(module.data, lambda name: True))
    assert [bare.function_name(i) for i in range(6)] == ["env.log", "mixed", "again", "", "", "saturates"]


def test_sections_cover_the_file_without_gaps() -> None:
    module = read(EVERYTHING)
    assert module.sections[0].offset == 8
    assert module.sections[-1].end == len(module.data)
    assert all(a.end == b.offset for a, b in pairwise(module.sections))


def test_instructions_follow_each_other_without_gaps() -> None:
    module = read(EVERYTHING)
    for body in module.bodies:
        seen = list(instructions(Reader(module.data, body.code_offset, body.end)))
        assert seen[0].offset == body.code_offset
        assert seen[-1].end == body.end
        assert all(a.end == b.offset for a, b in pairwise(seen))


def test_instructions_carry_their_immediates() -> None:
    text = """(module (memory 1) (func (param i32) (result i64)
      (i64.load offset=300 align=4 (local.get 0)) (drop)
      (i64.const -9223372036854775808) (f32.const 1) (drop)
      (block (br_table 0 1 0 (i32.const -1)))))"""
    module = read(text)
    body = module.bodies[0]
    seen = {i.op.text: i.immediates for i in instructions(Reader(module.data, body.code_offset, body.end))}
    assert seen["i64.load"] == ((2, 300),)
    assert seen["i64.const"] == (-(1 << 63),)
    assert seen["f32.const"] == (b"\0\0\x80\x3f",)
    assert seen["br_table"] == (((0, 1), 0),)
    assert seen["i32.const"] == (-1,)


def test_every_truncation_is_malformed() -> None:
    data = read(PLAIN).data
    whole = {section.end for section in decode(data).sections} | {8, len(data)}
    for end in set(range(len(data))) - whole:
        with pytest.raises(MalformedError):
            decode(data[:end])


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "malformed: unexpected end (offset 0x0)"),
        (b"\0asm", "malformed: unexpected end (offset 0x4)"),
        (b"\0wasm\1\0\0\0", "malformed: magic header not detected (offset 0x0)"),
        (b"\0asm\2\0\0\0", "malformed: unknown binary version (offset 0x4)"),
        (b"\0asm\1\0\0\0\x0e\0", "malformed: malformed section id: 14 (offset 0x8)"),
        (b"\0asm\1\0\0\0\1\x05\0", "malformed: length out of bounds (offset 0xa)"),
        (b"\0asm\1\0\0\0\1\2\0\0", "malformed: section size mismatch: 1 bytes left in section 'type' (offset 0xb)"),
        (
            b"\0asm\1\0\0\0\3\1\0\1\1\0",
            "malformed: unexpected content after last section: section 'type' out of order (offset 0xb)",
        ),
        (
            b"\0asm\1\0\0\0\1\6\xff\xff\xff\xff\x0f\0",
            "malformed: length out of bounds: 4294967295 items cannot fit in 1 bytes (offset 0xa)",
        ),
        (b"\0asm\1\0\0\0\1\5\1\x60\1\x7b\0", "malformed: malformed value type: v128 needs simd (offset 0xd)"),
        (
            b"\0asm\1\0\0\0\1\4\1\x60\0\0\3\2\1\0",
            "malformed: function and code section have inconsistent lengths: 1 functions, 0 bodies (offset 0x12)",
        ),
        (b"\0asm\1\0\0\0\1\4\1\x60\0\0\3\2\1\7\x0a\4\1\2\0\x0b", "invalid: unknown type: 7 (offset 0x10)"),
        (b"\0asm\1\0\0\0\7\5\1\1x\2\0", "invalid: unknown memory: 0 (offset 0xb)"),
        (b"\0asm\1\0\0\0\x08\1\0", "invalid: unknown function: 0 (offset 0xa)"),
    ],
)
def test_a_malformed_module_is_told_with_the_offset(data: bytes, message: str) -> None:
    with pytest.raises(MalformedError) as caught:
        decode(data)
    assert str(caught.value) == message


def test_a_broken_name_section_is_no_error() -> None:
    module = decode(b"\0asm\1\0\0\0" + b"\0\x0a\4name\1\3\x01\x00\x09")
    assert module.names.functions == {}
    assert "malformed" in module.names.problem


def test_custom_sections_can_be_left_out(tmp_path: Path) -> None:
    data = read(PLAIN).data
    lean = without_custom(data, lambda name: name == "name")
    assert len(lean) < len(data)
    assert not any(s.name == "name" for s in decode(lean).sections)
    assert without_custom(lean, lambda name: False) == lean
