"""What a board's data mean for the build: its devices and partitions as variables for Kconfig, its emulator; and the module that
MODULE= puts into flash."""

from pathlib import Path
from typing import Any

from problem import Problem

UNITS = {"K": 1 << 10, "M": 1 << 20}


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


def module_source(module: Path) -> str:
    """C that puts a file into flash."""
    path = str(module).replace("\\", "\\\\").replace('"', '\\"')
    return (
        "/* Written by the build: the module that MODULE= names. */\n"
        '__asm__(".section .module, \\"a\\"\\n"\n'
        f'        ".incbin \\"{path}\\"\\n");\n'
        "extern int embedded_program(void);\n"
        "extern int (*const link_module_program)(void);\n"
        "int (*const link_module_program)(void) = embedded_program;\n"
    )


PARTITIONS = ("store", "files")
# What a board need not say of its devices.
DEVICE = {"address": "0x0", "interrupt": 0, "baud": 115200}
FLASH = {"driver": "none", "size": "0x0", "sector": 4096, "write": 4}


def kconfig_variables(board: str, data: dict[str, Any]) -> dict[str, str]:
    """A board's devices, partitions and emulator as variables for Kconfig: MOTE_BOARD_CONSOLE_ADDRESS and so on."""
    devices = {name: DEVICE | values for name, values in data.get("devices", {}).items()}
    devices["flash"] = DEVICE | FLASH | devices.get("flash", {})
    partitions = {name: {"address": "0x0", "size": "0x0"} | data.get("partitions", {}).get(name, {}) for name in PARTITIONS}
    flash = data.get("memory", {}).get("flash", {"address": 0})
    where = board_file(board)
    offset = number(flash["address"], where) - number(flash.get("data", flash["address"]), where)
    emulator = {"instruction_ns": 1, **data.get("emulator", {})}
    groups = {**devices, **partitions, "code": {"offset": f"{offset:#x}"}, "emulator": emulator}
    for values in (devices["flash"], *partitions.values()):
        values["size"] = f"{number(values['size'], where):#x}"
        values["sector"] = number(values.get("sector", 0), where)
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


def write_if_new(path: Path, text: str) -> None:
    """Write a file unless it says so already, so that nothing is built again for it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or path.read_text() != text:
        path.write_text(text)
