"""What is written to a chip: the bytes of a program as they lie in flash, and the same as a UF2 file."""

import struct
from pathlib import Path

from elftools.elf.elffile import ELFFile

ERASED = b"\xff"
UF2_START, UF2_MIDDLE, UF2_END = 0x0A324655, 0x9E5D5157, 0x0AB16F30
UF2_HAS_FAMILY = 0x2000
UF2_PIECE, UF2_ROOM = 256, 476


def read_program(program: Path) -> tuple[int, bytes]:
    """Where a program begins in flash, and its bytes from there on."""
    with program.open("rb") as file:
        segments = [segment for segment in ELFFile(file).iter_segments("PT_LOAD") if segment["p_filesz"]]
        start = min(segment["p_paddr"] for segment in segments)
        image = bytearray(ERASED * max(segment["p_paddr"] + segment["p_filesz"] - start for segment in segments))
        for segment in segments:
            at = segment["p_paddr"] - start
            image[at : at + segment["p_filesz"]] = segment.data()
    return start, bytes(image)


def uf2(start: int, image: bytes, family: int) -> bytes:
    """An image as a UF2 file: pieces of 256 bytes, each in a block of 512 that says where it goes."""
    image += ERASED * (-len(image) % UF2_PIECE)
    count = len(image) // UF2_PIECE
    blocks = []
    for number in range(count):
        at = number * UF2_PIECE
        head = struct.pack("<8I", UF2_START, UF2_MIDDLE, UF2_HAS_FAMILY, start + at, UF2_PIECE, number, count, family)
        blocks.append(head + image[at : at + UF2_PIECE].ljust(UF2_ROOM, b"\0") + struct.pack("<I", UF2_END))
    return b"".join(blocks)


def write_image(program: Path, image: Path, family: int) -> None:
    """Make an image of a program, in the form that the image's name asks for."""
    start, data = read_program(program)
    image.write_bytes(uf2(start, data, family) if image.suffix == ".uf2" else data)
