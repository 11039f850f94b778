"""A crash record for people: the trap, and its call stack with the names and source lines that this machine knows."""

from collections.abc import Iterator, Mapping
from typing import Any

from mote.console import printable
from mote.device import index
from mote.device.dwarf import Lines
from mote.wasm.model import Module

NAME_SHOWN = 160


def describe(crash: Mapping[str, Any]) -> dict[str, Any]:
    """A crash record as plain data that prints as JSON; empty when there was none."""
    if not crash.get("number"):
        return {}
    kept = index.find(crash.get("sha", b""))
    shift, module = (kept.shift, kept.module) if kept else (0, None)
    return {
        "number": crash["number"],
        "name": crash.get("n", ""),
        "file": kept.path if kept else "",
        "state": crash.get("state", ""),
        "trap": crash.get("trap", ""),
        "reason": crash.get("reason", ""),
        "up_ms": crash.get("up", 0),
        "before_reset": bool(crash.get("reset")),
        "frames": list(frames(crash.get("frames", ()), module, shift)),
    }


def frames(rows: Any, module: Module | None, shift: int) -> Iterator[dict[str, Any]]:
    """The call stack, the innermost function first."""
    lines = Lines(module) if module else None
    for funcidx, offset in rows:
        known = offset if offset >= 0 else None
        place = lines.at(known + shift) if lines and known is not None else None
        yield {
            "function": funcidx,
            "name": module.function_name(funcidx) if module else "",
            "offset": known,
            "source": f"{place[0]}:{place[1]}" if place else "",
        }


def lines_of(record: Mapping[str, Any], program: str = "") -> list[str]:
    """A described crash as lines."""
    what = record["trap"] or record["reason"] or record["state"]
    kind = "trap" if record["trap"] else record["state"]
    head = f"{printable(program or record['name'] or 'the firmware', NAME_SHOWN)}: {kind}: {printable(what, NAME_SHOWN)}"
    if record["before_reset"]:
        head += " (before the last reset)"
    return [head, *(frame_line(i, frame) for i, frame in enumerate(record["frames"]))]


def frame_line(i: int, frame: Mapping[str, Any]) -> str:
    """A row of the call stack."""
    name = f" `{printable(frame['name'], NAME_SHOWN)}`" if frame["name"] else ""
    offset = "" if frame["offset"] is None else f" (offset 0x{frame['offset']:x})"
    source = f" at {printable(frame['source'], 1000)}" if frame["source"] else ""
    return f"  at #{i} func {frame['function']}{name}{offset}{source}"
