"""Which line an address of a function belongs to: reads .debug_line (DWARF 4 and 5, chapter 6.2), writes the table of a
native section.

The lines that compiled code has are places in the body of its wasm function, see Unit.
"""

from collections.abc import Iterable, Iterator

from mote.aot.elf import EM_RISCV, Elf
from mote.aot.leb import read_signed, read_unsigned, signed, unsigned

COPY, ADVANCE_PC, ADVANCE_LINE, CONST_ADD_PC, FIXED_ADVANCE_PC = 1, 2, 3, 8, 9
END_SEQUENCE, SET_ADDRESS = 1, 2
RISCV_ADD, RISCV_SUB = range(33, 37), range(37, 41)

Row = tuple[int, int]


def read_lines(elf: Elf) -> tuple[Row, ...]:
    """Pairs of address in the text and line, ascending, where the line changes; none without a table."""
    section = elf.find(".debug_line")
    if section is None:
        return ()
    fixups: dict[int, int] = {}
    for place, kind, index, addend in elf.relocations_of(section):
        value = elf.symbols[index].value + (addend or 0)
        sign = -1 if elf.machine == EM_RISCV and kind in RISCV_SUB else 1
        fixups[place] = fixups.get(place, 0) + sign * value
    return tuple(changes(sorted(program(section.data, elf.word, fixups), key=lambda row: row[0])))


def changes(rows: Iterable[Row]) -> Iterator[Row]:
    """Rows that say something new; of several for one address the last one counts."""
    last, pending = 0, None
    for address, line in rows:
        if pending is not None and pending[0] != address and pending[1] != last:
            yield pending
            last = pending[1]
        pending = (address, line)
    if pending is not None and pending[1] != last:
        yield pending


def program(data: bytes, word: int, fixups: dict[int, int]) -> Iterator[Row]:
    """The rows that a line number program gives; what relocations add to its operands stands in `fixups`."""
    at = 12 if int.from_bytes(data[4:6], "little") >= 5 else 10
    at, start = at, at + int.from_bytes(data[at - 4 : at], "little")
    unit, line_base, line_range, first_special = data[at], data[at + 3], data[at + 4], data[at + 5]
    line_base -= (line_base & 0x80) << 1
    lengths = data[at + 6 : at + 5 + first_special]
    address, line, at = 0, 1, start
    while at < len(data):
        opcode = data[at]
        at += 1
        if opcode >= first_special:
            address += (opcode - first_special) // line_range * unit
            line += line_base + (opcode - first_special) % line_range
            yield address, line
        elif opcode == COPY:
            yield address, line
        elif opcode == ADVANCE_PC:
            value, at = read_unsigned(data, at)
            address += value * unit
        elif opcode == ADVANCE_LINE:
            value, at = read_signed(data, at)
            line += value
        elif opcode == CONST_ADD_PC:
            address += (255 - first_special) // line_range * unit
        elif opcode == FIXED_ADVANCE_PC:
            address += int.from_bytes(data[at : at + 2], "little") + fixups.get(at, 0)
            at += 2
        elif opcode == 0:
            size, at = read_unsigned(data, at)
            if data[at] == SET_ADDRESS:
                address = int.from_bytes(data[at + 1 : at + 1 + word], "little") + fixups.get(at + 1, 0)
            elif data[at] == END_SEQUENCE:
                address, line = 0, 1
            at += size
        else:
            for _ in range(lengths[opcode - 1]):
                _, at = read_unsigned(data, at)


def encode_lines(rows: Iterable[Row]) -> bytes:
    """The table of a native section: addresses in the image and offsets in the module, as docs/formats/native.md says."""
    result = bytearray()
    last_address = last_offset = 0
    for address, offset in rows:
        result += unsigned(address - last_address) + signed(offset - last_offset)
        last_address, last_offset = address, offset
    return bytes(result)


def decode_lines(data: bytes) -> Iterator[Row]:
    """The rows of such a table."""
    at = address = offset = 0
    while at < len(data):
        step, at = read_unsigned(data, at)
        move, at = read_signed(data, at)
        address, offset = address + step, offset + move
        yield address, offset
