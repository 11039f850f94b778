"""What a load or store instruction of RV32IC does: the little of decoding that the model needs by itself."""

from collections.abc import Callable
from dataclasses import dataclass

LOAD, STORE = 0x03, 0x23
C_LW, C_SW, C_LWSP, C_SWSP = 0x4000, 0xC000, 0x4002, 0xC002
C_MASK = 0xE003
STACK_POINTER = 2


@dataclass(frozen=True)
class Access:
    """An instruction of `length` bytes that moves a register from or to `address`."""

    is_store: bool
    address: int
    register: int
    length: int


def decode(word: int, register: Callable[[int], int]) -> Access | None:
    """The access that an instruction makes, given the values of registers; None: it makes none."""
    if word & 3 != 3:
        return decode_short(word & 0xFFFF, register)
    base, kind = register(word >> 15 & 31), word & 0x7F
    if kind == LOAD:
        return Access(False, base + signed(word >> 20, 12) & 0xFFFFFFFF, word >> 7 & 31, 4)
    if kind == STORE:
        offset = signed(word >> 25 << 5 | word >> 7 & 31, 12)
        return Access(True, base + offset & 0xFFFFFFFF, word >> 20 & 31, 4)
    return None


def decode_short(word: int, register: Callable[[int], int]) -> Access | None:
    """The same for instructions of two bytes, all of which move words."""
    kind = word & C_MASK
    if kind in (C_LW, C_SW):
        offset = (word >> 10 & 7) << 3 | (word >> 6 & 1) << 2 | (word >> 5 & 1) << 6
        return Access(kind == C_SW, register(8 + (word >> 7 & 7)) + offset & 0xFFFFFFFF, 8 + (word >> 2 & 7), 2)
    if kind == C_LWSP:
        offset = (word >> 12 & 1) << 5 | (word >> 4 & 7) << 2 | (word >> 2 & 3) << 6
        return Access(False, register(STACK_POINTER) + offset & 0xFFFFFFFF, word >> 7 & 31, 2)
    if kind == C_SWSP:
        offset = (word >> 9 & 15) << 2 | (word >> 7 & 3) << 6
        return Access(True, register(STACK_POINTER) + offset & 0xFFFFFFFF, word >> 2 & 31, 2)
    return None


def signed(value: int, bits: int) -> int:
    """A number of so many bits in two's complement."""
    value &= (1 << bits) - 1
    return value - (value >> bits - 1 << bits)
