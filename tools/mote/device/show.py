"""Words for people about devices: times, sizes, bars of what is being sent."""

import sys
import time
from typing import Any

from mote.console import printable
from mote.progress import Progress

CELL = 60
SAFE = (
    "Nothing was started by itself: the firmware failed three times in a row soon after its start. When it has been up for\n"
    "a minute, it starts everything again after: mote device reset"
)


def duration(milliseconds: int) -> str:
    """A time as '3.2 s', '12 min' or '4 d 3 h'."""
    seconds = milliseconds / 1000
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, hours, days = int(seconds // 60), int(seconds // 3600), int(seconds // 86400)
    if hours < 1:
        return f"{minutes} min {int(seconds) % 60} s"
    return f"{hours} h {minutes % 60} min" if days < 1 else f"{days} d {hours % 24} h"


def cell(value: object, limit: int = CELL) -> str:
    """What a device said, for a cell of a table."""
    return printable(str(value), limit)


def kilobytes(count: float) -> str:
    """A number of bytes as '31.1 KB'."""
    return f"{count / 1000:.1f} KB" if count >= 1000 else f"{count:.0f} bytes"


class Sending(Progress):
    """Bytes that are on their way: how many, how fast, how long it takes still. On a terminal only."""

    def __init__(self, title: str) -> None:
        super().__init__(0, estimate=False)
        self.title = title
        self.begun = 0
        self.first: float | None = None

    def __call__(self, done: int, total: int) -> None:
        """So many bytes have arrived."""
        now = time.monotonic()
        if self.first is None:
            self.first, self.begun = now, done
        self.total, self.done = total, done
        self.note(self.title + self.pace(now))

    def pace(self, now: float) -> str:
        """Rate and remaining time, once they are known."""
        moved, seconds = self.done - self.begun, now - (self.first or now)
        if moved <= 0 or seconds <= 0:
            return ""
        rate = moved / seconds
        return f", {kilobytes(rate)}/s, {(self.total - self.done) / rate:.0f} s left"


def warn(text: str) -> None:
    """A line on standard error."""
    if text:
        print(f"mote: {text}", file=sys.stderr)


def plain(value: Any) -> Any:
    """A device's answer as JSON can have it: bytes as hexadecimal digits."""
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, list | tuple) else value
