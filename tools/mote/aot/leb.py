"""LEB128 numbers as DWARF and WebAssembly have them, for the readers and writers of native code."""


def read_unsigned(data: bytes, at: int) -> tuple[int, int]:
    """The unsigned number at an offset, and where it ends."""
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7


def read_signed(data: bytes, at: int) -> tuple[int, int]:
    """The signed number at an offset, and where it ends."""
    start = at
    value, at = read_unsigned(data, at)
    return (value - (1 << 7 * (at - start)) if data[at - 1] & 0x40 else value), at


def unsigned(value: int) -> bytes:
    """The shortest form of an unsigned number."""
    result = bytearray()
    while value > 0x7F:
        result.append(value & 0x7F | 0x80)
        value >>= 7
    result.append(value)
    return bytes(result)


def signed(value: int) -> bytes:
    """The shortest form of a signed number."""
    result = bytearray()
    while not -0x40 <= value < 0x40:
        result.append(value & 0x7F | 0x80)
        value >>= 7
    result.append(value & 0x7F)
    return bytes(result)
