"""Fills in distances in RISC-V code, and differences of labels in its tables."""

from collections.abc import Sequence
from struct import pack_into, unpack_from

from mote.aot.misfit import Fill, MisfitError, check_range, unknown

BRANCH, JAL, CALL, CALL_PLT, PCREL_HI20, LO12_I, LO12_S = 16, 17, 18, 19, 23, 24, 25
ALIGN, RVC_BRANCH, RVC_JUMP, RELAX, PREL32, PLT32 = 43, 44, 45, 51, 57, 59
# Differences of labels: bytes, and the sign (0: set).
DIFFERENCES = {
    33: (1, 1), 34: (2, 1), 35: (4, 1), 36: (8, 1), 37: (1, -1), 38: (2, -1), 39: (4, -1), 40: (8, -1),
    54: (1, 0), 55: (2, 0), 56: (4, 0),
}  # fmt: skip


def fill(image: bytearray, rows: Sequence[Fill]) -> None:
    """Fill in the rows of a part. A low half refers to the instruction with the high half, whose target it shares."""
    high = {row.at: row.target - row.at for row in rows if row.kind == PCREL_HI20}
    for row in rows:
        at, kind, target = row
        if kind in DIFFERENCES:
            size, sign = DIFFERENCES[kind]
            old = int.from_bytes(image[at : at + size], "little")
            new = old + sign * target if sign else target
            image[at : at + size] = (new & (1 << 8 * size) - 1).to_bytes(size, "little")
        elif kind in (RVC_BRANCH, RVC_JUMP):
            (word,) = unpack_from("<H", image, at)
            pack_into("<H", image, at, compressed(row, word, target - at))
        elif kind in (CALL, CALL_PLT):
            upper, lower = unpack_from("<II", image, at)
            distance = target - at
            check_range(row, distance, 32)
            pack_into("<II", image, at, upper | high_half(distance), lower | (distance & 0xFFF) << 20)
        elif kind in (PREL32, PLT32):
            pack_into("<i", image, at, target - at)
        elif kind not in (RELAX, ALIGN):
            (word,) = unpack_from("<I", image, at)
            if kind in (LO12_I, LO12_S):
                if target not in high:
                    raise MisfitError(at, "the lower half of an address without its upper half")
                pack_into("<I", image, at, word | low_half(kind, high[target]))
            else:
                pack_into("<I", image, at, whole(row, word, target - at))


def high_half(distance: int) -> int:
    """The field of AUIPC; the lower half is signed."""
    return distance + 0x800 & 0xFFFFF000


def low_half(kind: int, distance: int) -> int:
    """The 12 bits of a load or addition, or those of a store."""
    return (distance & 0xFFF) << 20 if kind == LO12_I else (distance & 0xFE0) << 20 | (distance & 0x1F) << 7


def whole(row: Fill, word: int, distance: int) -> int:
    """An instruction of four bytes with its distance in it, whatever stood there."""
    if row.kind == PCREL_HI20:
        check_range(row, distance, 32)
        return word & 0xFFF | high_half(distance)
    if row.kind == JAL:
        check_range(row, distance, 21)
        return word & 0xFFF | spread(distance, ((20, 1, 31), (1, 10, 21), (11, 1, 20), (12, 8, 12)))
    if row.kind == BRANCH:
        check_range(row, distance, 13)
        return word & ~0xFE000F80 | spread(distance, ((12, 1, 31), (5, 6, 25), (1, 4, 8), (11, 1, 7)))
    raise unknown(row)


def compressed(row: Fill, word: int, distance: int) -> int:
    """A compressed branch or jump with its distance in it, whatever stood there."""
    if row.kind == RVC_JUMP:
        check_range(row, distance, 12)
        fields = ((11, 1, 12), (4, 1, 11), (8, 2, 9), (10, 1, 8), (6, 1, 7), (7, 1, 6), (1, 3, 3), (5, 1, 2))
        return word & ~0x1FFC | spread(distance, fields)
    check_range(row, distance, 9)
    return word & ~0x1C7C | spread(distance, ((8, 1, 12), (3, 2, 10), (6, 2, 5), (1, 2, 3), (5, 1, 2)))


def spread(value: int, fields: Sequence[tuple[int, int, int]]) -> int:
    """Bits of a value at their places in an instruction: from which bit on, how many, to where."""
    return sum((value >> low & (1 << count) - 1) << to for low, count, to in fields)
