"""The devices of the chip, each a block of registers: offsets and bits as in the Technical Reference Manual."""

import os
import time
from collections import deque
from collections.abc import Callable

TICKS_PER_S = 16_000_000
UART_SOURCE = 21
SYSTIMER_SOURCE = 37


class Registers:
    """A block of registers that keep what is written to them. Devices change what some of them do."""

    def __init__(self) -> None:
        self.words: dict[int, int] = {}

    def read(self, offset: int) -> int:
        """The value of a register."""
        return self.words.get(offset, 0)

    def write(self, offset: int, value: int) -> None:
        """What storing to a register does."""
        self.words[offset] = value


class Uart(Registers):
    """UART0. The line is as fast as the other side; the FIFOs have their size."""

    FIFO, INT_RAW, INT_ST, INT_ENA, STATUS, CONF1, ID = 0x00, 0x04, 0x08, 0x0C, 0x1C, 0x24, 0x80
    FULL, EMPTY, SILENCE = 0x001, 0x002, 0x100
    FIFO_BYTES = 128
    UPDATE = 1 << 31
    WAITING_MAX = 4096

    def __init__(self) -> None:
        super().__init__()
        self.words[self.CONF1] = 96 | 96 << 9
        self.received: deque[int] = deque()
        self.sent = bytearray()

    def room(self) -> int:
        """How many bytes the line may bring."""
        return self.FIFO_BYTES - len(self.received)

    def is_full(self) -> bool:
        """Whether the other side has to take something first."""
        return len(self.sent) >= self.WAITING_MAX

    def raw(self) -> int:
        """The interrupts that there are reasons for."""
        full_at, empty_at = self.words[self.CONF1] & 0x1FF, self.words[self.CONF1] >> 9 & 0x1FF
        raw = self.FULL if len(self.received) > full_at else 0
        raw |= self.SILENCE if self.received else 0
        return raw | (0 if self.is_full() or empty_at == 0 else self.EMPTY)

    def asks(self) -> bool:
        """Whether it interrupts."""
        return bool(self.raw() & self.words.get(self.INT_ENA, 0))

    def read(self, offset: int) -> int:
        """The value of a register; reading the FIFO takes a byte."""
        if offset == self.FIFO:
            return self.received.popleft() if self.received else 0
        if offset == self.STATUS:
            return len(self.received) | (self.FIFO_BYTES << 16 if self.is_full() else 0)
        if offset in (self.INT_RAW, self.INT_ST):
            return self.raw() & (self.words.get(self.INT_ENA, 0) if offset == self.INT_ST else 0xFFFFFFFF)
        return super().read(offset) & ~(self.UPDATE if offset == self.ID else 0)

    def write(self, offset: int, value: int) -> None:
        """What storing does; the FIFO sends."""
        if offset == self.FIFO:
            self.sent.append(value & 0xFF)
        else:
            super().write(offset, value)


class SystemTimer(Registers):
    """SYSTIMER: unit 0 counts with this machine's clock, comparator 0 rings once."""

    CONF, OPERATION, TARGET_HIGH, TARGET_LOW, HIGH, LOW, LOAD = 0x00, 0x04, 0x1C, 0x20, 0x40, 0x44, 0x50
    INT_ENA, INT_RAW, INT_CLR, INT_ST = 0x64, 0x68, 0x6C, 0x70
    UNIT_ON, TARGET_ON, UPDATE, VALID = 1 << 30, 1 << 24, 1 << 30, 1 << 29

    def __init__(self) -> None:
        super().__init__()
        self.start = time.monotonic_ns()
        self.target: int | None = None
        self.has_rung = False

    def count(self) -> int:
        """Steps since the chip started."""
        return (time.monotonic_ns() - self.start) * TICKS_PER_S // 1_000_000_000

    def wait_s(self) -> float | None:
        """Seconds until it rings; None: it will not."""
        if self.target is None or self.has_rung or not self.read(self.CONF) & self.TARGET_ON:
            return None
        return max(0, self.target - self.count()) / TICKS_PER_S

    def asks(self) -> bool:
        """Whether it interrupts."""
        if self.wait_s() == 0:
            self.has_rung = True
            self.words[self.INT_RAW] = 1
        return bool(self.words.get(self.INT_RAW, 0) & self.words.get(self.INT_ENA, 0))

    def write(self, offset: int, value: int) -> None:
        """What storing does."""
        super().write(offset, value)
        if offset == self.OPERATION and value & self.UPDATE:
            now = self.count()
            self.words |= {self.OPERATION: self.VALID, self.HIGH: now >> 32, self.LOW: now & 0xFFFFFFFF}
        elif offset == self.LOAD:
            self.target = self.read(self.TARGET_HIGH) << 32 | self.read(self.TARGET_LOW)
            self.has_rung = False
        elif offset == self.INT_CLR:
            self.words[self.INT_RAW] = self.read(self.INT_RAW) & ~value

    def read(self, offset: int) -> int:
        """The value of a register."""
        if offset == self.INT_ST:
            return int(self.asks())
        return super().read(offset)


