"""What a program for a bare board is linked with besides its code: the linker script, made from the board's memory map, and
the module that MODULE= puts into flash. A board's devices reach Kconfig as variables."""

import shutil
from pathlib import Path
from typing import Any

from problem import Problem

UNITS = {"K": 1 << 10, "M": 1 << 20}
MODULE_ALIGN = 64  # native code in a module asks for 16
STACK_GUARD = 256  # bytes below the stack, see ports/bare/boot.h
RETAINED = 576  # bytes at the end of RAM that neither start-up nor a loader fills: 512 for the firmware, some for the port
ACCESS = {"data": 0, "code": 1, "flash": 2}  # enum link_access of ports/bare/boot.h

SCRIPT = """\
/* Written by the build from {board}. */
MEMORY
{{
    flash (rx) : ORIGIN = {flash[0]:#x}, LENGTH = {flash[1]:#x}
    stack (rw) : ORIGIN = {ram[0]:#x}, LENGTH = {stack:#x}
    ram (rw) : ORIGIN = {ram[0]:#x} + {stack:#x}, LENGTH = {ram[1]:#x} - {stack:#x} - {retained:#x}
    retained (rw) : ORIGIN = {ram[0]:#x} + {ram[1]:#x} - {retained:#x}, LENGTH = {retained:#x}
}}

PHDRS
{{
    flash PT_LOAD FLAGS(5);
    data PT_LOAD FLAGS(6);
    bss PT_LOAD FLAGS(6);
}}

SECTIONS
{{
    .text :
    {{
        KEEP(*(.vectors))
        *(.text.start)
        *(.text .text.*)
        __start_mote_handlers = .;
        *(mote_handlers)
        *(.rodata .rodata.* .srodata .srodata.* .data.rel.ro .data.rel.ro.*)
        . = ALIGN({align});
        link_module_start = .;
        KEEP(*(.module))
        link_module_end = .;
        . = ALIGN(4);
        link_module_size = .;
        LONG(link_module_end - link_module_start)
        link_map = .;
{map}
        link_map_end = .;
        . = ALIGN(16);
    }} > flash :flash

    .data :
    {{
        link_data_start = .;
        *(.data .data.*)
        __global_pointer$ = . + 0x800;
        *(.sdata .sdata.*)
        . = ALIGN(16);
        link_data_end = .;
    }} > ram AT > flash :data
    link_data_load = LOADADDR(.data);

    .bss (NOLOAD) :
    {{
        link_bss_start = .;
        *(.sbss .sbss.* .bss .bss.* COMMON)
        . = ALIGN(16);
        link_bss_end = .;
    }} > ram AT > ram :bss

    link_guard_start = ORIGIN(stack);
    link_stack_start = ORIGIN(stack) + {guard};
    link_stack_end = ORIGIN(stack) + LENGTH(stack);
    link_pool_start = .;
    link_pool_end = ORIGIN(ram) + LENGTH(ram);
    link_retained_start = ORIGIN(retained);
    link_retained_end = ORIGIN(retained) + LENGTH(retained);

    /DISCARD/ : {{ *(.eh_frame .eh_frame_hdr .ARM.exidx .ARM.exidx.* .ARM.extab .ARM.extab.*) }}
}}
"""


def number(text: str | int, where: str) -> int:
    """A number of board.json: 0x..., or decimal with K or M behind it."""
    try:
        digits = str(text)
        return int(digits[:-1], 0) * UNITS[digits[-1]] if digits[-1:] in UNITS else int(digits, 0)
    except ValueError as error:
        raise Problem(f"{where}: '{text}' is no number") from error


def board_file(board: str) -> str:
    """The file a board's data comes from, as messages name it."""
    return f"boards/{board}/board.json"


