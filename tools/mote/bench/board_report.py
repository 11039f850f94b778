"""What was measured on a board, as tables for a person."""

from collections.abc import Sequence

from mote.bench.board import FEW, FUNCTION, MANY, Measurement, Row

# Kinds of RAM that bench.c prints, without linear memory: that is the module's own.
RUNTIME_RAM = ("RAM module", "RAM code", "RAM instance", "RAM other")


def board_lines(measurement: Measurement) -> list[str]:
    """The whole report."""
    board = measurement.board
    rows = [row for row in measurement.rows if row.figures]
    unit = f"for an iteration ({FUNCTION}({MANY}) - {FUNCTION}({FEW}), divided by {MANY - FEW})"
    what = f"{measurement.module}, {measurement.module_bytes} bytes"
    modules = [row for row in rows if "module" in figures(row)]
    lines = [
        f"{board.name} ({board.target}), firmware by {measurement.toolchain}; {what}",
        f"executed instructions {unit}",
        *grid(["", "iteration", "x C", "load", "instantiate"], [speed(measurement, row) for row in rows]),
        "",
        "bytes; code: register code in RAM, or the native section in flash; RAM: without linear memory and stacks",
        *grid(["", "code", "x module", "RAM", "stack", "C stack"], [space(measurement, row) for row in modules]),
    ]
    return lines + [f"no value for {row.name}: {row.problem}" for row in measurement.rows if not row.figures]


def figures(row: Row) -> dict[str, int]:
    """The bytes that a row's program printed."""
    return row.figures.sizes if row.figures else {}


def speed(measurement: Measurement, row: Row) -> list[str]:
    """Instructions of a row."""
    counts = row.figures.instructions if row.figures else {}
    ratio = measurement.ratio(row)
    return [
        row.name,
        f"{row.iteration:,.1f}",
        "-" if ratio is None else f"{ratio:.2f}",
        *(f"{counts[name]:,}" if name in counts else "-" for name in ("load", "instantiate")),
    ]


def space(measurement: Measurement, row: Row) -> list[str]:
    """Bytes of a row."""
    sizes = figures(row)
    code = row.section_bytes if row.section_bytes is not None else sizes["code"]
    ram = sum(sizes[kind] for kind in RUNTIME_RAM)
    ratio = f"{code / measurement.module_bytes:.2f}"
    return [row.name, f"{code:,}", ratio, *(f"{number:,}" for number in (ram, sizes["RAM stack"], sizes["RAM machine stack"]))]


def grid(heading: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows under a heading, the first column to the left, numbers to the right."""
    widths = [max(len(row[column]) for row in (heading, *rows)) for column in range(len(heading))]
    return [
        "  ".join([row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))])
        for row in (heading, *rows)
    ]
