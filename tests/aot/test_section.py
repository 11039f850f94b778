"""Native sections in modules: what stands where, alignment in the file, replacing, stripping; what is wrong with damaged ones."""

import struct
from dataclasses import replace

import pytest

from mote.aot.hashing import native_hash
from mote.aot.image import Image
from mote.aot.lines import decode_lines, encode_lines
from mote.aot.section import (
    FILE_ALIGN,
    NAME,
    Wish,
    add_section,
    hashed_part,
    header_format,
    join,
    need_code,
    pieces,
    read_sections,
    write_section,
)
from mote.aot.strip import strip_code
from mote.errors import UserError
from mote.native_tables import native
from mote.wasm.module import decode

wasmtime = pytest.importorskip("wasmtime", reason="wasmtime assembles and checks: pip install wasmtime")

MODULE = wasmtime.wat2wasm("""
(module
  (import "env" "log" (func (param i32)))
  (memory (export "memory") 1)
  (func $twice (export "twice") (param i32) (result i32) (i32.add (local.get 0) (local.get 0)))
  (func $both (export "both") (param f64) (result f64 i32) (local i64) (local.get 0) (i32.const 7))
  (data (i32.const 8) "constants"))
""")
IMAGE = Image(
    data=bytes(range(200)),
    align=16,
    word_bytes=4,
    names=("f1", "f2", "e1", "t1"),
    offsets=(0, 10, 64, 100),
    frames=((4, 1), (40, 1), (2, 2), (0, 0)),
    lines=((4, 60), (9, 64), (12, 0)),
)
WISH = Wish("rv32imc", 2, [None, 64, 100], {"FIXED_MEMORY", "BULK_MEMORY"}, 17)


def with_section(module: bytes = MODULE, **changes: object) -> bytes:
    """The module with a section, whose wish is changed like that."""
    return add_section(module, write_section(module, IMAGE, replace(WISH, **changes)))


def test_section_is_as_documented() -> None:
    (section,) = read_sections(with_section())
    header = section.header
    assert (section.target, section.features) == ("rv32imc", ("bulk-memory", "fixed-memory"))
    assert section.bounds == "checks"
    assert header["features"] == 1 << native().features["FIXED_MEMORY"] | 1 << native().features["BULK_MEMORY"]
    assert (header["abi_major"], header["abi_minor"]) == native().version
    assert section.data[:4] == b"mnat"
    assert header["stack_bytes"] == 160 + 8, "the largest frames of a function and of a thunk"
    assert section.part("names", header["names_size"]) == b"rv32imc\0bulk-memory\0fixed-memory\0"
    assert struct.unpack("<4I", section.part("codes", 16)) == IMAGE.offsets
    assert struct.unpack("<3I", section.part("entries", 12)) == (0xFFFFFFFF, 64, 100)
    assert struct.unpack("<8H", section.part("frames", 16)) == (4, 1, 40, 1, 2, 2, 0, 0)
    assert tuple(decode_lines(section.part("lines", header["lines_size"]))) == IMAGE.lines
    assert section.part("image", header["image_size"]) == IMAGE.data
    assert header["image_at"] % 16 == 0
    assert header["image_hash"] == native_hash(IMAGE.data)
    assert header["code_hash"] == native_hash(hashed_part(MODULE))
    assert (header["func_count"], header["code_count"], header["type_count"]) == (2, 4, 3)


def test_parts_are_in_order_and_do_not_overlap() -> None:
    (section,) = read_sections(with_section())
    h = section.header
    sizes = {"names": h["names_size"], "codes": 16, "entries": 12, "frames": 16, "lines": h["lines_size"], "image": 200}
    end = header_format().size
    for name, size in sizes.items():
        assert h[f"{name}_at"] % 4 == 0
        assert 0 <= h[f"{name}_at"] - end < 16
        end = h[f"{name}_at"] + size
    assert end == len(section.data)


def test_frames_and_lines_may_be_missing() -> None:
    image = replace(IMAGE, frames=((0, 0),) * 4, lines=())
    (section,) = read_sections(add_section(MODULE, write_section(MODULE, image, WISH)))
    assert [section.header[name] for name in ("frames_at", "lines_at", "lines_size", "stack_bytes")] == [0, 0, 0, 0]
    assert section.problem(MODULE) == ""


def test_module_stays_what_it_was() -> None:
    """Other tools read it, and its own sections have not changed."""
    data = with_section()
    assert data.startswith(MODULE)
    assert decode(data).functions == decode(MODULE).functions
    wasmtime.Module(wasmtime.Engine(), data)


