"""Commands of the suite `core-1.0` that a WebAssembly 2.0 runtime answers in another way, each with the reason.

The suites of 2.0 and later have no entry here. A command that is listed and yet passes is a failure too.
"""

REASONS: dict[str, dict[str, tuple[int, ...]]] = {
    "since 2.0 a segment that does not fit is a trap during instantiation, before it was an unlinkable module": {
        "core-1.0/data": (161, 169, 177, 185, 193, 210, 219, 226, 234, 242, 250, 257, 265, 272),
        "core-1.0/elem": (142, 151, 160, 169, 177, 185, 194, 202, 211, 219, 228, 236),
        "core-1.0/linking": (206, 227, 238, 298, 334, 344),
    },
    "a consequence of the former: segments before the one that does not fit stay written": {
        "core-1.0/linking": (236, 248, 342, 354),
    },
    "since 2.0 a module may have several tables": {"core-1.0/imports": (309, 313, 317)},
    "since 2.0 functions may have several results": {"core-1.0/func": (492, 496), "core-1.0/type": (52, 56)},
    "since 2.0 labels of a br_table in unreachable code may differ in type": {"core-1.0/unreached-invalid": (538,)},
}

# What 1.0 calls by another name; the left one is expected by core-1.0, the right one is what 2.0 says.
RENAMED_TEXTS = {
    "zero flag expected": "zero byte expected",
    "invalid UTF-8 encoding": "malformed UTF-8 encoding",
    "invalid mutability": "malformed mutability",
    "invalid section id": "malformed section id",
    "invalid value type": "malformed value type",
}


# Boards with 4 MB of RAM, and what grows a memory beyond that.
SMALL_BOARDS = ("mps2_an385", "mps2_an386")
NO_ROOM = {
    "core-1.0/call": (294,), "core-1.0/call_indirect": (574,), "core-1.0/memory_grow": (45, 48),
    "core-2.0/call": (359,), "core-2.0/call_indirect": (603,), "core-2.0/memory_grow": (45, 48),
}  # fmt: skip


def waived_lines(name: str, board: str = "") -> dict[int, str]:
    """The lines of a file that are waived, with the reason."""
    small = dict.fromkeys(NO_ROOM.get(name, ()), "the board has 4 MB of RAM") if board in SMALL_BOARDS else {}
    return small | {line: reason for reason, files in REASONS.items() for line in files.get(name, ())}


# Texts of single commands, which 2.0 words by what is wrong first: line -> what the message must contain instead.
OTHER_TEXTS: dict[str, dict[str, dict[int, str]]] = {
    "since 2.0 call_indirect names a table, before a zero byte was reserved there": {
        "core-1.0/binary": {49: "unknown table"},
    },
    "a zero byte written in several bytes: what is left over is not part of the function since 2.0": {
        "core-1.0/binary": dict.fromkeys((68, 87, 105, 123), "section size mismatch"),
    },
    "since 2.0 a length beyond the end is `length out of bounds`": {
        "core-1.0/binary": dict.fromkeys((424, 570), "length out of bounds"),
        "core-1.0/custom": {84: "length out of bounds"},
    },
    "since 2.0 an element segment begins with flags, a block type may be a type index, br_table may name any label": {
        "core-1.0/binary": {625: "malformed segment kind", 740: "unknown label", 762: "unknown type"},
    },
}


def expected_text(name: str, line: int, text: str) -> str:
    """What the message for a command must contain."""
    for files in OTHER_TEXTS.values():
        if line in files.get(name, {}):
            return files[name][line]
    return RENAMED_TEXTS.get(text, text) if name.startswith("core-1.0/") else text
