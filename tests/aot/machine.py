"""Runs a function of an image: on this machine in a mapping of its own, elsewhere in qemu's user mode as a small program."""

import ctypes
import mmap
import platform
import shutil
import struct
import subprocess
from pathlib import Path

import pytest

from mote.aot.targets import Target

QEMU = {"aarch64": "qemu-aarch64", "riscv32": "qemu-riscv32", "riscv64": "qemu-riscv64", "thumb": "qemu-arm"}
MACHINE = {"aarch64": 183, "riscv32": 243, "riscv64": 243, "thumb": 40}
EABI_5 = 0x05000000
DOUBLE_FLOATS, COMPRESSED = 4, 1
BASE, START, ARGUMENTS, IMAGE = 0x10000, 0x100, 0x40, 0x50
RISCV = (
    "9702000083a5020403a6420403a382043303530013050000e7000300130101ff"
    "2320a10013051000930501001306400093080004730000009308d00573000000"
)
# Programs that read a, b and the function's distance from their ARGUMENTS, call it, write what it returns and exit:
#   auipc t0,0; lw a1,64(t0); lw a2,68(t0); lw t1,72(t0); add t1,t1,t0; li a0,0; jalr t1; sw a0,-16!(sp); write(1, sp, 4); exit
STUBS = {
    "riscv32": bytes.fromhex(RISCV),
    "riscv64": bytes.fromhex(RISCV),
    "aarch64": bytes.fromhex(
        "09000010214140b9224540b92a4940b94a01098b000080d240013fd6e00f1fb8"
        "200080d2e1030091820080d2080880d2010000d4a80b80d2010000d4"
    ),
    "thumb": bytes.fromhex("7c46043cc046216c626ca56c2d190020a84701b4012069460422042700df012700df"),
}


def call(target: Target, image: bytes, at: int, a: int, b: int, folder: Path) -> int:
    """What the function at this place returns for (NULL, a, b), as an unsigned number."""
    if target.arch == "x86_64":
        return call_here(image, at, a, b)
    qemu = shutil.which(QEMU[target.arch])
    if qemu is None:
        pytest.skip(f"{QEMU[target.arch]} is not installed: install the package qemu-user")
    program = folder / "program"
    program.write_bytes(elf(target, image, at, a, b))
    program.chmod(0o755)
    done = subprocess.run([qemu, str(program)], capture_output=True, timeout=60, check=False)
    assert len(done.stdout) == 4, f"{done.returncode}: {done.stderr.decode()}"
    return int.from_bytes(done.stdout, "little")


def call_here(image: bytes, at: int, a: int, b: int) -> int:
    """The same in this process."""
    if platform.machine() != "x86_64" or platform.system() != "Linux":
        pytest.skip("this machine cannot run code for Linux on x86-64")
    memory = mmap.mmap(-1, len(image), prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    memory.write(image)
    function = ctypes.CFUNCTYPE(ctypes.c_uint32, ctypes.c_void_p, ctypes.c_uint32, ctypes.c_uint32)
    return function(ctypes.addressof(ctypes.c_char.from_buffer(memory)) + at)(None, a, b)


def elf(target: Target, image: bytes, at: int, a: int, b: int) -> bytes:
    """A program for Linux that calls the function."""
    thumb = target.arch == "thumb"
    stub = STUBS[target.arch].ljust(ARGUMENTS, b"\0") + struct.pack("<IIII", a, b, IMAGE + at + thumb, 0)
    flags = {"riscv32": COMPRESSED, "riscv64": COMPRESSED | DOUBLE_FLOATS, "thumb": EABI_5}.get(target.arch, 0)
    size = START + len(stub) + len(image)
    ident = b"\x7fELF" + bytes([2 if target.bits == 64 else 1, 1, 1]).ljust(12, b"\0")
    entry = BASE + START + thumb
    if target.bits == 64:
        head = struct.pack("<HHIQQQIHHHHHH", 2, MACHINE[target.arch], 1, entry, 64, 0, flags, 64, 56, 1, 0, 0, 0)
        head += struct.pack("<IIQQQQQQ", 1, 5, 0, BASE, BASE, size, size, 0x1000)
    else:
        head = struct.pack("<HHIIIIIHHHHHH", 2, MACHINE[target.arch], 1, entry, 52, 0, flags, 52, 32, 1, 0, 0, 0)
        head += struct.pack("<IIIIIIII", 1, 0, BASE, BASE, size, size, 5, 0x1000)
    return (ident + head).ljust(START, b"\0") + stub + image
