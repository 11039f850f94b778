"""Sends many bytes to a device, message after message, and goes on where the device says that it is.

Each response says where to go on, so that a message that was lost, or bytes that were there already, change nothing
but the offset. A message is as large as the device takes; on a line that loses messages they become smaller, and grow
again.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from mote.device.client import QUICK_S, Client, Command, SilenceError
from mote.device.link import LinkError

LOST_MAX = 12  # messages in a row without a response
STUCK_MAX = 8  # responses in a row that do not move the offset
PIECE_MIN = 64
GROW = 1.25


@dataclass(frozen=True, slots=True)
class Piece:
    """Some of the bytes, and where they begin."""

    offset: int
    data: bytes


@dataclass(slots=True)
class Sender:
    """Bytes on their way. `body` makes the request for a piece; `slow_s` is for the first and the last, at which
    flash is erased and checked.
    """

    client: Client
    command: Command
    data: bytes
    body: Callable[[Piece], dict[str, Any]]
    slow_s: float
    progress: Callable[[int, int], None] | None = None
    at: int = 0
    sent: int = 0
    _largest: float = field(default=float("inf"))
    _lost: int = 0
    _stuck: int = 0

    def send(self) -> int:
        """Send all of them; how many were sent."""
        while True:
            told = self.step()
            if told is None:
                continue
            self.move(int(told))
            if self.progress:
                self.progress(self.at, len(self.data))
            if self.at >= len(self.data):
                return self.sent

    def step(self) -> int | None:
        """Send a piece; the offset that the device is at then, None when nothing came back."""
        room = self.client.room(self.body(Piece(self.at, b"")))
        size = int(min(room, self._largest))
        piece = Piece(self.at, self.data[self.at : self.at + size])
        is_slow = self.at == 0 or self.at + len(piece.data) >= len(self.data)
        patience_s = self.client.soon_s(self.slow_s if is_slow else QUICK_S) * 2**self._lost
        try:
            told = self.client.attempt(self.command, self.body(piece), [min(patience_s, self.slow_s)])
        except SilenceError:
            self._lost += 1
            if self._lost > LOST_MAX:
                raise
            self._largest = max(size // 2, min(PIECE_MIN, room))
            return None
        self._lost = 0
        self._largest *= GROW
        self.sent += len(piece.data)
        return told.get("off", self.at + len(piece.data))

    def move(self, following: int) -> None:
        """Go on from an offset."""
        self._stuck = 0 if following > self.at else self._stuck + 1
        if self._stuck > STUCK_MAX or not 0 <= following <= len(self.data):
            what = f"the device stays at byte {self.at} of {len(self.data)}"
            raise LinkError(what, self.client.link.name, "Run: mote device reset")
        self.at = following
