"""The words of the driver's line protocol (described at the top of tests/spec/spec_driver.c), for both of its ends."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote_from_bytes, unquote_to_bytes


@dataclass(frozen=True)
class Answer:
    """One answer line: its first word (`ok`, `error`, `trap`, `fail`) and the rest."""

    kind: str
    rest: str

    @property
    def words(self) -> list[str]:
        return self.rest.split()

    @property
    def message(self) -> str:
        """An error's message without the offset and function index that stand before it."""
        return self.rest.split(" ", 2)[2] if self.kind == "error" else self.rest

    @property
    def offset(self) -> int | None:
        """The byte offset that an error names."""
        return None if self.words[0] == "-" else int(self.words[0])

    def __str__(self) -> str:
        return f"{self.kind} {self.rest}".rstrip()


def parse_answer(line: str) -> Answer:
    """Split an answer line into its kind and the rest."""
    kind, _, rest = line.strip().partition(" ")
    return Answer(kind, rest)


def encode_name(name: str | bytes) -> str:
    """A name as one word: bytes that are not letters, digits or `_.-~` become %XX; the empty name is a lone `%`."""
    raw = name.encode() if isinstance(name, str) else name
    return quote_from_bytes(raw, safe="") or "%"


def decode_name(word: str) -> str:
    """The name that `encode_name` wrote."""
    return unquote_to_bytes(word.rstrip("%") if word == "%" else word).decode()


def encode_value(valtype: str, value: str | int) -> str:
    """A value as one word: type, colon, and unsigned decimal bits, a host reference's number, or `null`."""
    return f"{valtype}:{value}"


def stage_lines(module: bytes, chunk: int = 3500) -> list[str]:
    """The commands that hand a module over inside the protocol itself."""
    return [f"stage {module[at:at + chunk].hex()}" for at in range(0, max(len(module), 1), chunk)]
