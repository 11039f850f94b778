"""What may stand in a board.json: one table of its keys. A mistake is one line that says where, what, and what belongs there."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from arguments import suggestion
from image import number
from problem import Problem

ALWAYS, BARE, WITHIN, MAY = "always", "on every bare board", "in its table", "may be left out"


@dataclass(frozen=True)
class Key:
    """A key by its path (* is any name), the kind of its value, when it must be there, and what it means."""

    path: str
    kind: str
    needed: str
    meaning: str


KEYS = (
    Key("description", "text", ALWAYS, "the board in a line, for `scons boards`"),
    Key("port", "text", ALWAYS, "a folder of ports/"),
    Key("target", "text", ALWAYS, "the CPU, a row of site_scons/targets.json"),
    Key("memory.flash.address", "number", BARE, "where the firmware's image lies and is executed"),
    Key("memory.flash.size", "size", BARE, "room for the image, in bytes"),
    Key("memory.flash.data", "number", MAY, "where the same flash is read as data, if that is elsewhere"),
    Key("memory.ram.address", "number", BARE, "where RAM begins"),
    Key("memory.ram.size", "size", BARE, "RAM for the stack, variables and the pool that modules live from, in bytes"),
    Key("memory.ram.code", "number", MAY, "where the same RAM is executed, if that is elsewhere"),
    Key("memory.rom.address", "number", WITHIN, "where a ROM lies whose functions drivers call"),
    Key("memory.rom.size", "size", WITHIN, "how large that ROM is, in bytes"),
    Key("memory.stack.size", "size", BARE, "the main thread's stack, taken from RAM, in bytes"),
    Key("devices.console.driver", "text", BARE, "the UART that the console is on"),
    Key("devices.timer.driver", "text", BARE, "the timer behind the clock"),
    Key("devices.timer.hz", "count", BARE, "how many steps the timer makes in a second"),
    Key("devices.interrupts.driver", "text", BARE, "the interrupt controller"),
    Key("devices.power.driver", "text", BARE, "what resets the board, and in an emulator ends the program"),
    Key("devices.flash.address", "number", WITHIN, "where flash for packages and files is read"),
    Key("devices.flash.size", "size", WITHIN, "how large it is, in bytes"),
    Key("devices.flash.sector", "size", MAY, "how much of it is erased at once, in bytes (4K)"),
    Key("devices.flash.write", "size", MAY, "the unit in which it is written, in bytes (4)"),
    Key("devices.*.driver", "text", WITHIN, "a driver of the port for that device"),
    Key("devices.*.address", "number", MAY, "where its registers lie"),
    Key("devices.*.interrupt", "count", MAY, "the number of its interrupt"),
    Key("devices.*.*", "any", MAY, "what a driver's option in Kconfig asks for"),
    Key("partitions.*.address", "number", WITHIN, "where a region of devices.flash begins, as it is read"),
    Key("partitions.*.size", "size", WITHIN, "how large the region is, in bytes: whole sectors"),
    Key("emulator.program", "text", MAY, "the emulator's command"),
    Key("emulator.module", "text", MAY, "instead of a program: a Python module that is the emulator"),
    Key("emulator.package", "text", WITHIN, "the package that brings it"),
    Key("emulator.arguments", "words", WITHIN, "how it is told the machine"),
    Key("emulator.load", "words", MAY, "how it is given the firmware, the file {program}"),
    Key("emulator.flash", "words", MAY, "how it is given flash that lasts, the file {flash}"),
    Key("emulator.counting", "words", MAY, "what makes it count instructions"),
    Key("emulator.instruction_ns", "count", MAY, "how long an instruction then lasts, in nanoseconds"),
    Key("emulator.*", "any", MAY, "what an emulator of another kind asks for"),
    Key("flasher.tool", "text", WITHIN, "what writes the firmware to the board"),
    Key("flasher.*", "any", MAY, "what `flash` asks for"),
)
PARTITIONS = ("store", "files")
FLASHERS = {"esptool": ("chip", "offset"), "pyocd": ("target",), "openocd": ("config",), "uf2": ("label", "family")}
COMMON = ("driver", "address", "interrupt")  # what every device may have
KINDS = {
    "text": "a text", "number": "an address (0x..., or a number with K or M behind)", "count": "a whole number",
    "size": "a size above 0 (bytes, or a number with K or M behind)", "words": "a list of texts", "table": "a table {...}",
}  # fmt: skip


def check_keys(data: Any, where: str, is_bare: bool) -> None:
    """Refuse what is no board for this reason or that; `where` is the file."""
    if not isinstance(data, dict):
        raise Problem(f'{where}: it is to hold a table {{"description": ..., "port": ..., "target": ...}}')
    for path, value in items(data):
        check_value(path, value, where)
    for key in KEYS:
        check_presence(key, data, where, is_bare)
    check_flasher(data.get("flasher"), where)


def items(table: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    """All keys of a table and of the tables in it, as paths with their values."""
    for name, value in table.items():
        yield above + name, value
        if isinstance(value, dict):
            yield from items(value, f"{above}{name}.")


def matches(key: Key, path: str) -> bool:
    """Whether a row of the table is for this path, or for something in it."""
    return all(part in ("*", name) for part, name in zip(key.path.split("."), path.split("."), strict=False))


def check_value(path: str, value: Any, where: str) -> None:
    """A key that is known, with a value of its kind. The name alone stands for a table that has rows for what is in it."""
    depth = path.count(".")
    rows = [key for key in KEYS if key.path.count(".") >= depth and matches(key, path)]
    above, _, name = path.rpartition(".")
    if not rows or (above == "partitions" and name not in PARTITIONS):
        raise Problem(f"{where}: {path}: there is no such key{suggestion(name, known_names(above))}")
    kind = rows[0].kind if rows[0].path.count(".") == depth else "table"
    if not fits(value, kind, where):
        raise Problem(f"{where}: {path}: {json.dumps(value)} is not {KINDS[kind]}")


def known_names(above: str) -> list[str]:
    """The names that a table may have."""
    depth = above.count(".") + 1 if above else 0
    inside = [key.path.split(".") for key in KEYS if key.path.count(".") >= depth and (not above or matches(key, above))]
    return [*PARTITIONS] if above == "partitions" else sorted({names[depth] for names in inside} - {"*"})


def fits(value: Any, kind: str, where: str) -> bool:
    """Whether a value is of a kind of KINDS."""
    if kind in ("number", "size"):
        return type(value) in (int, str) and is_number(value, where) and number(value, where) >= (kind == "size")
    if kind == "words":
        return isinstance(value, list) and all(isinstance(word, str) for word in value)
    return kind == "any" or type(value) is {"text": str, "count": int, "table": dict}[kind]


def is_number(value: int | str, where: str) -> bool:
    """Whether a value is written as numbers are."""
    try:
        return number(value, where) is not None
    except Problem:
        return False


def check_presence(key: Key, data: dict[str, Any], where: str, is_bare: bool) -> None:
    """What must be there is there."""
    above, _, name = key.path.rpartition(".")
    for path, table in tables(data, above):
        is_needed = {ALWAYS: True, BARE: is_bare, WITHIN: table is not None, MAY: False}[key.needed]
        if is_needed and name not in (table or ()):
            raise Problem(f"{where}: {f'{path}.{name}'.lstrip('.')} is missing: {key.meaning}")


def check_flasher(flasher: dict[str, Any] | None, where: str) -> None:
    """A tool that tools/mote/flash has, with what it asks for."""
    if flasher and flasher["tool"] not in FLASHERS:
        hint = suggestion(flasher["tool"], FLASHERS)
        raise Problem(f"{where}: flasher.tool: there is no '{flasher['tool']}'{hint}; there are {', '.join(FLASHERS)}")
    for name in FLASHERS[flasher["tool"]] if flasher else ():
        if name not in flasher:
            raise Problem(f"{where}: flasher.{name} is missing: {flasher['tool']} asks for it")


def tables(data: dict[str, Any], path: str) -> list[tuple[str, dict[str, Any] | None]]:
    """The tables that a path stands for, with their own paths; None for one that is not there."""
    found: list[tuple[str, Any]] = [("", data)]
    for name in filter(None, path.split(".")):
        names = {above: (list(table or ()) if name == "*" else [name]) for above, table in found}
        found = [(f"{above}.{one}".lstrip("."), (table or {}).get(one)) for above, table in found for one in names[above]]
    return found


def check_drivers(data: dict[str, Any], where: str, switches: Iterable[str], variables: Iterable[str]) -> None:
    """Devices have drivers that the port has, and keys that these ask for: all switches and variables of the Kconfig files."""
    for device, values in data.get("devices", {}).items():
        prefix = f"{data['port']}_{device}_".upper()
        drivers = sorted(name.removeprefix(prefix).lower() for name in switches if name.startswith(prefix))
        driver = values["driver"]
        if driver not in drivers:
            there = f"there are {', '.join(drivers)}" if drivers else f"port {data['port']} knows no such device"
            raise Problem(f"{where}: devices.{device}.driver: there is no '{driver}'{suggestion(driver, drivers)}; {there}")
        prefix = f"MOTE_BOARD_{device}_".upper()
        known = [name.removeprefix(prefix).lower() for name in variables if name.startswith(prefix)]
        for name in values:
            if name not in known and name not in COMMON:
                raise Problem(f"{where}: devices.{device}.{name}: no driver asks for it{suggestion(name, [*known, *COMMON])}")
