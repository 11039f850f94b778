"""tables/wasi.def for tests: the functions with their signatures, the error numbers, and a module that calls them all."""

from functools import cache
from pathlib import Path

from mote import checkout
from mote.tables import integer, rows, string, tables
from support.guests import assemble

VALTYPES = {v.letter: v.text for v in tables().valtypes.values()}


@cache
def signatures() -> dict[str, str]:
    """The signature of each function, by name."""
    return {row.values[0]: string(row, 1) for row in rows(checkout.tables(), "wasi.def", 3, "WASI")}


@cache
def errnos() -> dict[str, int]:
    """The error numbers, by name."""
    return {row.values[0]: integer(row, 1) for row in rows(checkout.tables(), "wasi.def", 2, "WASI_ERRNO")}


def declaration(signature: str) -> str:
    """A signature in WebAssembly's text format."""
    params, _, results = signature.partition(":")
    words = [f"(param {VALTYPES[letter]})" for letter in params] + [f"(result {VALTYPES[letter]})" for letter in results]
    return " ".join(words)


def caller(extra: str = "", memory: str = "(memory 1)") -> Path:
    """A module that exports a function for each of WASI's, which calls it with its own arguments."""
    imports, calls = [], []
    for name, signature in signatures().items():
        type_text = declaration(signature)
        arguments = " ".join(f"(local.get {i})" for i in range(signature.index(":")))
        imports.append(f'(import "wasi_snapshot_preview1" "{name}" (func ${name} {type_text}))')
        calls.append(f'(func (export "{name}") {type_text} (call ${name} {arguments}))')
    return assemble("(module\n" + "\n".join([*imports, memory, extra, *calls]) + ")")
