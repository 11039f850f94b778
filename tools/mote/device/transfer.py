"""Sends many bytes to a device, message after message, and goes on where the device says that it is.

Each response says where to go on, so that a message that was lost, or bytes that were there already, change nothing
but the offset. A message is as large as the device takes; on a line that loses messages they become smaller, and grow
again. Where the device allows it, and nothing was lost lately, the next message is on its way while the device works on
the one before: the line is never idle.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from mote.device.client import BUSY_PAUSE_S, BUSY_S, QUICK_S, BusyError, Client, Command, Response
from mote.device.link import LinkError

LOST_MAX = 12  # messages in a row without a response
STUCK_MAX = 8  # responses in a row that do not move the offset
PIECE_MIN = 64
GROW = 1.25
USUAL = 2  # times what responses usually take, at least: a line of unknown rate may be slow


@dataclass(frozen=True, slots=True)
class Piece:
    """Some of the bytes, and where they begin."""

    offset: int
    data: bytes

    @property
    def end(self) -> int:
        """The offset behind them."""
        return self.offset + len(self.data)


@dataclass(slots=True)
class Sender:
    """Bytes on their way. `body` makes the request for a piece; `slow_s` is for the first and the last, at which
    flash is erased and checked. `goes_ahead`: once it has erased flash and written a message, the device can take another
    one while it works on the one before.
    """

    client: Client
    command: Command
    data: bytes
    body: Callable[[Piece], dict[str, Any]]
    slow_s: float
    progress: Callable[[int, int], None] | None = None
    goes_ahead: bool = False
    at: int = 0
    sent: int = 0
    _flight: dict[int, Piece] = field(default_factory=dict)  # by sequence number, the oldest first
    _since: float = 0.0  # when the oldest of them had been sent, or became the oldest
    _is_steady: bool = False  # the last message went where it was to go
    _largest: float = field(default=float("inf"))
    _lost: int = 0
    _stuck: int = 0
    _busy_end: float = 0.0

    def send(self) -> int:
        """Send all of them; how many were sent."""
        while True:
            told = self.step()
            if told is None:
                continue
            self.move(told)
            if self.progress:
                self.progress(self.at, len(self.data))
            if self.at >= len(self.data):
                return self.sent

    def step(self) -> int | None:
        """Send a piece, or another one ahead; the offset that the device is at then, None when it did not say."""
        room = self.room(self.at)
        if not self._flight:
            self.post(self.at, int(min(room, self._largest)))
        oldest = next(iter(self._flight.values()))
        is_clear = self.goes_ahead and self._is_steady and self._largest >= room
        if is_clear and len(self._flight) == 1 and oldest.end < len(self.data):
            self.post(oldest.end, self.room(oldest.end))
        is_slow = oldest.offset == 0 or oldest.end >= len(self.data)
        soon_s = max(self.client.soon_s(self.slow_s if is_slow else QUICK_S), self.client.usual_s * USUAL)
        patience_s = min(soon_s * 2**self._lost, self.slow_s)
        response = self.client.await_any(self.command, self._flight, patience_s)
        if response:
            return self.take(response, oldest)
        self.lose(oldest)
        if self._lost > LOST_MAX:
            raise self.client.silence(self.command, patience_s)
        return None

    def room(self, offset: int) -> int:
        """Bytes that fit into a message."""
        return self.client.room(self.body(Piece(offset, b"")))

    def post(self, offset: int, size: int) -> None:
        """Send a piece without waiting."""
        piece = Piece(offset, self.data[offset : offset + size])
        sequence = self.client.post(self.command, self.body(piece))
        self._since = self._since if self._flight else self.client.sent_at()
        self._flight[sequence] = piece

    def take(self, response: Response, oldest: Piece) -> int | None:
        """What a response says; see step."""
        piece = self._flight.pop(response.sequence)
        if piece is not oldest:
            self._flight.clear()  # they are answered in order: there will be no other response
        self.client.note_time(self._since)
        self._since = self.client.sent_at()
        try:
            told = self.client.checked(self.command, response)
        except BusyError:
            if not self.is_patient():
                raise
            return None
        offset = int(told.get("off", piece.end))
        if piece is not oldest and offset <= oldest.offset:
            self.lose(oldest)  # the device lacks the bytes before these
            return None
        self._is_steady = offset == piece.end
        if not self._is_steady:
            self._flight.clear()  # what is on the way comes to the wrong place
        self._lost, self._busy_end = 0, 0.0
        self._largest *= GROW
        self.sent += max(min(offset, piece.end) - oldest.offset, 0)
        return offset

    def lose(self, piece: Piece) -> None:
        """A message was lost, or its response: what was behind it comes to the wrong place."""
        self._flight.clear()
        self._lost, self._busy_end = self._lost + 1, 0.0
        self._largest = max(len(piece.data) // 2, min(PIECE_MIN, self.room(piece.offset)))

    def is_patient(self) -> bool:
        """The device works at something else: waits a little, unless that goes on for too long."""
        self._flight.clear()
        self._busy_end = self._busy_end or time.monotonic() + BUSY_S
        time.sleep(BUSY_PAUSE_S)
        return time.monotonic() < self._busy_end

    def move(self, following: int) -> None:
        """Go on from an offset."""
        self._stuck = 0 if following > self.at else self._stuck + 1
        if self._stuck > STUCK_MAX or not 0 <= following <= len(self.data):
            what = f"the device stays at byte {self.at} of {len(self.data)}"
            raise LinkError(what, self.client.link.name, "Run: mote device reset")
        self.at = following
