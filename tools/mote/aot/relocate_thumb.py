"""Fills in distances in Thumb code, whose addends stand in the code itself."""

from collections.abc import Sequence
from struct import pack_into, unpack_from

from mote.aot.misfit import Fill, check_range, unknown

REL32, CALL, JUMP24, MOVW_PREL, MOVT_PREL, JUMP19 = 3, 10, 30, 49, 50, 51


def fill(image: bytearray, rows: Sequence[Fill]) -> None:
    """Fill in the rows of a part."""
    for row in rows:
        at, kind, target = row
        distance = target - at
        if kind == REL32:
            pack_into("<i", image, at, distance)
            continue
        upper, lower = unpack_from("<HH", image, at)
        if kind in (CALL, JUMP24):
            check_range(row, distance, 25)
            upper, lower = jump24(upper, lower, distance)
        elif kind == JUMP19:
            check_range(row, distance, 21)
            upper = upper & ~0x43F | (distance >> 20 & 1) << 10 | distance >> 12 & 0x3F
            lower = lower & ~0x2FFF | (distance >> 18 & 1) << 13 | (distance >> 19 & 1) << 11 | distance >> 1 & 0x7FF
        elif kind in (MOVW_PREL, MOVT_PREL):
            value = distance if kind == MOVW_PREL else distance >> 16
            upper = upper & ~0x40F | (value >> 11 & 1) << 10 | value >> 12 & 15
            lower = lower & ~0x70FF | (value >> 8 & 7) << 12 | value & 0xFF
        else:
            raise unknown(row)
        pack_into("<HH", image, at, upper, lower)


def jump24(upper: int, lower: int, distance: int) -> tuple[int, int]:
    """BL or B.W: the sign turns two of the bits over."""
    sign = distance >> 24 & 1
    first, second = (~(distance >> 23) ^ sign) & 1, (~(distance >> 22) ^ sign) & 1
    upper = upper & ~0x7FF | sign << 10 | distance >> 12 & 0x3FF
    return upper, lower & ~0x2FFF | first << 13 | second << 11 | distance >> 1 & 0x7FF


def addend_in(kind: int, data: bytes, at: int) -> int:
    """What stands in the code; 0 for kinds that `fill` refuses."""
    if kind == REL32:
        return unpack_from("<i", data, at)[0]
    upper, lower = unpack_from("<HH", data, at)
    sign = upper >> 10 & 1
    first, second = lower >> 13 & 1, lower >> 11 & 1
    if kind in (CALL, JUMP24):
        high = (first ^ sign ^ 1) << 23 | (second ^ sign ^ 1) << 22
        return high | (upper & 0x3FF) << 12 | (lower & 0x7FF) << 1 | -sign << 24
    if kind == JUMP19:
        return second << 19 | first << 18 | (upper & 0x3F) << 12 | (lower & 0x7FF) << 1 | -sign << 20
    if kind in (MOVW_PREL, MOVT_PREL):
        value = (upper & 15) << 12 | sign << 11 | (lower >> 12 & 7) << 8 | lower & 0xFF
        return value - ((value & 0x8000) << 1)
    return 0
