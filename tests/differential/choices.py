"""Decisions drawn from a string of bytes, so that whoever can shrink bytes can shrink what was decided."""

from collections.abc import Sequence
from typing import TypeVar

Item = TypeVar("Item")


class Choices:
    """Reads decisions from bytes; after the last byte every decision is the first, simplest alternative."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    @property
    def exhausted(self) -> bool:
        """Whether all bytes have been used."""
        return self.at >= len(self.data)

    def number(self, size: int) -> int:
        """An unsigned number from the next `size` bytes."""
        taken = self.data[self.at : self.at + size]
        self.at += size
        return int.from_bytes(taken, "little")

    def below(self, limit: int) -> int:
        """A number from 0 to limit - 1."""
        return self.number(1 if limit <= 256 else 2 if limit <= 65536 else 4) % limit

    def between(self, low: int, high: int) -> int:
        """A number from low to high, both included."""
        return low + self.below(high - low + 1)

    def chance(self, percent: int) -> bool:
        """True in about `percent` of 100 cases; False when nothing is left."""
        return self.below(100) >= 100 - percent

    def pick(self, items: Sequence[Item]) -> Item:
        """One of the items."""
        return items[self.below(len(items))]

    def weighted(self, items: Sequence[tuple[int, Item]]) -> Item:
        """One of the items, each with its weight."""
        at = self.below(sum(weight for weight, _ in items))
        for weight, item in items:
            if at < weight:
                return item
            at -= weight
        raise AssertionError("weights do not add up")
