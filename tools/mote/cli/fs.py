"""`mote fs`: files on a device, and images of them."""

import posixpath
import sys
from pathlib import Path
from typing import Any

import click

from mote import console
from mote.device.option import device_option, json_option
from mote.errors import ExitCode, UserError


@click.group()
def command() -> None:
    """List, copy, show and remove files on a device."""


@command.command()
@click.argument("path", default="/")
@device_option
@json_option
def ls(path: str, device: str | None, as_json: bool) -> int:
    """List the directory PATH."""
    with opened(device) as (_, files):
        entries = files.list(absolute(path))
    show_entries(entries, as_json)
    return ExitCode.OK


def show_entries(entries: Any, as_json: bool) -> None:
    """Files with their sizes."""
    if as_json:
        console.print_json([{"path": e.path, "size": e.size, "directory": e.size is None} for e in entries])
        return
    rows = [
        ("" if e.size is None else f"{e.size:,}", console.printable(e.name + ("/" if e.size is None else ""), 200))
        for e in entries
    ]
    console.Report().table(rows, right=(0,))


@command.command()
@click.argument("path", default="/")
@device_option
@json_option
def tree(path: str, device: str | None, as_json: bool) -> int:
    """List all that is below the directory PATH."""
    top = absolute(path)
    with opened(device) as (_, files):
        entries = list(files.walk(top))
    if as_json:
        show_entries(entries, True)
        return ExitCode.OK
    out = console.Report()
    out.line(top)
    for entry in entries:
        depth = len(posixpath.relpath(entry.path, top).split("/"))
        size = "/" if entry.size is None else f"  {entry.size:,}"
        out.line("  " * depth + console.printable(entry.name, 200) + size)
    return ExitCode.OK


@command.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@device_option
def cat(paths: tuple[str, ...], device: str | None) -> int:
    """Write files to standard output as they are."""
    with opened(device) as (_, files):
        for path in paths:
            sys.stdout.buffer.write(files.read(absolute(path)))
            sys.stdout.buffer.flush()
    return ExitCode.OK


@command.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("-r", "--recursive", is_flag=True, help="Directories with all that is in them.")
@device_option
def rm(paths: tuple[str, ...], recursive: bool, device: str | None) -> int:
    """Remove files and empty directories."""
    with opened(device) as (_, files):
        for path in map(absolute, paths):
            if recursive and getattr(files.find(path), "size", 0) is None:
                for entry in reversed(list(files.walk(path))):
                    files.remove(entry.path)
            if path != "/":
                files.remove(path)
    return ExitCode.OK


@command.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@device_option
def mkdir(paths: tuple[str, ...], device: str | None) -> int:
    """Make directories, with those above them where they are missing."""
    with opened(device) as (_, files):
        for path in map(absolute, paths):
            make_directories(files, path)
    return ExitCode.OK


def make_directories(files: Any, path: str) -> None:
    """A directory and those above it."""
    if path == "/" or files.find(path):
        return
    make_directories(files, posixpath.dirname(path))
    files.make_directory(path)


@command.command()
@device_option
@json_option
def df(device: str | None, as_json: bool) -> int:
    """Show how much room there is for files and for packages."""
    from mote.device.show import kilobytes

    with opened(device) as (found, _):
        info = found.modules.fresh_info()
    files, store = info.get("files", 0), info.get("store", 0)
    rows = {
        "files": {"size": files, "used": files - info.get("files_free", 0), "free": info.get("files_free", 0)},
        "store": {"size": store, "used": info.get("store_used", 0), "free": store - info.get("store_used", 0)},
    }
    if as_json:
        console.print_json(rows)
    else:
        table = [(name, *(kilobytes(row[key]) for key in ("size", "used", "free"))) for name, row in rows.items()]
        console.Report().table([("", "SIZE", "USED", "FREE"), *table], right=(1, 2, 3))
    return ExitCode.OK


@command.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@device_option
@json_option
def sum(paths: tuple[str, ...], device: str | None, as_json: bool) -> int:
    """Print the SHA-256 of files, in sha256sum's form."""
    with opened(device) as (_, files):
        sums = {path: files.sha256(path).hex() for path in map(absolute, paths)}
    if as_json:
        console.print_json(sums)
    else:
        for path, digest in sums.items():
            console.Report().line(f"{digest}  {console.printable(path, 200)}")
    return ExitCode.OK


