"""The byte reader: numbers at their limits, names, and every way to run out of bytes."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mote.wasm.reader import MalformedError, Reader

NUMBERS = {
    "u32": (Reader.u32, 32, False),
    "s32": (Reader.s32, 32, True),
    "s33": (Reader.s33, 33, True),
    "s64": (Reader.s64, 64, True),
}


def leb(value: int, length: int) -> bytes:
    """A number in exactly that many bytes."""
    return bytes((value >> 7 * i & 0x7F) | (0x80 if i + 1 < length else 0) for i in range(length))


def bounds(bits: int, signed: bool) -> tuple[int, int]:
    """The least and the greatest number of that many bits."""
    return (-(1 << bits - 1), (1 << bits - 1) - 1) if signed else (0, (1 << bits) - 1)


@pytest.mark.parametrize("name", NUMBERS)
@given(data=st.data())
def test_leb_reads_every_number_in_the_longest_form(name: str, data: st.DataObject) -> None:
    read, bits, signed = NUMBERS[name]
    low, high = bounds(bits, signed)
    value = data.draw(st.integers(low, high))
    reader = Reader(leb(value, -(-bits // 7)))
    assert read(reader) == value
    assert reader.left == 0


@pytest.mark.parametrize("name", NUMBERS)
def test_leb_rejects_one_byte_too_many(name: str) -> None:
    read, bits, _ = NUMBERS[name]
    with pytest.raises(MalformedError, match="integer representation too long"):
        read(Reader(leb(0, -(-bits // 7) + 1)))


@pytest.mark.parametrize("name", NUMBERS)
def test_leb_rejects_numbers_just_outside(name: str) -> None:
    read, bits, signed = NUMBERS[name]
    low, high = bounds(bits, signed)
    for value in (low - 1, high + 1):
        with pytest.raises(MalformedError, match="integer too large"):
            read(Reader(leb(value, -(-bits // 7))))


@given(st.binary(min_size=5, max_size=5))
def test_u32_leb_of_any_five_bytes_is_a_number_or_an_error(data: bytes) -> None:
    reader = Reader(data)
    try:
        assert 0 <= reader.u32() < 1 << 32
    except MalformedError as error:
        assert error.offset == 0
        assert error.name in {"LEB_TOO_LONG", "LEB_TOO_LARGE"}


def test_name_rejects_what_is_not_utf8_with_its_offset() -> None:
    with pytest.raises(MalformedError) as caught:
        Reader(b"\x04ab\xff\xfe").name()
    assert (caught.value.name, caught.value.offset) == ("BAD_UTF8", 3)


@pytest.mark.parametrize(
    "read",
    [Reader.u8, Reader.u32, Reader.s64, Reader.name, lambda r: r.take(1), lambda r: r.part(1)],
)
def test_nothing_is_read_past_the_end(read: Callable[[Reader], object]) -> None:
    reader = Reader(b"\x01\x01\x01", 2, 2)
    with pytest.raises(MalformedError) as caught:
        read(reader)
    assert caught.value.offset == 2


def test_a_count_is_checked_against_the_bytes_left_before_anything_is_made() -> None:
    with pytest.raises(MalformedError, match="4294967295 items cannot fit in 1 bytes"):
        Reader(b"\xff\xff\xff\xff\x0f\0").vector(Reader.u8)


def test_an_error_says_what_and_where() -> None:
    assert str(MalformedError("BAD_VALTYPE", 26, "0x7b")) == "malformed: malformed value type: 0x7b (offset 0x1a)"
    assert str(MalformedError("UNKNOWN_TYPE", 9, funcidx=3)) == "invalid: unknown type (offset 0x9, function 3)"
