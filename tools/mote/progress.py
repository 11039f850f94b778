"""A progress bar on standard error, on a terminal only; a report on standard output is never mixed with it."""

import shutil
import sys
import time
from types import TracebackType

BAR_WIDTH = 24


class Progress:
    """Counts steps up to a total and shows them with what is being done; used with `with`.

    `estimate` says whether steps take about the same time, so that the time left can be told.
    """

    def __init__(self, total: int, estimate: bool = True) -> None:
        self.total = total
        self.estimate = estimate
        self.done = 0
        self.shown = sys.stderr.isatty()
        self.started = time.monotonic()

    def __enter__(self) -> "Progress":
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._write("")

    def note(self, text: str) -> None:
        """Show what is being done without counting it."""
        self._write(f"{self._bar()} {text}")

    def step(self, text: str) -> None:
        """One step is done."""
        self.done += 1
        self._write(f"{self._bar()} {text}")

    def _bar(self) -> str:
        """The bar, the steps and the seconds that the rest will take at this pace."""
        filled = BAR_WIDTH * self.done // self.total if self.total else 0
        elapsed = time.monotonic() - self.started
        left = f", {elapsed / self.done * (self.total - self.done):.0f} s left" if self.done and self.estimate else ""
        return f"[{'#' * filled}{' ' * (BAR_WIDTH - filled)}] {self.done}/{self.total}{left}"

    def _write(self, text: str) -> None:
        """Replace the line; it is cut to the terminal's width."""
        if self.shown:
            width = shutil.get_terminal_size().columns - 1
            sys.stderr.write(f"\r\x1b[K{text[:width]}")
            sys.stderr.flush()
