"""How reports look: the only file that knows `rich`.

Colours and escapes appear on a terminal only and never with NO_COLOR. Names that come from a module are made printable
first, so that a module cannot speak to the person's terminal.
"""

import json
import sys
from collections.abc import Iterable, Sequence
from typing import Any

BAR_WIDTH = 30
GAP = "  "


def printable(text: str, limit: int = 72) -> str:
    """The text with control characters spelled out and its middle left out when it is longer than `limit`."""
    safe = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
    if len(safe) <= limit:
        return safe
    head = (limit - 3) * 2 // 3
    return f"{safe[:head]}...{safe[len(safe) - (limit - 3 - head) :]}"


def size(count: int) -> str:
    """A number of bytes with thousands separated, as in '21,906 bytes'."""
    return "1 byte" if count == 1 else f"{count:,} bytes"


def number(count: int, noun: str) -> str:
    """A count with its noun in the right number, as in '3 imports'."""
    if count == 1:
        return f"1 {noun}"
    plural = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{count:,} {plural}"


def print_json(value: Any) -> None:
    """Print a report for a machine."""
    json.dump(value, sys.stdout, indent=2)
    sys.stdout.write("\n")


class Report:
    """Writes a report for a person to standard output."""

    def __init__(self) -> None:
        from rich.console import Console

        self.console = Console(highlight=False, markup=False, emoji=False, soft_wrap=True)

    def line(self, text: str = "", style: str = "") -> None:
        """One line of text."""
        self.console.print(text, style=style or None)

    def heading(self, text: str) -> None:
        """A line that opens a part of the report."""
        self.console.print()
        self.console.print(text, style="bold")

    def table(self, rows: Iterable[Sequence[str]], right: Sequence[int] = (), styles: Sequence[str] = ()) -> None:
        """Rows in columns; `right` names the columns to align right, `styles` gives a style per column."""
        from itertools import zip_longest

        from rich.cells import cell_len
        from rich.text import Text

        rows = [list(row) for row in rows]
        widths = [max(map(cell_len, column)) for column in zip_longest(*rows, fillvalue="")]
        for row in rows:
            line = Text()
            for i, cell in enumerate(row):
                fill = " " * (widths[i] - cell_len(cell))
                line.append(GAP if i else "")
                line.append(fill + cell if i in right else cell + fill, styles[i] if i < len(styles) else "")
            line.rstrip()
            self.console.print(line)

    def bar(self, part: int, whole: int) -> str:
        """A bar whose length is the share of `part` in `whole`, for a column of a table."""
        encoding = (getattr(sys.stdout, "encoding", "") or "").lower()
        block = "\u2588" if encoding.startswith("utf") else "#"
        length = round(BAR_WIDTH * part / whole) if whole else 0
        return block * max(length, 1 if part else 0)
