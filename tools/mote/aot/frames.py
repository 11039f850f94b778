"""How to walk over a function's frame: what the call frame information (DWARF, chapter 6.4) says about its size and about
the place of the return address. Where in the function this holds is not needed: code calls only when its frame is complete.
"""

from mote.aot.elf import EM_AARCH64, EM_ARM, EM_RISCV, EM_X86_64, Elf
from mote.aot.leb import read_signed, read_unsigned
from mote.errors import UserError

STACK_POINTER = {EM_ARM: 13, EM_X86_64: 7, EM_AARCH64: 31, EM_RISCV: 2}
# Operands of an opcode whose upper two bits are 0: u unsigned, s signed, b a block of bytes, a digit that many bytes.
OPERANDS = {
    0x00: "", 0x01: "a", 0x02: "1", 0x03: "2", 0x04: "4", 0x05: "uu", 0x06: "u", 0x07: "u",
    0x08: "u", 0x09: "uu", 0x0A: "", 0x0B: "", 0x0C: "uu", 0x0D: "u", 0x0E: "u", 0x0F: "b",
    0x10: "ub", 0x11: "us", 0x12: "us", 0x13: "s", 0x14: "uu", 0x15: "us", 0x16: "ub",
    0x2D: "", 0x2E: "u",
}  # fmt: skip
OFFSET_EXTENDED, DEF_CFA, DEF_CFA_REGISTER, DEF_CFA_OFFSET = 0x05, 0x0C, 0x0D, 0x0E
DEF_CFA_EXPRESSION, OFFSET_EXTENDED_SF, DEF_CFA_SF, DEF_CFA_OFFSET_SF = 0x0F, 0x11, 0x12, 0x13
OFFSET = 0x80


class Frame:
    """What the rows of a frame table come to: the largest distance to the CFA, and where the return address lies below it."""

    def __init__(self, word: int, stack_pointer: int) -> None:
        self.word = word
        self.stack_pointer = stack_pointer
        self.size = 0
        self.link = 0
        self.untold = 0  # bytes below what the distances to the CFA tell: LLVM does not tell of v6-M's second push, of r8 to r11
        self.data_align = 1
        self.return_register = 0
        self.moves = False  # whether the CFA is found by another register than the stack pointer

    def read_common(self, data: bytes, at: int, end: int) -> None:
        """What all functions begin with (a CIE, from its version on)."""
        version = data[at]
        augmentation_end = data.index(b"\0", at + 1)
        augmentation = data[at + 1 : augmentation_end]
        at = augmentation_end + 1 + (2 if version >= 4 else 0)
        _, at = read_unsigned(data, at)
        self.data_align, at = read_signed(data, at)
        self.return_register, at = read_unsigned(data, at)
        if augmentation.startswith(b"z"):
            size, at = read_unsigned(data, at)
            at += size
        self.run(data, at, end)

    def run(self, data: bytes, at: int, end: int) -> None:
        """Follow the instructions of a CIE or an FDE."""
        while at < end:
            opcode = data[at]
            at += 1
            if opcode >> 6:
                if opcode >> 6 == OFFSET >> 6:
                    value, at = read_unsigned(data, at)
                    self.saved(opcode & 0x3F, value)
                continue
            values = []
            for letter in OPERANDS[opcode]:
                value, at = self.operand(data, at, letter)
                values.append(value)
            self.step(opcode, values)

    def operand(self, data: bytes, at: int, letter: str) -> tuple[int, int]:
        """One operand; those of fixed size do not matter."""
        if letter in "us":
            return (read_unsigned if letter == "u" else read_signed)(data, at)
        if letter == "b":
            size, at = read_unsigned(data, at)
            return 0, at + size
        return 0, at + (self.word if letter == "a" else int(letter))

    def step(self, opcode: int, values: list[int]) -> None:
        """One instruction that has operands."""
        if opcode in (DEF_CFA, DEF_CFA_SF, DEF_CFA_REGISTER):
            self.moves |= values[0] != self.stack_pointer
        if opcode == DEF_CFA_EXPRESSION:
            self.moves = True
        if opcode in (DEF_CFA, DEF_CFA_OFFSET):
            self.size = max(self.size, values[-1])
        elif opcode in (DEF_CFA_SF, DEF_CFA_OFFSET_SF):
            self.size = max(self.size, values[-1] * self.data_align)
        elif opcode in (OFFSET_EXTENDED, OFFSET_EXTENDED_SF):
            self.saved(*values)

    def saved(self, register: int, value: int) -> None:
        """A register lies so many units from the CFA."""
        self.untold = max(self.untold, -value * self.data_align - self.size)
        if register == self.return_register:
            self.link = -value * self.data_align


def read_frame(elf: Elf, name: str) -> tuple[int, int]:
    """The largest frame of a file's only function, and how far below its end the return address lies; both in words."""
    section = elf.find(".debug_frame") or elf.find(".eh_frame")
    if section is None:
        return 0, 0
    data = section.data
    frame = Frame(elf.word, STACK_POINTER[elf.machine])
    common = 0 if section.name == ".eh_frame" else 0xFFFFFFFF
    at = 0
    while at + 8 <= len(data):
        end = at + 4 + int.from_bytes(data[at : at + 4], "little")
        if int.from_bytes(data[at + 4 : at + 8], "little") == common:
            frame.read_common(data, at + 8, end)
        elif common:
            frame.run(data, at + 8 + 2 * elf.word, end)
        else:
            size, start = read_unsigned(data, at + 16)
            frame.run(data, start + size, end)
        at = end
    if frame.moves:
        raise UserError("its frame has no fixed size, so that nobody could walk the stack", name)
    return (frame.size + frame.untold) // elf.word, frame.link // elf.word
