"""Reads the tables of native code, firmware/tables/native_*.def: what compiled code may call, and where it finds what
it reads."""

from dataclasses import dataclass
from functools import cache

from mote import checkout
from mote.tables import integer, rows, string, tables

HELPER_MACROS = ("NATIVE_HELPER", "NATIVE_NUMERIC", "NATIVE_TRAPPING")


@dataclass(frozen=True, slots=True)
class Helper:
    """A function of the firmware that compiled code calls: its number, whether it takes the context first, how many
    operands follow, and whether it is an instruction that may trap."""

    number: int
    takes_context: bool
    parameters: int
    traps: bool


@dataclass(frozen=True, slots=True)
class Native:
    """All tables of native code; offsets and sizes for machines of 32 and of 64 bits."""

    version: tuple[int, int]
    helpers: dict[str, Helper]
    fields: dict[tuple[str, str], tuple[int, int]]
    sizes: dict[str, tuple[int, int]]
    header: dict[str, int]
    features: dict[str, int]
    feature_texts: tuple[str, ...]
    targets: tuple[str, ...]


@cache
def native() -> Native:
    """The tables, parsed once."""
    folder = checkout.tables()
    layout = {macro: list(rows(folder, "native_layout.def", columns, macro)) for macro, columns in LAYOUT.items()}
    (version,) = layout["NATIVE_VERSION"]
    features = list(rows(folder, "native_features.def", 3))
    return Native(
        version=(integer(version, 0), integer(version, 1)),
        helpers=read_helpers(),
        fields={(r.values[0], r.values[1]): (integer(r, 2), integer(r, 3)) for r in layout["NATIVE_FIELD"]},
        sizes={r.values[0]: (integer(r, 1), integer(r, 2)) for r in layout["NATIVE_SIZE"]},
        header={r.values[0]: integer(r, 1) for r in layout["NATIVE_HEADER"]},
        features={r.values[0]: bit for bit, r in enumerate(features)},
        feature_texts=tuple(string(r, 1) for r in features),
        targets=tuple(string(r, 0) for r in rows(folder, "native_targets.def", 2)),
    )


LAYOUT = {"NATIVE_VERSION": 2, "NATIVE_FIELD": 4, "NATIVE_SIZE": 3, "NATIVE_HEADER": 2}


def read_helpers() -> dict[str, Helper]:
    """The helpers by name; their numbers run through all macros in the order of the file."""
    folder = checkout.tables()
    found = []
    for macro in HELPER_MACROS:
        found += rows(folder, "native_abi.def", 2 if macro == "NATIVE_HELPER" else 1, macro)
    found.sort(key=lambda r: int(r.place.rsplit(":", 1)[1]))
    operands = {op.name: len(op.operands or "") for op in tables().ops.values()}
    helpers = {}
    for number, row in enumerate(found):
        name = row.values[0]
        if row.macro == "NATIVE_HELPER":
            letters = string(row, 1).partition(":")[0]
            helpers[name] = Helper(number, letters.startswith("c"), len(letters.lstrip("c")), False)
        else:
            helpers[name] = Helper(number, row.macro == "NATIVE_TRAPPING", operands[name], row.macro == "NATIVE_TRAPPING")
    return helpers
