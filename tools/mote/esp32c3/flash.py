"""The flash chip and what the ROM does with it. The file is the chip: what is programmed and erased is there at once."""

import mmap
from pathlib import Path

SECTOR = 4096
ERASED = b"\xff" * SECTOR


class Flash:
    """Flash in a file, which must be there and have the chip's size. Erasing sets bits, programming only clears them."""

    def __init__(self, path: Path) -> None:
        self.file = path.open("r+b")
        self.memory = mmap.mmap(self.file.fileno(), 0)
        self.configured_size = 0
        self.unlocked = False

    @property
    def size(self) -> int:
        """Bytes of the chip."""
        return len(self.memory)

    def configure(self, size: int, sector: int) -> bool:
        """What esp_rom_spiflash_config_param tells of the chip; nothing else works before."""
        self.configured_size = size
        return size == self.size and sector == SECTOR

    def unlock(self) -> bool:
        """Take write protection away."""
        self.unlocked = True
        return True

    def erase_sector(self, number: int) -> bool:
        """Erase a sector."""
        start = number * SECTOR
        if not self.unlocked or start + SECTOR > self.configured_size:
            return False
        self.memory[start : start + SECTOR] = ERASED
        return True

    def program(self, offset: int, data: bytes) -> bool:
        """Program whole words."""
        end = offset + len(data)
        if not self.unlocked or end > self.configured_size or (offset | end) % 4:
            return False
        old = int.from_bytes(self.memory[offset:end], "little")
        self.memory[offset:end] = (old & int.from_bytes(data, "little")).to_bytes(len(data), "little")
        return True
