"""The tables of the firmware are the only lists of what they list."""

import re
from pathlib import Path

import pytest

from lint.sources import c_files, python_files, shown
from mote.tables import tables
from support.places import FIRMWARE, ROOT

TABLES = FIRMWARE / "tables"
# From how many on, things that stand together are a list.
PAIRS_MAX = 4
QUOTED_MAX = 20
TEXTS_MAX = 2


def pairs(text: str) -> set[str]:
    """Instructions whose name or text stands on one line with their number."""
    found = set()
    for line in text.splitlines():
        for op in tables().ops.values():
            if (op.text in line or f"{op.name}," in line) and re.search(rf"(?<![\w.])0x0?{op.code:x}\b", line, re.IGNORECASE):
                named = re.search(rf"(?<![\w.]){re.escape(op.text)}(?![\w.])|\b(?:OP_)?{op.name}\b", line)
                found |= {op.text} if named and op.prefix + op.code > 0 else set()
    return found


def quoted(text: str) -> set[str]:
    """Instructions whose text is quoted."""
    return {op.text for op in tables().ops.values() if f'"{op.text}"' in text}


def others() -> list[Path]:
    """Sources that are not tables."""
    files = [*c_files(FIRMWARE, ROOT / "ports"), *python_files()]
    return [path for path in files if TABLES not in path.parents]


def test_no_second_list_of_opcodes() -> None:
    """No file but the tables pairs instructions with their numbers, or (tests apart, which use them) lists their texts."""
    lists = []
    for path in others():
        text = path.read_text(encoding="utf-8")
        found = pairs(text)
        lists += [f"{shown(path)} pairs names with numbers: {sorted(found)}"] if len(found) > PAIRS_MAX else []
        found = set() if path.relative_to(ROOT).parts[0] == "tests" else quoted(text)
        lists += [f"{shown(path)} lists instructions: {sorted(found)}"] if len(found) > QUOTED_MAX else []
    assert not lists, "\n".join(lists)


def test_checker_notices_a_list() -> None:
    """The table itself is found to be a list."""
    text = (TABLES / "opcodes_base.def").read_text()
    assert len(pairs(text)) > 100
    assert len(quoted(text)) > 100


@pytest.mark.parametrize("table", ["errors.def", "traps.def"])
def test_no_second_list_of_texts(table: str) -> None:
    """No other file of the firmware lists the texts of errors or traps."""
    rows = tables().errors if table == "errors.def" else tables().traps
    lists = []
    for path in (path for path in c_files(FIRMWARE) if TABLES not in path.parents):
        text = path.read_text(encoding="utf-8")
        found = [row.text for row in rows.values() if len(row.text) > 8 and f'"{row.text}"' in text]
        lists += [f"{shown(path)}: {found}"] if len(found) > TEXTS_MAX else []
    assert not lists, "\n".join(lists)


def test_opcodes_are_complete_for_their_features() -> None:
    """172 instructions of 1.0, 5 + 8 + 7 of their proposals, and reference types: the numbers of the specification."""
    counts: dict[str, int] = {}
    for op in tables().ops.values():
        feature = "mvp" if op.feature.name == "FLOATING_POINT" else op.feature.text
        counts[feature] = counts.get(feature, 0) + 1
    assert counts == {
        "mvp": 172, "sign-extension": 5, "nontrapping-fptoint": 8, "bulk-memory": 7, "reference-types": 9,
    }
