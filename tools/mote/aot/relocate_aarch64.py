"""Fills in distances in AArch64 code.

Constants are addressed by ADRP, which counts in pages of 4 KiB, and an offset in the page. The image would have to be aligned
to 4 KiB for that; so ADRP becomes ADR, which gives the address itself within 1 MiB, and the offset in the page becomes 0.
"""

from collections.abc import Sequence
from struct import pack_into, unpack_from

from mote.aot.misfit import Fill, MisfitError, check_range, unknown

PREL64, PREL32, LD_PREL_LO19, ADR_PREL_LO21, ADR_PREL_PG_HI21, PLT32 = 260, 261, 273, 274, 275, 314
# ADD_ABS_LO12_NC, LDST8/16/32/64/128_ABS_LO12_NC
LOW_12 = frozenset({277, 278, 284, 285, 286, 299})
# Branches and literals: how many bits, and from which on; in units of 4 bytes.
FIELDS = {279: (14, 5), 280: (19, 5), LD_PREL_LO19: (19, 5), 282: (26, 0), 283: (26, 0)}
PAGE_BIT = 1 << 31  # what makes an ADRP of an ADR


def fill(image: bytearray, rows: Sequence[Fill]) -> None:
    """Fill in the rows of a part."""
    bases = {row.target for row in rows if row.kind == ADR_PREL_PG_HI21}
    for row in rows:
        at, kind, target = row
        distance = target - at
        if kind in (PREL32, PLT32):
            check_range(row, distance, 32)
            pack_into("<i", image, at, distance)
        elif kind == PREL64:
            pack_into("<q", image, at, distance)
        else:
            (word,) = unpack_from("<I", image, at)
            pack_into("<I", image, at, instruction(row, word, distance, bases))


def instruction(row: Fill, word: int, distance: int, bases: set[int]) -> int:
    """An instruction with its distance in it."""
    if row.kind in FIELDS:
        bits, shift = FIELDS[row.kind]
        check_range(row, distance, bits + 2)
        return word | (distance >> 2 & (1 << bits) - 1) << shift
    if row.kind in (ADR_PREL_LO21, ADR_PREL_PG_HI21):
        check_range(row, distance, 21)
        return word & ~PAGE_BIT | (distance & 3) << 29 | (distance >> 2 & 0x7FFFF) << 5
    if row.kind not in LOW_12:
        raise unknown(row)
    if row.target not in bases:
        raise MisfitError(row.at, "an offset in a page without its page")
    return word