def test_headers_are_aligned_whatever_lies_before_them() -> None:
    for size in [*range(100, 150), *range(16300, 16400, 7), 2097100]:
        data = MODULE
        for target in ("rv32imc", "thumbv7em+fp", "x86-64"):
            image = replace(IMAGE, data=bytes(size))
            data = add_section(data, write_section(MODULE, image, replace(WISH, target=target)))
            size += 3
        sections = read_sections(data)
        assert [section.target for section in sections] == ["rv32imc", "thumbv7em+fp", "x86-64"]
        assert all(section.offset % FILE_ALIGN == 0 for section in sections)
        assert all(data[section.offset :].startswith(b"mnat") for section in sections)


def test_section_for_the_same_target_is_replaced() -> None:
    data = with_section(with_section(), target="x86-64")
    again = with_section(data, flags=0)
    assert [(s.target, s.header["flags"]) for s in read_sections(again)] == [("x86-64", 17), ("rv32imc", 0)]
    assert all(section.offset % FILE_ALIGN == 0 and section.problem(again) == "" for section in read_sections(again))
    assert len(again) <= len(data) + FILE_ALIGN


def test_stripped_module_is_valid_and_its_sections_fit() -> None:
    data = with_section(with_section(), target="x86-64")
    small = strip_code(data)
    wasmtime.Module(wasmtime.Engine(), small)
    assert hashed_part(small).endswith(b"\x02" + b"\x03\x00\x00\x0b" * 2)
    sections = read_sections(small)
    assert [(s.target, s.is_stripped, s.problem(small)) for s in sections] == [("rv32imc", True, ""), ("x86-64", True, "")]
    assert all(section.offset % FILE_ALIGN == 0 for section in sections)
    assert [s.part("image", 200) for s in sections] == [IMAGE.data] * 2
    assert strip_code(small) == small
    with pytest.raises(UserError, match="has been taken out"):
        need_code(small)
    need_code(data)


def test_strip_needs_native_code_that_fits() -> None:
    with pytest.raises(UserError, match="without native code"):
        strip_code(MODULE)
    with pytest.raises(UserError, match="rv32imc is stale"):
        strip_code(changed_code(with_section()))


def changed_code(data: bytes) -> bytes:
    """The module with another constant in a function."""
    assert data.count(b"\x41\x07\x0b") == 1
    return data.replace(b"\x41\x07\x0b", b"\x41\x08\x0b")


def test_problems_are_told() -> None:
    data = with_section()
    (section,) = read_sections(data)
    assert section.problem(data) == ""
    assert section.problem(changed_code(data)) == "stale: the module's code has changed since"
    at = section.offset
    for where, expected in [(4, "made for ABI"), (20, "corrupted"), (90, "corrupted"), (len(section.data) - 1, "corrupted")]:
        bad = bytearray(data)
        bad[at + where] ^= 0x40
        assert next(s.problem(bytes(bad)) for s in read_sections(bytes(bad))).startswith(expected)


def test_every_damaged_bit_is_noticed() -> None:
    """A section that says nothing is wrong with it has no bit that could change unnoticed."""
    (section,) = read_sections(with_section())
    for bit in range(8 * len(section.data)):
        bad = bytearray(section.data)
        bad[bit // 8] ^= 1 << bit % 8
        found = read_sections(join(MODULE, [*((n, p) for _, n, _, p in pieces(MODULE)), (NAME, bytes(bad))]))
        assert not found or found[0].problem(MODULE), bit


def test_truncated_sections_are_told_or_not_there() -> None:
    (section,) = read_sections(with_section())
    for size in range(len(section.data)):
        found = read_sections(join(MODULE, [*((n, p) for _, n, _, p in pieces(MODULE)), (NAME, section.data[:size])]))
        assert not found or found[0].problem(MODULE)


@pytest.mark.parametrize("contents", [b"", b"\x00", b"\xff", b"\x05ab"])
def test_odd_sections_of_that_name_are_passed_over(contents: bytes) -> None:
    odd = bytes([0, 12 + len(contents), 11]) + NAME.encode() + contents
    assert read_sections(MODULE + odd) == []
    assert [s.target for s in read_sections(with_section(MODULE + odd))] == ["rv32imc"]


def test_hash_is_the_documented_one() -> None:
    value = 5
    for word in (0x64636261, 0x65):
        value = (value ^ word) * 0x9E3779B1 & 0xFFFFFFFF
        value ^= value >> 15
    assert native_hash(b"abcde") == value
    assert native_hash(b"") == 0


def test_lines_survive() -> None:
    rows = [(0, 100), (70, 63), (200, 0), (100000, 1 << 20)]
    assert list(decode_lines(encode_lines(rows))) == rows
