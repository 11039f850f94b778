"""The RISC-V core: unicorn, and what it leaves to us: entering traps. Memory is ours, so that it outlives a reset."""

import ctypes
import mmap
from collections.abc import Callable
from typing import Any

import unicorn
from unicorn import riscv_const as names

from mote.esp32c3.access import decode

ILLEGAL, USER_CALL = 2, 8
FETCH_FAULT, LOAD_FAULT, STORE_FAULT = 1, 5, 7
INTERRUPT = 1 << 31
MACHINE = 3
STATUS_MIE, STATUS_MPIE, STATUS_MPP = 1 << 3, 1 << 7, 3 << 11
WAIT = 0x10500073  # wfi
PAGE = 4096
ENABLE_BYTES = 4  # of csrsi mstatus, 8
PASSED_BYTES = 4  # unicorn's program counter is past what trapped, whatever its length

FAULTS = {
    unicorn.UC_MEM_FETCH_UNMAPPED: FETCH_FAULT, unicorn.UC_MEM_FETCH_PROT: FETCH_FAULT,
    unicorn.UC_MEM_READ_UNMAPPED: LOAD_FAULT, unicorn.UC_MEM_READ_PROT: LOAD_FAULT,
    unicorn.UC_MEM_WRITE_UNMAPPED: STORE_FAULT, unicorn.UC_MEM_WRITE_PROT: STORE_FAULT,
}  # fmt: skip


