"""The chip: memory and devices around the core, the functions of its ROM, interrupts, reset. A second thread moves bytes between
the UART and the line and wakes the core when something happens."""

import mmap
import re
import threading
from collections.abc import Callable

import unicorn

from mote.esp32c3.core import INTERRUPT, Core
from mote.esp32c3.devices import (
    SYSTIMER_SOURCE,
    UART_SOURCE,
    InterruptMatrix,
    Noise,
    Registers,
    RtcControl,
    SystemTimer,
    TimerGroup,
    Uart,
    Watchdogs,
)
from mote.esp32c3.flash import SECTOR, Flash
from mote.esp32c3.line import Line

ENTRY, MAGIC = 0x42000008, bytes.fromhex("1d04dbae") * 2
FLASH_CODE, FLASH_DATA, WINDOW = 0x42000000, 0x3C000000, 4 << 20
RAM_DATA, RAM_CODE, RAM_BYTES = 0x3FC80000, 0x40380000, 384 << 10
ROM, ROM_BYTES = 0x40000000, 384 << 10
SETS_PROTECTION = re.compile(rb"\x73([\x10\x90])(.)\x3b", re.DOTALL)  # csrw pmpaddr<n>, x<m>
TURNS_INTERRUPTS_ON = re.compile(rb"\x73\x60\x04\x30")  # csrsi mstatus, 8
RETURN = b"\x82\x80"  # c.ret
READ, WRITE, EXECUTE = unicorn.UC_PROT_READ, unicorn.UC_PROT_WRITE, unicorn.UC_PROT_EXEC
PAGE, MASK = 4096, 0xFFFFFFFF
LOOK_S = 0.0005  # how soon an interrupt comes that was held back
LINE_S = 0.005  # how long bytes may wait to be sent
MAC = bytes.fromhex("7cdfa1000001")


class ModelError(Exception):
    """The firmware did what the chip would not take, or what is not modelled."""


