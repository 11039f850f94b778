"""How the regions of a board.json must lie to each other. A mistake is one line that names them and says what to do."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from image import FLASH, number
from problem import Problem

STACK_ALIGN, SECTORS_MIN, WRITE_MAX, ADDRESSES = 16, 2, 32, 1 << 32


def check_regions(data: dict[str, Any], where: str) -> None:
    """Refuse a memory map that cannot be; `where` is the file."""
    check_memory(data, where)
    check_flash(data, where)


@dataclass(frozen=True)
class Region:
    """Addresses that a name stands for."""

    name: str
    start: int
    size: int

    @property
    def end(self) -> int:
        """The address behind the last byte."""
        return self.start + self.size

    def __str__(self) -> str:
        return f"{self.name} ({self.start:#x} up to {self.end:#x})"


def region(data: dict[str, Any], path: str, where: str) -> Region:
    """The region of a table with an address and a size."""
    above, _, name = path.rpartition(".")
    row = data[above][name]
    return Region(path, number(row["address"], where), number(row["size"], where))


def check_memory(data: dict[str, Any], where: str) -> None:
    """Flash, RAM and partitions lie apart from each other; the stack fits into RAM."""
    names = ["memory.flash", "memory.ram", *(f"partitions.{name}" for name in data.get("partitions", ()))]
    regions = sorted((region(data, name, where) for name in names), key=lambda one: one.start)
    for one, other in pairwise(regions):
        if other.start < one.end:
            raise Problem(f"{where}: {other} overlaps {one}: move or shrink one of them")
    if regions[-1].end > ADDRESSES:
        raise Problem(f"{where}: {regions[-1]} goes beyond the last address of 32 bits: move or shrink it")
    stack, ram = number(data["memory"]["stack"]["size"], where), region(data, "memory.ram", where)
    if stack % STACK_ALIGN or stack >= ram.size:
        raise Problem(f"{where}: memory.stack.size: make it a multiple of {STACK_ALIGN} that leaves something of {ram}")


def check_flash(data: dict[str, Any], where: str) -> None:
    """Partitions are whole sectors of flash that a driver can write."""
    flash = FLASH | data["devices"].get("flash", {})
    partitions = [region(data, f"partitions.{name}", where) for name in data.get("partitions", ())]
    if partitions and flash["driver"] == "none":
        raise Problem(f"{where}: {partitions[0]} needs devices.flash: name what writes it, or leave partitions out")
    sector, write = number(flash["sector"], where), number(flash["write"], where)
    if sector & (sector - 1) or write & (write - 1) or not write <= min(sector, WRITE_MAX):
        raise Problem(f"{where}: devices.flash: sector and write are powers of two, write at most {WRITE_MAX} and a sector")
    for one in partitions:
        whole = region(data, "devices.flash", where)
        if one.start < whole.start or one.end > whole.end:
            raise Problem(f"{where}: {one} lies outside of {whole}: move or shrink it")
        if (one.start - whole.start) % sector or one.size % sector or one.size < SECTORS_MIN * sector:
            raise Problem(f"{where}: {one}: begin and end it at sectors of {sector} bytes, and give it {SECTORS_MIN} at least")
