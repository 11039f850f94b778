"""Copies files between this machine and a device; what is there already with the same contents is left alone."""

import posixpath
from dataclasses import dataclass, field
from pathlib import Path

from mote.device.files import Files, absolute
from mote.device.show import Sending
from mote.errors import ExitCode, UserError, reason

REMOTE = ":"


@dataclass(slots=True)
class Copy:
    """What was copied, and what did not need to be."""

    files: Files
    recursive: bool = False
    force: bool = False
    copied: list[str] = field(default_factory=list)
    same: list[str] = field(default_factory=list)
    bytes: int = 0

    def copy(self, source: str, target: str, into: bool) -> None:
        """Copy a file or folder; `into` says that the target is to be a folder."""
        here, there = source.startswith(REMOTE), target.startswith(REMOTE)
        if here == there:
            what = "neither path is on the device" if not here else "both paths are on the device"
            raise UserError(what, f"{source} {target}", "One begins with a colon: mote fs cp notes.txt :/data/", ExitCode.USAGE)
        if there:
            self.send(Path(source), target.removeprefix(REMOTE), into)
        else:
            self.fetch(absolute(source.removeprefix(REMOTE)), Path(target), into or target.endswith("/"))

    def send(self, source: Path, target: str, into: bool) -> None:
        """From this machine to the device."""
        path = absolute(target)
        entry = self.files.find(path)
        if into or target.endswith("/") or (entry and entry.size is None):
            path = absolute(f"{path}/{source.resolve().name}")
        if source.is_dir():
            self.need_recursive(str(source))
            self.send_folder(source, path)
        else:
            self.send_file(source, path)

    def send_folder(self, source: Path, path: str) -> None:
        """A folder with all that is in it."""
        self.make_directory(path)
        for child in sorted(source.iterdir()):
            if child.is_dir():
                self.send_folder(child, f"{path}/{child.name}")
            elif child.is_file():
                self.send_file(child, f"{path}/{child.name}")

    def send_file(self, source: Path, path: str) -> None:
        """One file."""
        try:
            data = source.read_bytes()
        except OSError as error:
            raise UserError(f"cannot read the file: {reason(error)}", str(source)) from error
        if not self.force and self.files.is_same(path, data):
            self.same.append(path)
            return
        self.make_directory(posixpath.dirname(path))
        with Sending(path) as bar:
            self.files.write(path, data, bar)
        self.note(path, len(data))

    def make_directory(self, path: str) -> None:
        """A directory and those above it, where they are missing."""
        if path != "/" and not self.files.find(path):
            self.make_directory(posixpath.dirname(path))
            self.files.make_directory(path)

    def fetch(self, path: str, target: Path, into: bool) -> None:
        """From the device to this machine."""
        entry = self.files.find(path)
        if entry is None:
            raise UserError("there is no such file on the device", path, "See what is there: mote fs ls")
        if into or target.is_dir():
            target = target / entry.name
        if entry.size is not None:
            self.fetch_file(path, target)
            return
        self.need_recursive(path)
        target.mkdir(parents=True, exist_ok=True)
        for below in self.files.walk(path):
            place = target / posixpath.relpath(below.path, path)
            if below.size is None:
                place.mkdir(parents=True, exist_ok=True)
            else:
                self.fetch_file(below.path, place)

    def fetch_file(self, path: str, target: Path) -> None:
        """One file."""
        from mote.output import write_output

        if not self.force and target.is_file() and self.files.is_same(path, target.read_bytes()):
            self.same.append(str(target))
            return
        with Sending(path) as bar:
            data = self.files.read(path, bar)
        target.parent.mkdir(parents=True, exist_ok=True)
        write_output(target, data)
        self.note(str(target), len(data))

    def need_recursive(self, path: str) -> None:
        """Folders are copied only when that is asked for."""
        if not self.recursive:
            raise UserError("is a folder", path, "Copy it with all that is in it: mote fs cp -r", ExitCode.USAGE)

    def note(self, path: str, size: int) -> None:
        """A file was copied."""
        self.copied.append(path)
        self.bytes += size