class InterruptMatrix(Registers):
    """Leads the sources of interrupts to the lines of the CPU."""

    ENABLE, PRIORITY, THRESHOLD = 0x104, 0x114, 0x194

    def line(self, sources: dict[int, Callable[[], bool]]) -> int:
        """The line of the most urgent interrupt that may come, 0 when there is none."""
        lines = {self.read(4 * source) & 31 for source, asks in sources.items() if self.read(4 * source) and asks()}
        able = [line for line in lines if self.read(self.ENABLE) >> line & 1 and self.urgency(line) >= self.read(self.THRESHOLD)]
        return max(able, key=self.urgency, default=0)

    def urgency(self, line: int) -> int:
        """The priority of a line."""
        return self.read(self.PRIORITY + 4 * line)


class Watchdogs:
    """What the ROM leaves running when it boots directly: who does not stop these in time is reset. Time in which this machine
    did other things does not count.
    """

    BITE_S, LOOK_MAX_S = 1.0, 0.1
    KEY, SUPER_KEY = 0x50D83AA1, 0x8F1D312A

    def __init__(self) -> None:
        self.looked, self.passed_s = time.monotonic(), 0.0
        self.running = {"RTC watchdog", "super watchdog", "watchdog of timer group 0"}

    def bite(self) -> str:
        """The watchdog that was not stopped in time, or nothing."""
        now = time.monotonic()
        self.passed_s += min(now - self.looked, self.LOOK_MAX_S)
        self.looked = now
        return min(self.running) if self.running and self.passed_s > self.BITE_S else ""


class RtcControl(Registers):
    """RTC_CNTL with the fuses behind it: watchdogs, reset, MAC address."""

    OPTIONS, WDT, WDT_PROTECT, SWD, SWD_PROTECT, MAC_LOW, MAC_HIGH = 0x00, 0x90, 0xA8, 0xAC, 0xB0, 0x844, 0x848
    RESET = 1 << 31

    def __init__(self, watchdogs: Watchdogs, mac: bytes, reset: Callable[[], None]) -> None:
        super().__init__()
        self.watchdogs = watchdogs
        self.reset = reset
        self.words |= {self.MAC_LOW: int.from_bytes(mac[2:], "big"), self.MAC_HIGH: int.from_bytes(mac[:2], "big")}

    def write(self, offset: int, value: int) -> None:
        """What storing does; the watchdogs' registers only with their keys."""
        if offset == self.WDT and self.read(self.WDT_PROTECT) == Watchdogs.KEY and not value >> 31:
            self.watchdogs.running.discard("RTC watchdog")
        if offset == self.SWD and self.read(self.SWD_PROTECT) == Watchdogs.SUPER_KEY and value >> 31:
            self.watchdogs.running.discard("super watchdog")
        if offset == self.OPTIONS and value & self.RESET:
            self.reset()
        super().write(offset, value & ~(self.RESET if offset == self.OPTIONS else 0))


class TimerGroup(Registers):
    """Timer group 0, of which only the watchdog counts here."""

    CONF, PROTECT = 0x48, 0x64

    def __init__(self, watchdogs: Watchdogs) -> None:
        super().__init__()
        self.watchdogs = watchdogs

    def write(self, offset: int, value: int) -> None:
        """What storing does."""
        if offset == self.CONF and self.read(self.PROTECT) == Watchdogs.KEY and not value >> 31:
            self.watchdogs.running.discard("watchdog of timer group 0")
        super().write(offset, value)


class Noise(Registers):
    """The block with the random number generator."""

    RANDOM = 0xB0

    def read(self, offset: int) -> int:
        """The value of a register."""
        return int.from_bytes(os.urandom(4), "little") if offset == self.RANDOM else super().read(offset)
