"""Fills in distances in x86-64 code."""

from collections.abc import Sequence
from struct import pack_into

from mote.aot.misfit import Fill, check_range, unknown

PC32, PLT32, GOTPCRELX, REX_GOTPCRELX = 2, 4, 41, 42
MOV, LEA = 0x8B, 0x8D


def fill(image: bytearray, rows: Sequence[Fill]) -> None:
    """Fill in the rows of a part."""
    for row in rows:
        at, kind, target = row
        if kind in (GOTPCRELX, REX_GOTPCRELX) and image[at - 2] == MOV:
            image[at - 2] = LEA  # the address itself instead of a load of it from a table
        elif kind not in (PC32, PLT32):
            raise unknown(row)
        check_range(row, target - at, 32)
        pack_into("<i", image, at, target - at)
