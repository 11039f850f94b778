"""`mote device`: which devices there are, what one says of itself, its restart, and names for devices."""

import time
from typing import Any

import click

from mote import console
from mote.device.option import device_option, json_option
from mote.errors import ExitCode, UserError

LAST = 160  # characters of the last column, where there is room


@click.group()
def command() -> None:
    """List devices, ask one what it is, restart it, or give it a name."""


@command.command(name="list")
@json_option
def list_(as_json: bool) -> int:
    """Ask at every serial port who is there, and show what can be emulated."""
    from mote.device import emulator, find
    from mote.device.state import load_state

    state = load_state()
    answers = find.ask_all()
    rows = [
        {"device": a.port.path, "serial_number": a.port.serial_number, "description": a.port.description, "problem": a.problem}
        | {key: a.info.get(key, "") for key in ("board", "version")}
        for a in answers
    ]
    emulated = [
        {"device": f"qemu:{name}", "description": data.get("description", "")} for name, data in emulator.boards().items()
    ]
    emulated.append({"device": "native", "description": "the firmware as a process of this machine"})
    if as_json:
        console.print_json({"ports": rows, "emulated": emulated, "aliases": state.aliases, "last": state.last})
    else:
        show_list(rows, emulated, state.aliases, state.last)
    return ExitCode.OK


def show_list(rows: list[dict[str, Any]], emulated: list[dict[str, str]], aliases: dict[str, str], last: str) -> None:
    """The devices for a person."""
    from mote.device.show import cell

    out = console.Report()
    if rows:
        out.table(
            ((r["device"], cell(r["board"] or r["problem"]), cell(r["version"]), cell(r["description"], LAST)) for r in rows),
            styles=("cyan",),
        )
    else:
        out.line("No serial port on which a device could be.")
    out.heading("Without hardware")
    out.table(((f"  {row['device']}", cell(row["description"], LAST)) for row in emulated), styles=("cyan", "dim"))
    if aliases:
        out.heading("Names")
        out.table(((f"  {name}", cell(target)) for name, target in aliases.items()), styles=("cyan", "dim"))
    if last:
        out.line(f"\nUsed last: {cell(last)}")


@command.command()
@device_option
@json_option
def info(device: str | None, as_json: bool) -> int:
    """Show what a device says of itself: board, firmware, memory, flash."""
    from mote.device.find import open_device
    from mote.device.show import plain

    with open_device(device) as opened:
        told = {"device": opened.name} | opened.info
    if as_json:
        console.print_json(plain(told))
    else:
        show_info(told)
    return ExitCode.OK


def show_info(told: dict[str, Any]) -> None:
    """A device for a person."""
    from mote.device.show import SAFE, cell, duration, kilobytes, plain

    abi = ".".join(map(str, told.get("abi", ())))
    rows = [
        ("device", cell(told["device"])),
        ("board", f"{cell(told.get('board', ''))}, {cell(told.get('target', ''))}, port {cell(told.get('port', ''))}"),
        ("firmware", f"mote {cell(told.get('version', ''))}, build {cell(plain(told.get('build', b'')))}, native ABI {abi}"),
        ("id", cell(plain(told.get("id", b"")))),
        ("engines", cell(", ".join(told.get("engines", ())))),
        ("features", ", ".join(cell(feature) for feature in told.get("features", ()))),
        (
            "RAM",
            space(told.get("ram", 0), told.get("ram_used", 0)) + f", {kilobytes(told.get('ram_peak', 0))} at most",
        ),
        (
            "store",
            space(told.get("store", 0), told.get("store_used", 0))
            + f", largest module {kilobytes(told.get('store_largest', 0))}",
        ),
        ("files", files_space(told)),
        ("up", f"{duration(told.get('uptime', 0))} since {cell(told.get('reset', ''))}"),
    ]
    out = console.Report()
    out.table(rows, styles=("dim",))
    if told.get("safe"):
        out.line(SAFE)


def files_space(told: dict[str, Any]) -> str:
    """How much of the file system is used, or why that is not known."""
    from mote.device.show import cell

    if told.get("files_error"):
        return cell(told["files_error"])
    return space(told.get("files", 0), told.get("files", 0) - told.get("files_free", 0))


def space(size: int, used: int) -> str:
    """A region of flash."""
    from mote.device.show import kilobytes

    return f"{kilobytes(used)} of {kilobytes(size)} used" if size else "none"


@command.command()
@device_option
@json_option
def reset(device: str | None, as_json: bool) -> int:
    """Restart a device and wait until it answers again."""
    from mote.device.find import open_device
    from mote.device.restart import restart

    with open_device(device) as opened:
        start = time.monotonic()
        info = restart(opened)
        seconds = round(time.monotonic() - start, 3)
        if as_json:
            console.print_json({"device": opened.name, "seconds": seconds, "reset": info.get("reset", "")})
        else:
            console.Report().line(f"{opened.title} answers again after {seconds:.1f} s.")
    return ExitCode.OK


@command.command()
@click.argument("alias")
@click.argument("target", required=False)
def name(alias: str, target: str | None) -> int:
    """Call TARGET (default: the device used last) by the name ALIAS from now on. An empty TARGET ('') forgets the
    name.
    """
    from mote.device.state import load_state, save_state

    state = load_state()
    target = state.last if target is None else target
    if ":" in alias or "/" in alias or not alias:
        raise UserError("is no name for a device", alias, "Use letters and digits.", ExitCode.USAGE)
    if target:
        state.aliases[alias] = state.aliases.get(target, target)
    elif alias in state.aliases:
        del state.aliases[alias]
        state.last = "" if state.last == alias else state.last
    else:
        raise UserError(
            "there is no such name, and no device was used yet", alias, f"Run: mote device name {alias} PORT", ExitCode.USAGE
        )
    save_state(state)
    return ExitCode.OK


@command.command()
def forget() -> int:
    """Forget which device was used last, so that `mote run` runs here again."""
    from mote.device.state import load_state, save_state

    state = load_state()
    if state.last:
        state.last = ""
        save_state(state)
    return ExitCode.OK
