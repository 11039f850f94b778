"""What the files that fill in code share: a row to fill in, and the error for one that cannot be."""

from typing import NamedTuple


class Fill(NamedTuple):
    """A place in the image to fill in with its distance to a target, the way that the kind says."""

    at: int
    kind: int
    target: int


class MisfitError(Exception):
    """What stands at this place of the image cannot be filled in."""

    def __init__(self, at: int, what: str) -> None:
        super().__init__(what)
        self.at = at
        self.what = what


def check_range(row: Fill, value: int, bits: int) -> None:
    """A signed value fits into so many bits."""
    if not -(1 << bits - 1) <= value < 1 << bits - 1:
        raise MisfitError(row.at, f"{value} bytes are too far for relocation {row.kind}")


def unknown(row: Fill) -> MisfitError:
    """A kind that would need an absolute address, or that nobody has met yet."""
    return MisfitError(row.at, f"the compiler left a relocation of kind {row.kind}, which position-independent code cannot have")
