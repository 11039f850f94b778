"""Fills in what compiled code left open: dispatches to the CPUs. Everything is relative to the place where it stands, so that
the image runs anywhere; what is not, no CPU has in its table.
"""

from collections.abc import Callable, Sequence

from mote.aot import relocate_aarch64, relocate_riscv, relocate_thumb, relocate_x86
from mote.aot.misfit import Fill

FILL: dict[str, Callable[[bytearray, Sequence[Fill]], None]] = {
    "aarch64": relocate_aarch64.fill,
    "riscv32": relocate_riscv.fill,
    "riscv64": relocate_riscv.fill,
    "thumb": relocate_thumb.fill,
    "x86_64": relocate_x86.fill,
}


def fill_in(arch: str, image: bytearray, rows: Sequence[Fill]) -> None:
    """Fill in all rows of a part; raises MisfitError for what cannot be."""
    FILL[arch](image, rows)
