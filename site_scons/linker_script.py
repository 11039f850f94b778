"""The linker script of a bare board, made from the memory map in its board.json."""

from typing import Any

from image import board_file, number
from problem import Problem

MODULE_ALIGN = 64  # native code in a module asks for 16
STACK_GUARD = 256  # bytes below the stack, see ports/bare/boot.h
RETAINED = 576  # bytes at the end of RAM that neither start-up nor a loader fills: 512 for the firmware, some for the port
ACCESS = {"data": 0, "code": 1, "flash": 2}  # enum link_access of ports/bare/boot.h

SCRIPT = """\
/* Written by the build from {board}. */
MEMORY
{{
    flash (rx) : ORIGIN = {flash:#x}, LENGTH = {flash_size:#x}
    ram (rw) : ORIGIN = {ram:#x}, LENGTH = {ram_size:#x} - {retained:#x}
    constants (r) : ORIGIN = {constants:#x}, LENGTH = {flash_size:#x}
    ram_code (rx) : ORIGIN = {ram_code:#x}, LENGTH = {ram_size:#x}
    retained (rw) : ORIGIN = {ram:#x} + {ram_size:#x} - {retained:#x}, LENGTH = {retained:#x}
}}

PHDRS
{{
    flash PT_LOAD FLAGS(5);
    constants PT_LOAD FLAGS(4);
    ram_code PT_LOAD FLAGS(5);
    data PT_LOAD FLAGS(6);
    bss PT_LOAD FLAGS(6);
}}

SECTIONS
{{
    .text :
    {{
        KEEP(*(.vectors))
        *(.start)
        *(.trap)
        *(.text .text.*{code_in_flash})
        __start_mote_handlers = .;
        *(mote_handlers)
        . = ALIGN({align});
    }} > flash :flash

    .rodata ORIGIN(constants) + SIZEOF(.text) : AT(LOADADDR(.text) + SIZEOF(.text))
    {{
        __global_pointer$ = . + 0x800;
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
    }} > constants :constants

    .ram_code ORIGIN(ram_code) : AT(LOADADDR(.rodata) + SIZEOF(.rodata))
    {{
        link_ram_code = .;
        *(SORT_BY_ALIGNMENT(.ram_code))
        . = ALIGN(4);
        link_ram_code_end = ALIGN({guard});
    }} > ram_code :ram_code
    link_ram_code_start = ORIGIN(ram);
    link_ram_code_load = {load} + LOADADDR(.ram_code);

    link_ram_code_rest = ORIGIN(ram) + SIZEOF(.ram_code);
    link_guard_start = ORIGIN(ram) + ALIGN(SIZEOF(.ram_code), {guard});
    link_stack_start = link_guard_start + {guard};
    link_stack_end = link_guard_start + {stack:#x};

    .data link_stack_end : AT(LOADADDR(.ram_code) + SIZEOF(.ram_code))
    {{
        link_data_start = .;
        *(.data .data.*)
        *(.sdata .sdata.*)
        . = ALIGN(16);
        link_data_end = .;
    }} > ram :data
    link_data_load = {load} + LOADADDR(.data);

    .bss (NOLOAD) :
    {{
        link_bss_start = .;
        *(.sbss .sbss.* .bss .bss.* COMMON)
        . = ALIGN(16);
        link_bss_end = .;
    }} > ram AT > ram :bss

    link_pool_start = .;
    link_pool_end = ORIGIN(ram) + LENGTH(ram);
    link_retained_start = ORIGIN(retained);
    link_retained_end = ORIGIN(retained) + LENGTH(retained);

    ASSERT(LOADADDR(.data) + SIZEOF(.data) <= ORIGIN(flash) + LENGTH(flash), "the program is too large for the board's flash")

    /DISCARD/ : {{ *(.eh_frame .eh_frame_hdr .ARM.exidx .ARM.exidx.* .ARM.extab .ARM.extab.*) }}
}}
"""


def linker_script(board: str, data: dict[str, Any]) -> str:
    """The linker script of a board: code and constants in flash; stack, variables and the pool in RAM.

    The stack lies lowest but for code that is executed in RAM, so that it runs into nothing that changes. On RISC-V
    the register gp reaches 4 KB of constants, to which code refers far more often than to variables: 700 bytes less."""
    where = board_file(board)
    memory = data.get("memory", {})
    for name in ("flash", "ram", "stack"):
        if name not in memory:
            raise Problem(f"{where}: memory: '{name}' is missing")
    places = {
        "flash": number(memory["flash"]["address"], where), "flash_size": number(memory["flash"]["size"], where),
        "ram": number(memory["ram"]["address"], where), "ram_size": number(memory["ram"]["size"], where),
        "stack": number(memory["stack"]["size"], where),
    }
    places["constants"] = number(memory["flash"].get("data", places["flash"]), where)
    places["ram_code"] = number(memory["ram"].get("code", places["ram"]), where)
    return SCRIPT.format(
        board=where, align=MODULE_ALIGN, guard=STACK_GUARD, retained=RETAINED, load=places["constants"] - places["flash"],
        code_in_flash="" if places["ram_code"] != places["ram"] else " .ram_code", map=memory_map(data, where, places), **places,
    )  # fmt: skip


Row = tuple[int, str, str, str]  # where it starts; the same and its end as the linker script says it; access


def memory_map(data: dict[str, Any], where: str, places: dict[str, int]) -> str:
    """The rows of link_map, by addresses: what ports/bare/protect_<cpu>.c lets be executed and written."""
    shift = places["constants"] - places["flash"]
    partitions = [(number(at["address"], where), number(at["size"], where)) for at in data.get("partitions", {}).values()]
    spans = [(places["flash"], places["flash_size"], "code"), *((at, size, "flash") for at, size in partitions)]
    if shift:
        spans += [(places["constants"], places["flash_size"], "code"), *((at - shift, size, "flash") for at, size in partitions)]
    spans.append((places["ram"], places["ram_size"], "data"))
    rows: list[tuple[int, int, str]] = []
    for start, size, access in sorted(spans):
        if rows and start < rows[-1][1]:
            raise Problem(f"{where}: what begins at {start:#x} overlaps what begins at {rows[-1][0]:#x}")
        first = rows.pop()[0] if rows and rows[-1][1:] == (start, access) else start  # one row for neighbours
        rows.append((first, start + size, access))
    texts: list[Row] = [(start, f"{start:#x}", f"{end:#x}", access) for start, end, access in rows]
    if places["ram_code"] != places["ram"]:
        rom = data["memory"].get("rom", {}).get("address", places["ram_code"])
        texts = with_ram_code(texts, number(rom, where), places["ram"])
    return "\n".join(f"        LONG({start}) LONG({end}) LONG({ACCESS[access]})" for _, start, end, access in sorted(texts))


def with_ram_code(rows: list[Row], rom: int, ram: int) -> list[Row]:
    """The rows of a map with code in RAM besides: it is executed at addresses behind the ROM, and not written as data."""
    others = [row for row in rows if row[3] != "data"]
    (start, _, end, _), = (row for row in rows if row[3] == "data")
    return [
        *others, (rom, f"{rom:#x}", "link_ram_code_end", "code"), (start, f"{ram:#x}", "link_guard_start", "code"),
        (start + 1, "link_guard_start", end, "data"),
    ]  # fmt: skip
