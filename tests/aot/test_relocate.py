"""Distances in instructions: every field at both ends of its range, and what does not fit."""

import struct

import pytest

from mote.aot import relocate_aarch64, relocate_riscv, relocate_thumb, relocate_x86
from mote.aot.misfit import Fill, MisfitError


def filled(module: object, kind: int, data: bytes, distance: int) -> bytes:
    """The bytes of an instruction at offset 16 with a target so far away."""
    image = bytearray(16) + bytearray(data)
    module.fill(image, [Fill(16, kind, 16 + distance)])
    return bytes(image[16:])


BL, B_W, BEQ_W = b"\0\xf0\0\xd0", b"\0\xf0\0\x90", b"\0\xf0\0\x80"
MOVW, MOVT = b"\x40\xf2\0\0", b"\xc0\xf2\0\0"


@pytest.mark.parametrize(
    ("kind", "code", "bits"), [(10, BL, 25), (30, B_W, 25), (51, BEQ_W, 21), (49, MOVW, 16), (3, b"\0\0\0\0", 32)]
)
def test_thumb_distances_are_read_as_they_are_written(kind: int, code: bytes, bits: int) -> None:
    step = 1 if bits in (16, 32) else 2
    for distance in [-(1 << bits - 1), -step, 0, step, 0x1234 & ~(step - 1), (1 << bits - 1) - step]:
        assert relocate_thumb.addend_in(kind, filled(relocate_thumb, kind, code, distance), 0) == distance
    if bits in (25, 21):
        with pytest.raises(MisfitError, match="too far"):
            filled(relocate_thumb, kind, code, 1 << bits - 1)


def test_thumb_halves_of_a_distance() -> None:
    halves = [filled(relocate_thumb, kind, code, 0x12345678) for kind, code in ((49, MOVW), (50, MOVT))]
    assert [relocate_thumb.addend_in(kind, data, 0) for kind, data in zip((49, 50), halves, strict=True)] == [0x5678, 0x1234]


@pytest.mark.parametrize(
    ("kind", "code", "distance", "expected"),
    [
        (17, 0x0000006F, 0x12346, 0x3461206F),  # j .+0x12346
        (17, 0x000000EF, -2, 0xFFFFF0EF),  # jal .-2
        (16, 0x00B50063, 4094, 0x7EB50FE3),  # beq a0, a1, .+4094
        (16, 0x00B50063, -4096, 0x80B50063),
        (44, 0xC101, 254, 0xCD7D),  # c.beqz a0, .+254
        (44, 0xC101, -256, 0xD101),
        (45, 0xA001, 2046, 0xAFFD),  # c.j .+2046
        (45, 0xA001, -2048, 0xB001),
    ],
)
def test_riscv_branches(kind: int, code: int, distance: int, expected: int) -> None:
    """Expected words as the GNU assembler encodes them; what stood in the field before does not matter."""
    size = 4 if kind in (16, 17) else 2
    assert filled(relocate_riscv, kind, code.to_bytes(size, "little"), distance) == expected.to_bytes(size, "little")
    assert filled(relocate_riscv, kind, expected.to_bytes(size, "little"), distance) == expected.to_bytes(size, "little")


@pytest.mark.parametrize("distance", [-(1 << 31), -0x801, -1, 0, 0x7FF, 0x800, 0xFFF, 0x12345FFE])
def test_riscv_calls_split_the_distance(distance: int) -> None:
    upper, lower = struct.unpack("<II", filled(relocate_riscv, 19, struct.pack("<II", 0x97, 0x80E7), distance))
    low = (lower >> 20) - ((lower >> 31) << 12)
    assert ((upper & 0xFFFFF000) + low - distance) % (1 << 32) == 0
    assert (upper & 0xFFF, lower & 0xFFFFF) == (0x97, 0x80E7)


def test_riscv_low_half_uses_the_place_of_its_high_half() -> None:
    image = bytearray(struct.pack("<III", 0x517, 0x50513, 0xA52023))  # auipc a0; addi a0, a0; sw a0, 0(a0)
    relocate_riscv.fill(image, [Fill(0, 23, 0x1804), Fill(4, 24, 0), Fill(8, 25, 0)])
    assert struct.unpack("<III", image) == (0x2517, 0x80450513, 0x80A52223)
    with pytest.raises(MisfitError, match="without its upper half"):
        relocate_riscv.fill(image, [Fill(4, 24, 0)])


def test_riscv_differences_of_labels() -> None:
    image = bytearray(8)
    relocate_riscv.fill(image, [Fill(0, 35, 0x1000), Fill(0, 39, 0x1004), Fill(4, 54, 0x33), Fill(5, 34, 0x203), Fill(5, 38, 3)])
    assert image == b"\xfc\xff\xff\xff\x33\x00\x02\x00"


@pytest.mark.parametrize(
    ("kind", "code", "distance", "expected"),
    [
        (283, 0x94000000, -4, 0x97FFFFFF),  # bl
        (282, 0x14000000, 1 << 26, 0x15000000),  # b
        (280, 0x54000000, 0xFFFFC, 0x547FFFE0),  # b.eq
        (279, 0x36000000, -0x8000, 0x36040000),  # tbz
        (275, 0x90000000, 0x12345, 0x30091A20),  # adrp becomes adr
        (274, 0x10000000, -1, 0x70FFFFE0),  # adr
    ],
)
def test_aarch64_branches_and_addresses(kind: int, code: int, distance: int, expected: int) -> None:
    assert filled(relocate_aarch64, kind, struct.pack("<I", code), distance) == struct.pack("<I", expected)


def test_aarch64_offset_in_a_page_becomes_zero() -> None:
    image = bytearray(struct.pack("<II", 0x90000000, 0xFD400000))
    relocate_aarch64.fill(image, [Fill(0, 275, 0x1238), Fill(4, 286, 0x1238)])
    assert struct.unpack("<II", image) == (0x100091C0, 0xFD400000)
    with pytest.raises(MisfitError, match="without its page"):
        relocate_aarch64.fill(image, [Fill(0, 275, 0x1238), Fill(4, 286, 0x1240)])


@pytest.mark.parametrize(
    ("kind", "distance"), [(283, 1 << 27), (280, 1 << 20), (279, 1 << 15), (275, 1 << 20), (282, -(1 << 27) - 4)]
)
def test_aarch64_refuses_what_is_too_far(kind: int, distance: int) -> None:
    with pytest.raises(MisfitError, match="too far"):
        filled(relocate_aarch64, kind, bytes(4), distance)


def test_x86_table_lookup_becomes_an_address() -> None:
    image = bytearray(b"\x48\x8b\x05\0\0\0\0")  # mov rax, [rip + symbol@GOTPCREL]
    relocate_x86.fill(image, [Fill(3, 42, 0x100 - 4)])
    assert image == b"\x48\x8d\x05" + struct.pack("<i", 0x100 - 7)


@pytest.mark.parametrize(
    ("module", "kind"), [(relocate_x86, 1), (relocate_aarch64, 257), (relocate_riscv, 2), (relocate_thumb, 2), (relocate_x86, 41)]
)
def test_absolute_addresses_are_refused(module: object, kind: int) -> None:
    with pytest.raises(MisfitError, match=f"kind {kind}, which position-independent code cannot have"):
        filled(module, kind, bytes(8), 64)
