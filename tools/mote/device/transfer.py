"""Sends many bytes to a device, message after message, and goes on where the device says that it is.

A message is as large as the device takes. Each response says where to go on, so that a message that was lost, or
bytes that were there already, change nothing but the offset.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mote.device.client import TIMEOUT_S, TRIES, Client, Command
from mote.device.link import LinkError

STUCK_MAX = 8  # responses in a row that do not move the offset


@dataclass(frozen=True, slots=True)
class Piece:
    """Some of the bytes, and where they begin."""

    offset: int
    data: bytes


def send(
    client: Client, command: Command, data: bytes, body: Callable[[Piece], dict[str, Any]],
    progress: Callable[[int, int], None] | None = None, first_s: float = TIMEOUT_S,
) -> int:  # fmt: skip
    """Send `data`; how many bytes of it were sent. `body` makes the request for a piece; the first, with offset 0,
    may take `first_s`.
    """
    at = sent = stuck = 0
    while True:
        room = client.room(body(Piece(at, b"")))
        piece = Piece(at, data[at : at + room])
        last = at + len(piece.data) >= len(data)
        timeout_s = first_s if at == 0 or last else TIMEOUT_S
        told = client.request(command, body(piece), timeout_s, TRIES)
        sent += len(piece.data)
        following = int(told.get("off", at + len(piece.data)))
        stuck = 0 if following > at else stuck + 1
        if stuck > STUCK_MAX or following > len(data):
            raise LinkError(f"the device stays at byte {at} of {len(data)}", client.link.name, "Run: mote device reset")
        at = following
        if progress:
            progress(at, len(data))
        if at >= len(data):
            return sent
