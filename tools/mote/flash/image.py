"""What an image file writes to a board, and whether it is mote's firmware for it."""

import re
from pathlib import Path

from mote.errors import ExitCode, UserError

UF2_START, UF2_BLOCK, UF2_SIZE_AT, UF2_DATA_AT = b"UF2\n", 512, 16, 32
HEX_START, HEX_DATA = b":", b"00"  # Intel HEX: a line is count, address, kind, data, sum
GREETING = re.compile(rb"mote \d[\w.+-]* on ([\w.-]+)")  # which every firmware has


def payload(data: bytes) -> bytes:
    """The bytes that a UF2 or Intel HEX file writes, in the order of its blocks; any other file is these bytes itself."""
    if data.startswith(UF2_START):
        blocks = (data[at : at + UF2_BLOCK] for at in range(0, len(data), UF2_BLOCK))
        return b"".join(b[UF2_DATA_AT:][: int.from_bytes(b[UF2_SIZE_AT : UF2_SIZE_AT + 4], "little")] for b in blocks)
    if data.startswith(HEX_START):
        lines = (line.strip() for line in data.splitlines())
        digits = b"".join(line[9:-2] for line in lines if line[7:9] == HEX_DATA)
        return bytes.fromhex(digits.decode("ascii", errors="replace")) if re.fullmatch(rb"([0-9A-Fa-f]{2})*", digits) else data
    return data


def check_image(image: Path, board: str, remedy: str) -> None:
    """Refuse what is not mote's firmware for a board: it would not start, and nobody could ask why."""
    if not image.is_file():
        raise UserError("there is no such file", str(image), remedy)
    found = {match[1].decode() for match in GREETING.finditer(payload(image.read_bytes()))}
    if board not in found:
        what = f"it is firmware for {', '.join(sorted(found))}, not for {board}" if found else "it is no firmware of mote"
        raise UserError(what, str(image), remedy, ExitCode.INCOMPATIBLE)
