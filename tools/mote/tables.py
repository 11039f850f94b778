"""Reads firmware/tables/*.def, the lists that C and Python share, into typed rows.

The files are C that a preprocessor reads as X-macros: comments, `#include "tables/..."` and rows NAME(value, ...).
Conditionals are skipped over: the tools know every row, whatever a firmware was built with.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from mote import checkout
from mote.errors import UserError

COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)
TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)\'|[(),]|[^\s(),"\']+')
INCLUDE = re.compile(r'#\s*include\s+"tables/([\w.]+)"')
SYMBOL = re.compile(r"ENABLED\(CONFIG_(\w+)\)")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table as it is written: the macro's name and its arguments without white space around them."""

    macro: str
    values: tuple[str, ...]
    place: str


@dataclass(frozen=True, slots=True)
class Immediate:
    """What follows an opcode, one character a field; see immediates.def."""

    name: str
    fields: str


@dataclass(frozen=True, slots=True)
class Feature:
    """A part of WebAssembly; `symbol` is the Kconfig symbol that switches it, or empty when it is always there."""

    name: str
    text: str
    symbol: str


@dataclass(frozen=True, slots=True)
class Op:
    """An instruction; `operands` and `results` are letters, or None when they depend on more than the opcode."""

    prefix: int
    code: int
    name: str
    text: str
    immediate: Immediate
    operands: str | None
    results: str | None
    feature: Feature


@dataclass(frozen=True, slots=True)
class Named:
    """A trap or an error: its name in C without the prefix, and its text."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class ValType:
    """A value type by its byte in the binary format and the letter that signatures use."""

    name: str
    byte: int
    text: str
    letter: str


@dataclass(frozen=True, slots=True)
class Section:
    """A kind of section; `rank` is its place in the order of sections, 0 when it may stand anywhere."""

    name: str
    id: int
    rank: int
    text: str


@dataclass(frozen=True, slots=True)
class Foreign:
    """Opcodes (first bytes) of a proposal that the firmware does not have."""

    first: int
    last: int
    text: str


@dataclass(frozen=True, slots=True)
class WasiFunction:
    """A function of WASI preview 1; `group` is the file of host/wasi/ that it lies in, `symbol` what switches that.

    `offered` is False for functions of groups that this firmware does not have: they link and return NOSYS.
    """

    name: str
    group: str
    symbol: str
    offered: bool


@dataclass(frozen=True, slots=True)
class Tables:
    """All tables, each by the key that its readers look for."""

    immediates: dict[str, Immediate]
    features: dict[str, Feature]
    ops: dict[tuple[int, int], Op]
    traps: dict[str, Named]
    errors: dict[str, Named]
    valtypes: dict[int, ValType]
    sections: dict[int, Section]
    foreign: tuple[Foreign, ...]
    wasi: dict[str, WasiFunction]

    def proposal(self, byte: int) -> str:
        """The proposal that an unknown opcode's first byte belongs to, or an empty text."""
        return next((f.text for f in self.foreign if f.first <= byte <= f.last), "")


@cache
def tables(folder: Path | None = None) -> Tables:
    """The tables in `folder` (default: this checkout's), parsed once."""
    folder = folder or checkout.tables()
    immediates = {r.values[0]: Immediate(r.values[0], string(r, 1)) for r in rows(folder, "immediates.def", 2)}
    features = {r.values[0]: feature(r) for r in rows(folder, "features.def", 3)}
    ops = [op(r, immediates, features) for r in rows(folder, "opcodes.def", 7)]
    valtypes = [valtype(r) for r in rows(folder, "valtypes.def", 5)]
    sections = [
        Section(r.values[0], integer(r, 1), integer(r, 2), string(r, 3)) for r in rows(folder, "sections.def", 4)
    ]
    return Tables(
        immediates=immediates,
        features=features,
        ops={(o.prefix, o.code): o for o in ops},
        traps={r.values[0]: Named(r.values[0], string(r, 1)) for r in rows(folder, "traps.def", 2)},
        errors={r.values[0]: Named(r.values[0], string(r, 1)) for r in rows(folder, "errors.def", 2)},
        valtypes={v.byte: v for v in valtypes},
        sections={s.id: s for s in sections},
        foreign=tuple(Foreign(integer(r, 0), integer(r, 1), string(r, 2)) for r in rows(folder, "foreign.def", 3)),
        wasi=wasi(folder),
    )