class Core:
    """One core from its reset on. `run` executes until somebody stops it, it waits for an interrupt, or it traps."""

    def __init__(self, pc: int) -> None:
        self.engine = unicorn.Uc(unicorn.UC_ARCH_RISCV, unicorn.UC_MODE_RISCV32)
        self.pc = pc
        self.can_stop = False
        self.on_fault: Callable[[int], None] = lambda address: None
        self.trap: tuple[int, int, int] | None = None  # cause, where, value
        self.device_access: tuple[bool, int, int] | None = None  # the last one: whether it stores, address, value
        self.engine.hook_add(unicorn.UC_HOOK_INTR, self._except)
        self.engine.hook_add(unicorn.UC_HOOK_MEM_INVALID, self._fault)

    def map(self, address: int, memory: mmap.mmap, rights: int) -> None:
        """Let the core see a piece of memory, perhaps at several addresses."""
        pointer = ctypes.addressof(ctypes.c_char.from_buffer(memory))
        self.engine.mem_map_ptr(address, len(memory), rights, ctypes.c_void_p(pointer))

    def attach(self, address: int, size: int, read: Callable[[int], int], write: Callable[[int, int], None]) -> None:
        """Have functions called for loads from and stores to the registers of a device; they get the register's offset."""

        def on_read(engine: unicorn.Uc, offset: int, size: int, user: Any) -> int:
            value = read(offset & ~3) >> 8 * (offset & 3)
            self.device_access = False, address + offset, value & (1 << 8 * size) - 1
            return value

        def on_write(engine: unicorn.Uc, offset: int, size: int, value: int, user: Any) -> None:
            self.device_access = True, address + offset, value
            write(offset & ~3, value)

        self.engine.mmio_map(address, size, on_read, None, on_write, None)

    def get(self, register: str) -> int:
        """The value of a register; of those of machine mode only in machine mode."""
        return self.engine.reg_read(getattr(names, f"UC_RISCV_REG_{register}"))

    def set(self, register: str, value: int) -> None:
        """Change a register."""
        self.engine.reg_write(getattr(names, f"UC_RISCV_REG_{register}"), value)

    def run(self) -> bool:
        """Execute; whether the core now waits for an interrupt."""
        self.device_access = None
        self.can_stop = True
        try:
            self.engine.emu_start(self.pc, 0)
        except unicorn.UcError:
            if self.trap is None:
                raise
        self.can_stop = False
        self.pc = self.get("PC")
        if self.trap is None:
            self._finish_access()
            return self._word_at(self.pc - PASSED_BYTES) == WAIT
        cause, where, value = self.trap
        self.trap = None
        if cause in FAULTS.values():
            self.on_fault(value)
        self.enter(cause, where, value)
        return False

    def _finish_access(self) -> None:
        """Go past an instruction whose access was made when `stop` came: unicorn would make it again."""
        if self.device_access is None:
            return
        access = decode(self._word_at(self.pc), self._value)
        is_store, address, value = self.device_access
        if access is None or (access.is_store, access.address) != (is_store, address):
            return
        if not is_store:
            self.engine.reg_write(names.UC_RISCV_REG_X0 + access.register, value)
        self.pc += access.length

    def stop(self) -> None:
        """Have `run` come back soon. Any thread. To a core that does not run it would do harm later."""
        if self.can_stop:
            self.engine.emu_stop()

    def wait_on(self) -> None:
        """Go on waiting: with interrupts off nothing but a reset is sure to wake the chip."""
        self.pc -= PASSED_BYTES

    def takes_interrupts(self) -> bool:
        """Whether an interrupt would be taken now."""
        return self.get("PRIV") != MACHINE or bool(self.get("MSTATUS") & STATUS_MIE)

    def watch_enabling(self, address: int, is_pending: Callable[[], bool]) -> None:
        """Have `run` come back behind the instruction at `address`, which turns interrupts on, if there is one to take: whoever
        waits with interrupts off turns them on for an instant only.
        """

        def enable(engine: unicorn.Uc, *rest: Any) -> None:
            if is_pending():
                self.set("MSTATUS", self.get("MSTATUS") | STATUS_MIE)
                self.set("PC", address + ENABLE_BYTES)
                engine.emu_stop()

        self.engine.hook_add(unicorn.UC_HOOK_CODE, enable, begin=address, end=address)

    def enter(self, cause: int, where: int, value: int = 0) -> None:
        """Enter the trap handler; interrupts have an entry each."""
        mode = self.get("PRIV")
        self.set("PRIV", MACHINE)
        status = self.get("MSTATUS")
        before = STATUS_MPIE if status & STATUS_MIE else 0
        self.set("MSTATUS", (status & ~(STATUS_MIE | STATUS_MPIE | STATUS_MPP)) | before | mode << 11)
        self.set("MEPC", where)
        self.set("MCAUSE", cause)
        self.set("MTVAL", value)
        base = self.get("MTVEC") & ~0xFF
        self.pc = base + 4 * (cause & 31) if cause & INTERRUPT else base

    def _except(self, engine: unicorn.Uc, number: int, user: Any) -> None:
        at = self.get("PC") - PASSED_BYTES
        cause = USER_CALL + self.get("PRIV") if number == USER_CALL else number
        self.trap = cause, at, self._trap_value(number, at)
        engine.emu_stop()

    def _trap_value(self, number: int, at: int) -> int:
        """What mtval says of an exception: the instruction, or the address that was refused."""
        if number == FETCH_FAULT:
            return at
        if number == ILLEGAL:
            return self._word_at(at)
        access = decode(self._word_at(at), self._value) if number in (LOAD_FAULT, STORE_FAULT) else None
        return access.address if access else 0

    def _word_at(self, address: int) -> int:
        try:
            return int.from_bytes(self.engine.mem_read(address, 4), "little")
        except unicorn.UcError:  # at an end of memory
            return 0

    def _value(self, register: int) -> int:
        return self.engine.reg_read(names.UC_RISCV_REG_X0 + register)

    def _fault(self, engine: unicorn.Uc, access: int, address: int, size: int, value: int, user: Any) -> bool:
        at = address if FAULTS[access] == FETCH_FAULT else self.get("PC")
        self.trap = FAULTS[access], at, address
        return False

    def widen_protection(self, address: int, register: int, start: int, end: int) -> None:
        """unicorn executes nothing in a page that protection cuts through. So round up what the instruction at `address` says by
        `register` to be the end of a region, if it lies between `start` and `end`.
        """

        def widen(engine: unicorn.Uc, *rest: Any) -> None:
            name = names.UC_RISCV_REG_X0 + register
            value = engine.reg_read(name) << 2
            if start <= value < end:
                engine.reg_write(name, (value + PAGE - 1 & -PAGE) >> 2)

        self.engine.hook_add(unicorn.UC_HOOK_CODE, widen, begin=address, end=address)

    def on_call(self, start: int, size: int, call: Callable[[int], None]) -> None:
        """Have `call(address)` done instead of what lies in a range, and go on behind the call: a stop does not repeat it."""

        def answer(engine: unicorn.Uc, address: int, *rest: Any) -> None:
            call(address)
            self.set("PC", self.get("RA"))

        self.engine.hook_add(unicorn.UC_HOOK_CODE, answer, begin=start, end=start + size - 1)