class Machine:
    """An ESP32-C3 with a flash file and a line."""

    def __init__(self, flash: Flash, line: Line, notice: Callable[[str], None], is_strict: bool = False) -> None:
        self.flash = flash
        self.is_strict = is_strict
        self.line = line
        self.notice = notice
        self.ram = mmap.mmap(-1, RAM_BYTES)
        self.news = threading.Event()
        self.rom = mmap.mmap(-1, ROM_BYTES)
        self.rom[:] = RETURN * (ROM_BYTES // 2)
        self.functions: dict[int, Callable[[int, int, int], int]] = {
            0x40000128: lambda sector, *_: self.erase(sector),
            0x4000012C: self.program,
            0x40000134: lambda _, size, block: int(not self.flash.configure(size, self.core.get("A3"))),
            0x40000140: lambda *_: int(not self.flash.unlock()),
            0x4000051C: lambda *_: self.set_cache(False),
            0x40000520: lambda *_: self.set_cache(True),
        }
        self.reset()

    def reset(self) -> None:
        """Everything but RAM and flash starts anew, and the ROM boots."""
        if self.flash.memory[: len(MAGIC)] != MAGIC:
            raise ModelError("the flash does not begin with the words that the ROM boots directly by")
        self.resets = False
        self.failed = ""
        self.cache_is_on = True
        self.flash.configure(0, 0)
        self.watchdogs = Watchdogs()
        self.uart = Uart()
        self.timer = SystemTimer()
        self.matrix = InterruptMatrix()
        self.core = Core(ENTRY)
        self.core.on_fault = self.look_at_fault
        self.core.map(FLASH_CODE, self.flash.memory, READ | EXECUTE)
        self.core.map(FLASH_DATA, self.flash.memory, READ)
        self.core.map(RAM_DATA, self.ram, READ | WRITE)
        self.core.map(RAM_CODE, self.ram, READ | EXECUTE)
        self.core.map(ROM, self.rom, READ | EXECUTE)
        self.core.on_call(ROM, ROM_BYTES, self.call_rom)
        for place in SETS_PROTECTION.finditer(self.flash.memory):
            low, high = place[1][0], place[2][0]
            self.core.widen_protection(FLASH_CODE + place.start(), low >> 7 | (high & 15) << 1, RAM_CODE, RAM_CODE + RAM_BYTES)
        for place in TURNS_INTERRUPTS_ON.finditer(self.flash.memory):
            self.core.watch_enabling(FLASH_CODE + place.start(), lambda: self.asking_line() > 0)
        rtc = RtcControl(self.watchdogs, MAC, self.ask_for_reset)
        self.attach(0x60000000, self.uart)
        self.attach(0x60008000, rtc)
        self.attach(0x6001F000, TimerGroup(self.watchdogs))
        self.attach(0x60023000, self.timer)
        self.attach(0x60026000, Noise())
        self.attach(0x600C0000, Registers())
        self.attach(0x600C2000, self.matrix)

    def attach(self, address: int, device: Registers) -> None:
        """Let the core see a device's registers; what is done to them may change which interrupts there are."""

        def write(offset: int, value: int) -> None:
            device.write(offset, value)
            if self.asking_line():
                self.line.interrupt()

        self.core.attach(address, PAGE, device.read, write)

    # ---- The ROM ----------------------------------------------------------------------------------------------------

    def call_rom(self, address: int) -> None:
        """One of the ROM's functions is called."""
        function = self.functions.get(address)
        if function is None:
            self.fail(f"a function of the ROM that is not modelled is called: {address:#x}")
            return
        arguments = (self.core.get("A0"), self.core.get("A1"), self.core.get("A2"))
        self.core.set("A0", function(*arguments))

    def erase(self, sector: int) -> int:
        """esp_rom_spiflash_erase_sector."""
        return self.changed(sector * SECTOR, SECTOR, self.flash.erase_sector(sector))

    def program(self, offset: int, words: int, size: int) -> int:
        """esp_rom_spiflash_write."""
        return self.changed(offset, size, self.flash.program(offset, self.bytes_at(words, size)))

    def changed(self, offset: int, size: int, is_done: bool) -> int:
        """What functions that change flash return; what was translated of it is old. On the chip they crash with the cache on."""
        if self.cache_is_on:
            self.fail("flash is written while the cache is on")
        self.core.engine.ctl_remove_cache(FLASH_CODE + offset, FLASH_CODE + offset + size)
        return 0 if is_done else 1

    def bytes_at(self, address: int, size: int) -> bytes:
        """Bytes of the memory that the core sees."""
        return bytes(self.core.engine.mem_read(address, size))

    def set_cache(self, is_on: bool) -> int:
        """Without the cache flash cannot be read and no code in it executed. Enforced only when that is asked for: all code has
        to be translated anew each time.
        """
        if self.is_strict and is_on != self.cache_is_on:
            self.core.engine.mem_protect(FLASH_CODE, WINDOW, READ | EXECUTE if is_on else unicorn.UC_PROT_NONE)
            self.core.engine.mem_protect(FLASH_DATA, WINDOW, READ if is_on else unicorn.UC_PROT_NONE)
            self.core.engine.ctl_remove_cache(FLASH_CODE, FLASH_CODE + WINDOW)
        self.cache_is_on = is_on
        return 0

    def look_at_fault(self, address: int) -> None:
        """An access was refused; without the cache not even the handler could be executed."""
        if not self.cache_is_on and min(address - FLASH_CODE & MASK, address - FLASH_DATA & MASK) < WINDOW:
            self.fail(f"flash is read or executed at {address:#x} while the cache is off")

    # ---- Running ----------------------------------------------------------------------------------------------------

    def ask_for_reset(self) -> None:
        """The firmware wants to start anew."""
        self.resets = True
        self.core.stop()

    def fail(self, why: str) -> None:
        """End the model."""
        self.failed = why
        self.core.stop()

    def asking_line(self) -> int:
        """The line of the CPU that an interrupt is pending at, or 0."""
        return self.matrix.line({UART_SOURCE: self.uart.asks, SYSTIMER_SOURCE: self.timer.asks})

    def run(self) -> None:
        """Run until the line ends or the firmware does what cannot be."""
        mover = threading.Thread(target=self.move_bytes, daemon=True)
        mover.start()
        while not self.line.has_ended:
            self.step()
            if self.failed:
                raise ModelError(self.failed)
            if bitten := self.watchdogs.bite():
                self.notice(f"the {bitten} was not stopped: reset")
                self.resets = True
            if self.resets:
                self.reset()

    def step(self) -> None:
        """Take an interrupt if there is one, execute until something happens, wait if there is nothing to execute."""
        self.news.clear()
        line = self.asking_line()
        if line and self.core.takes_interrupts():
            self.core.enter(INTERRUPT | line, self.core.pc)
        waits = self.core.run()
        if waits and not self.core.takes_interrupts():
            self.core.wait_on()
        if waits and not self.asking_line() and not self.resets and not self.failed:
            self.news.wait(self.timer.wait_s())

    def move_bytes(self) -> None:
        """In a thread of its own: the UART's bytes to and from the line; and the core stops whenever it should look up."""
        while not self.line.has_ended:
            wait_s = self.timer.wait_s()
            if self.asking_line():
                wait_s = LOOK_S
            came = self.line.exchange(self.uart.room(), self.uart.sent, LINE_S if wait_s is None else min(wait_s, LINE_S))
            self.uart.received.extend(came)
            if came or self.asking_line():
                self.news.set()
                self.core.stop()