def rows(folder: Path, name: str, columns: int, macro: str = "") -> Iterator[Row]:
    """The rows of a table (of one macro, where a table has several) and of the tables it includes.

    Each must have that many columns.
    """
    path = folder / name
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise UserError(
            f"cannot read the table: {error.strerror}", where=str(path), remedy="Is this a whole checkout of mote?"
        ) from error
    text = COMMENT.sub(lambda comment: "\n" * comment.group().count("\n"), text)
    pending = ""
    for number, line in enumerate(text.splitlines(), 1):
        if line.lstrip().startswith("#"):
            include = INCLUDE.search(line)
            yield from rows(folder, include.group(1), columns, macro) if include else ()
            continue
        pending += line
        tokens = TOKEN.findall(pending)
        if tokens and tokens.count("(") <= tokens.count(")"):
            if macro in ("", tokens[0]):
                yield row(tokens, columns, f"{path}:{number}")
            pending = ""
    if pending.strip():
        raise UserError("a row has no end", where=str(path), remedy="Close its parenthesis.")


def row(tokens: list[str], columns: int, place: str) -> Row:
    """Split one row into its macro and its values."""
    values: list[str] = [""]
    depth = 0
    for token in tokens[1:]:
        depth += (token == "(") - (token == ")")
        if depth == 0:
            break
        if depth == 1 and token == ",":
            values.append("")
        elif depth > 1 or token != "(":
            values[-1] += token
    if len(tokens) < 3 or tokens[1] != "(" or tokens[-1] != ")" or depth or len(values) != columns:
        raise UserError(f"not a row of {columns} columns: {' '.join(tokens)}", where=place, remedy="Mend the row.")
    return Row(tokens[0], tuple(values), place)


def integer(source: Row, column: int) -> int:
    """The number in a column."""
    try:
        return int(source.values[column], 0)
    except ValueError as error:
        raise UserError(f"'{source.values[column]}' is not a number", where=source.place) from error


def string(source: Row, column: int) -> str:
    """The text of a string or character literal in a column."""
    value = source.values[column]
    if len(value) < 2 or value[0] not in "\"'" or value[-1] != value[0]:
        raise UserError(f"'{value}' is not a literal", where=source.place)
    return value[1:-1].replace("\\" + value[0], value[0])


def known(source: Row, column: int, choices: dict) -> object:
    """The row of another table that a column names."""
    if source.values[column] not in choices:
        raise UserError(f"'{source.values[column]}' is in no other table", where=source.place)
    return choices[source.values[column]]


def feature(source: Row) -> Feature:
    """A row of features.def."""
    symbol = SYMBOL.search(source.values[2])
    return Feature(source.values[0], string(source, 1), symbol.group(1) if symbol else "")


def valtype(source: Row) -> ValType:
    """A row of valtypes.def."""
    return ValType(source.values[0], integer(source, 1), string(source, 2), string(source, 3))


def op(source: Row, immediates: dict[str, Immediate], features: dict[str, Feature]) -> Op:
    """A row of opcodes.def."""
    signature = string(source, 5)
    operands, colon, results = signature.partition(":")
    return Op(
        prefix=integer(source, 0),
        code=integer(source, 1),
        name=source.values[2],
        text=string(source, 3),
        immediate=known(source, 4, immediates),
        operands=operands if colon else None,
        results=results if colon else None,
        feature=known(source, 6, features),
    )


def wasi(folder: Path) -> dict[str, WasiFunction]:
    """The functions of wasi.def by name, with what their groups say."""
    groups = {r.values[0]: r.values[1] for r in rows(folder, "wasi.def", 2, "WASI_GROUP")}
    result = {}
    for source in rows(folder, "wasi.def", 3, "WASI"):
        group = source.values[2]
        enabled = known(source, 2, groups)
        symbol = SYMBOL.search(enabled)
        result[source.values[0]] = WasiFunction(
            source.values[0], group.lower(), symbol.group(1) if symbol else "", enabled != "0"
        )
    return result