@command.command()
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
@click.argument("target")
@click.option("-r", "--recursive", is_flag=True, help="Folders with all that is in them.")
@click.option("-f", "--force", is_flag=True, help="Copy also what is there already with the same contents.")
@device_option
@json_option
def cp(sources: tuple[str, ...], target: str, recursive: bool, force: bool, device: str | None, as_json: bool) -> int:
    """Copy files to or from a device. A path on the device begins with a colon, as in: mote fs cp notes.txt :/data/"""
    from mote.device.copy import Copy

    with opened(device) as (_, files):
        copy = Copy(files, recursive, force)
        for source in sources:
            copy.copy(source, target, len(sources) > 1)
    if as_json:
        console.print_json({"copied": copy.copied, "same": copy.same, "bytes": copy.bytes})
    else:
        skipped = f", {console.number(len(copy.same), 'file')} there already" if copy.same else ""
        console.Report().line(f"{console.number(len(copy.copied), 'file')} copied, {console.size(copy.bytes)}{skipped}.")
    return ExitCode.OK


@command.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("-o", "--output", required=True, type=click.Path(dir_okay=False, path_type=Path), help="Where the image goes.")
@click.option("--board", "--for", "board", metavar="BOARD", help="As large as this board's region for files, with its blocks.")
@click.option("--size", metavar="BYTES[K|M]", help="Size of the image; otherwise the board's, or 1M.")
@click.option("--block", metavar="BYTES[K|M]", help="What flash erases at once; otherwise the board's, or 4K.")
@json_option
def image(folder: Path, output: Path, board: str | None, size: str | None, block: str | None, as_json: bool) -> int:
    """Make an image of the files in FOLDER, for a device's flash or for mote run --files. Needs no device."""
    from mote.fsimage import make_image, shape_of

    shape = shape_of(board, size, block)
    data, contents = make_image(folder, shape)
    output.write_bytes(data)
    if as_json:
        console.print_json({"size": shape.size, "block": shape.block, **vars(contents)})
    else:
        holds = f"{console.number(contents.files, 'file')}, {console.size(contents.bytes)}; {console.size(contents.free)} free"
        console.Report().line(f"{output}: {console.size(shape.size)} in blocks of {console.size(shape.block)}; {holds}.")
    return ExitCode.OK


@command.command(name="format")
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@device_option
def make_empty(yes: bool, device: str | None) -> int:
    """Remove all files, also when the file system is damaged; the device starts anew."""
    from mote.device.files import FORMAT, FORMAT_ARGV
    from mote.device.find import open_device
    from mote.device.restart import restart

    with open_device(device) as found:
        if not yes and not sys.stdin.isatty():
            raise UserError("this removes all files", found.name, "Add --yes when that is meant.", ExitCode.USAGE)
        if not yes and not click.confirm(f"Remove all files of {found.title}?"):
            return ExitCode.FAILED
        error = restart(found, FORMAT, {"argv": FORMAT_ARGV}).get("files_error")
        if error:
            raise UserError(f"formatting failed: {error}", found.name, "Try again; if it stays so, its flash is worn out.")
        console.Report().line(f"{found.title} has an empty file system.")
    return ExitCode.OK


class opened:
    """`with`: a device and its files; one without files is refused."""

    def __init__(self, device: str | None) -> None:
        self.name = device

    def __enter__(self) -> tuple[Any, Any]:
        from mote.device.files import Files
        from mote.device.find import open_device

        self.device = open_device(self.name)
        info = self.device.info
        if not info.get("files"):
            self.device.client.close()
            what = str(info.get("files_error") or "this device has no file system")
            is_damaged = "damaged" in what
            remedy = "An empty one makes: mote fs format" if is_damaged else ""
            raise UserError(what, self.device.name, remedy, ExitCode.FAILED if is_damaged else ExitCode.INCOMPATIBLE)
        return self.device, Files(self.device.client)

    def __exit__(self, *_: object) -> None:
        self.device.client.close()


def absolute(path: str) -> str:
    """A path on a device; the colon that `cp` wants is allowed everywhere."""
    from mote.device.files import absolute

    return absolute(path.removeprefix(":"))