def linker_script(board: str, data: dict[str, Any]) -> str:
    """The linker script of a board: code and constants in flash; stack, variables and the pool in RAM.

    The stack lies lowest, so that it runs into nothing else."""
    where = board_file(board)
    memory = data.get("memory", {})
    for name in ("flash", "ram", "stack"):
        if name not in memory:
            raise Problem(f"{where}: memory: '{name}' is missing")
    regions = {
        name: (number(memory[name]["address"], where), number(memory[name]["size"], where)) for name in ("flash", "ram")
    }
    stack = number(memory["stack"]["size"], where)
    return SCRIPT.format(
        board=where, align=MODULE_ALIGN, guard=STACK_GUARD, stack=stack, retained=RETAINED, map=memory_map(data, where), **regions
    )


def memory_map(data: dict[str, Any], where: str) -> str:
    """The rows of link_map, by addresses: what ports/bare/protect_<cpu>.c lets be executed and written."""
    regions = [(data["memory"]["ram"], "data"), (data["memory"]["flash"], "code")]
    regions += [(partition, "flash") for partition in data.get("partitions", {}).values()]
    rows: list[tuple[int, int, str]] = []
    numbers = [(number(at["address"], where), number(at["size"], where), access) for at, access in regions]
    for start, size, access in sorted(numbers):
        if rows and start < rows[-1][1]:
            raise Problem(f"{where}: what begins at {start:#x} overlaps what begins at {rows[-1][0]:#x}")
        first = rows.pop()[0] if rows and rows[-1][1:] == (start, access) else start  # one row for neighbours
        rows.append((first, start + size, access))
    return "\n".join(f"        LONG({start:#x}) LONG({end:#x}) LONG({ACCESS[access]})" for start, end, access in rows)


def module_source(module: Path) -> str:
    """C that puts a file into flash."""
    path = str(module).replace("\\", "\\\\").replace('"', '\\"')
    return (
        "/* Written by the build: the module that MODULE= names. */\n"
        '__asm__(".section .module, \\"a\\"\\n"\n'
        f'        ".incbin \\"{path}\\"\\n");\n'
    )


PARTITIONS = ("store", "files")
# What a board need not say of its devices.
DEVICE = {"address": "0x0", "interrupt": 0}
FLASH = {"driver": "none", "size": "0x0", "sector": 4096, "write": 4}


def kconfig_variables(data: dict[str, Any]) -> dict[str, str]:
    """A board's devices, partitions and emulator as variables for Kconfig: MOTE_BOARD_CONSOLE_ADDRESS and so on."""
    devices = {name: DEVICE | values for name, values in data.get("devices", {}).items()}
    devices["flash"] = DEVICE | FLASH | devices.get("flash", {})
    partitions = {name: {"address": "0x0", "size": "0x0"} | data.get("partitions", {}).get(name, {}) for name in PARTITIONS}
    groups = {**devices, **partitions, "emulator": {"instruction_ns": 1, **data.get("emulator", {})}}
    for values in (devices["flash"], *partitions.values()):
        values["size"] = f"{number(values['size'], 'size'):#x}"
        values["sector"] = number(values.get("sector", 0), "sector")
    return {
        f"MOTE_BOARD_{device}_{key}".upper(): str(value)
        for device, values in groups.items() for key, value in values.items() if isinstance(value, str | int)
    }


def driver_options(board: str, data: dict[str, Any]) -> list[tuple[str, str]]:
    """The options that a board's drivers stand for, each with where it was asked for."""
    port = data.get("port", "").upper()
    return [
        (f"{port}_{device}_{values['driver']}".upper(), f"{board_file(board)}: {device}")
        for device, values in data.get("devices", {}).items()
    ]


def emulator_command(data: dict[str, Any], program: str) -> list[str]:
    """The words that start a board's emulator with a program, its console on the terminal (Ctrl-A X ends it)."""
    emulator = data["emulator"]
    if not shutil.which(emulator["program"]):
        raise Problem(f"run: {emulator['program']} is not on PATH: apt-get install {emulator['package']}")
    load = emulator.get("load", ["-kernel", "{program}"])
    return [emulator["program"], *emulator["arguments"], "-nographic", *(word.format(program=program) for word in load)]


def write_if_new(path: Path, text: str) -> None:
    """Write a file unless it says so already, so that nothing is built again for it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or path.read_text() != text:
        path.write_text(text)
