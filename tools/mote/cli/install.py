"""`mote install`: send a module to a device's flash, where it stays and can be started by itself."""

import time
from pathlib import Path
from typing import Any

import click

from mote import console
from mote.device.option import device_option, json_option
from mote.errors import ExitCode

MANIFEST_KEYS = ("name", "version", "autostart", "restart", "stack", "machine_stack", "memory", "time", "files", "output")


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@device_option
@click.option("--name", help="Its name on the device; default: as its manifest, mote.toml or file says.")
@click.option("--version", help="Its version, any text of up to 23 bytes.")
@click.option("--autostart/--no-autostart", default=None, help="Start it whenever the device starts.")
@click.option("--restart", type=click.Choice(("never", "on-failure", "always")), help="Start it again when it has ended.")
@click.option("--arg", "args", multiple=True, metavar="WORD", help="An argument for the program; may be given again.")
@click.option("--stack", type=int, metavar="BYTES", help="Stack for WebAssembly calls.")
@click.option("--machine-stack", type=int, metavar="BYTES", help="Stack for native code and host functions.")
@click.option("--memory", type=int, metavar="BYTES", help="All that it may take of the device's RAM.")
@click.option("--time", type=int, metavar="MS", help="So long a run may take, in milliseconds.")
@click.option("--files", type=click.Choice(("none", "own", "all", "read")), help="Which files it may use.")
@click.option("--output", type=int, metavar="BYTES", help="Size of each output buffer.")
@click.option("--aot", is_flag=True, help="Compile it for the device's CPU first.")
@click.option("--start", "start_now", is_flag=True, help="Start it once it is installed.")
@json_option
def command(
    file: Path, device: str | None, args: tuple[str, ...], aot: bool, start_now: bool, as_json: bool, **given: Any
) -> int:  # fmt: skip
    """Install FILE on a device. What is there already in the same form is not sent again."""
    from mote.device.find import open_device
    from mote.device.modules import Start
    from mote.device.show import warn
    from mote.package.prepare import prepare_install

    wishes = {key: given[key] for key in MANIFEST_KEYS if given[key] is not None}
    wishes |= {"args": list(args)} if args else {}
    with open_device(device) as opened:
        package = prepare_install(file, opened.info, wishes, aot)
        report = install(opened, package)
        warn(package.note(opened.info, report["engine"], report["note"]))
        if start_now:
            report["run"] = opened.modules.start(Start(package.name))
    if as_json:
        console.print_json(report)
    else:
        show(report)
    return ExitCode.OK


def install(opened: Any, package: Any) -> dict[str, Any]:
    """Send a package unless it is there, and wait until it can run; what that took."""
    import hashlib

    from mote.device.show import Sending

    start = time.monotonic()
    sha = hashlib.sha256(package.data).digest()
    there = find(opened, package.name)
    sent, said = 0, ""
    if there is None or there.get("sha") != sha[:8] or there.get("size") != len(package.data):
        with Sending(package.name) as bar:
            sent = opened.modules.send(package.data, package.name, progress=bar)
            sending_s = time.monotonic() - start
            bar.title = f"{package.name}: prepared functions"
            said = opened.modules.wait_until_ready(bar).get("msg", "")
        there = find(opened, package.name) or {}
    else:
        sending_s = 0.0
    return {
        "device": opened.name,
        "board": opened.info.get("board", ""),
        "name": package.name,
        "version": package.manifest.get("version", ""),
        "size_bytes": len(package.data),
        "sent_bytes": sent,
        "sending_seconds": round(sending_s, 3),
        "seconds": round(time.monotonic() - start, 3),
        "engine": there.get("engine", ""),
        "sha256": sha.hex(),
        "note": said,
    }


def find(opened: Any, name: str) -> dict[str, Any] | None:
    """A package of the device by its name."""
    return next((package for package in opened.modules.packages() if package.get("n") == name), None)


def show(report: dict[str, Any]) -> None:
    """One line."""
    from mote.device.show import cell, kilobytes

    what = f"{cell(report['name'])}{' ' + cell(report['version']) if report['version'] else ''}"
    where = f"{cell(report['board'])} ({cell(report['device'])})"
    if report["sent_bytes"]:
        rate = report["sent_bytes"] / max(report["sending_seconds"], 0.001)
        sent = f"{kilobytes(report['sent_bytes'])} sent at {kilobytes(rate)}/s"
        how = f"installed on {where}: {sent}, ready after {report['seconds']:.1f} s"
    else:
        how = f"is on {where} already, byte for byte"
    console.Report().line(f"{what} {how}; engine: {cell(report['engine'] or 'none yet')}.")
