"""Which features a module needs, and the first place that needs each."""

import pytest

from mote.wasm.features import Features, find_features
from mote.wasm.module import decode, load_module
from mote.wasm.reader import MalformedError
from support.guests import assemble
from tools.samples import EVERYTHING

pytest.importorskip("wasmtime", reason="text modules are assembled by wasmtime: pip install wasmtime")


def look(text: str) -> Features:
    """What a module needs."""
    return find_features(load_module(assemble(text)))


NOTHING = "(module (func (param i32) (result i64) (i64.extend_i32_u (local.get 0))))"


@pytest.mark.parametrize(
    ("text", "feature", "what"),
    [
        ("(module (func (param f32)))", "FLOATING_POINT", "f32"),
        ("(module (func (local f64)))", "FLOATING_POINT", "f64"),
        ("(module (func (drop (f64.const 1))))", "FLOATING_POINT", "f64.const"),
        ("(module (global f32 (f32.const 1)))", "FLOATING_POINT", "f32"),
        ("(module (func unreachable (drop (block (result f32) unreachable))))", "FLOATING_POINT", "f32"),
        ('(module (import "m" "g" (global (mut i32))))', "MUTABLE_GLOBALS", "m.g"),
        ('(module (global (export "g") (mut i32) (i32.const 1)))', "MUTABLE_GLOBALS", "g"),
        ("(module (func (drop (i32.extend16_s (i32.const 1)))))", "SIGN_EXTENSION", "i32.extend16_s"),
        ("(module (func (param f32) (drop (i32.trunc_sat_f32_u (local.get 0)))))", "NONTRAPPING_FPTOINT",
         "i32.trunc_sat_f32_u"),
        ("(module (func (result i32 i32) unreachable))", "MULTI_VALUE", "2 results"),
        ("(module (func (i32.const 1) (block (param i32) drop)))", "MULTI_VALUE", "block with a function type"),
        ("(module (memory 1) (func (memory.fill (i32.const 0) (i32.const 0) (i32.const 0))))", "BULK_MEMORY",
         "memory.fill"),
        ('(module (memory 1) (data "x"))', "BULK_MEMORY", "not active"),
        ("(module (table 1 funcref) (elem func))", "BULK_MEMORY", "not active"),
        ("(module (func (param externref)))", "REFERENCE_TYPES", "externref"),
        ("(module (table 1 externref))", "REFERENCE_TYPES", "table of externref"),
        ("(module (table 1 funcref) (table 1 funcref))", "REFERENCE_TYPES", "more than one table"),
        ("(module (table 1 funcref) (func (drop (table.size 0))))", "REFERENCE_TYPES", "table.size"),
        ("(module (func $f) (global funcref (ref.func $f)))", "REFERENCE_TYPES", "funcref"),
        ("(module (func (drop (select (result i32) (i32.const 1) (i32.const 2) (i32.const 3)))))", "REFERENCE_TYPES",
         "select_t"),
        ("(module (global i32 (i32.add (i32.const 1) (i32.const 2))))", "EXTENDED_CONST", "i32.add"),
    ],
)  # fmt: skip
def test_one_use_needs_one_feature(text: str, feature: str, what: str) -> None:
    needs = look(text).needs
    assert feature in needs
    assert needs[feature].what == what
    allowed = {feature, "FLOATING_POINT"} if feature == "NONTRAPPING_FPTOINT" else {feature}
    assert set(needs) == allowed


def test_what_was_always_there_needs_nothing() -> None:
    assert look(NOTHING).needs == {}


def test_a_module_of_all_kinds_needs_all() -> None:
    found = look(EVERYTHING)
    assert [need.feature.text for need in found.in_order()] == [
        "floating-point", "mutable-globals", "sign-extension", "nontrapping-fptoint", "multi-value", "bulk-memory",
        "reference-types", "extended-const",
    ]  # fmt: skip


def test_the_first_place_is_told() -> None:
    text = """(module (memory 1)
      (func $first (nop))
      (func $second (memory.fill (i32.const 0) (i32.const 0) (i32.const 0)))
      (func $third (memory.fill (i32.const 0) (i32.const 0) (i32.const 0))))"""
    found = look(text)
    need = found.needs["BULK_MEMORY"]
    assert need.funcidx == 1
    assert found.module.data[need.offset : need.offset + 2] == b"\xfc\x0b"


def call_indirect(index: bytes) -> bytes:
    """A module whose only function calls through a table whose index is spelt like that."""
    body = b"\0\x41\0\x11\0" + index + b"\x0b"
    code = bytes([1, len(body)]) + body
    head = b"\0asm\1\0\0\0\1\4\1\x60\0\0\3\2\1\0\4\4\1\x70\0\1\x0a"
    return head + bytes([len(code)]) + code


def test_a_long_table_index_needs_reference_types() -> None:
    assert find_features(decode(call_indirect(b"\0"))).needs == {}
    for index in (b"\x80\0", b"\x80\x80\x80\x80\0", b"\1"):
        assert list(find_features(decode(call_indirect(index))).needs) == ["REFERENCE_TYPES"]


def test_unknown_instructions_are_told_and_the_rest_is_looked_at() -> None:
    text = """(module
      (func (drop (v128.const i64x2 1 2)))
      (func (drop (i32.extend8_s (i32.const 1)))))"""
    found = look(text)
    assert [(u.funcidx, u.text) for u in found.unknown] == [(0, "fd needs simd")]
    assert list(found.needs) == ["SIGN_EXTENSION"]


def test_a_broken_body_is_malformed_with_its_function() -> None:
    good = call_indirect(b"\0")
    with pytest.raises(MalformedError) as caught:
        find_features(decode(good[:-1] + b"\x01"))
    assert str(caught.value) == "malformed: unexpected end (offset 0x23, function 0)"
