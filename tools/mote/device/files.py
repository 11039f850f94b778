"""Files on a device: MCUmgr's file group, and directories by group 64 (docs/formats/management.md)."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from mote.device.client import FILE_GROUP, MODULE_GROUP, READ, SHELL_GROUP, WRITE, Client, Command, DeviceError
from mote.device.link import LinkError
from mote.device.modules import NOT_FOUND
from mote.device.transfer import Piece, Sender
from mote.errors import UserError

UPLOAD = Command(FILE_GROUP, 0, WRITE, "writing a file")
DOWNLOAD = Command(FILE_GROUP, 0, READ, "reading a file")
STATUS = Command(FILE_GROUP, 1, READ, "size of a file")
HASH = Command(FILE_GROUP, 2, READ, "checksum of a file")
DIRECTORY = Command(MODULE_GROUP, 13, READ, "reading a directory")
MAKE_DIRECTORY = Command(MODULE_GROUP, 13, WRITE, "making a directory")
REMOVE = Command(MODULE_GROUP, 14, WRITE, "removing a file")
FORMAT, FORMAT_ARGV = Command(SHELL_GROUP, 0, WRITE, "formatting"), ["format", "yes"]
SLOW_S = 2.0  # flash is erased meanwhile
NO_FILE = {(FILE_GROUP, 3), (MODULE_GROUP, NOT_FOUND)}


@dataclass(frozen=True, slots=True)
class Entry:
    """A file or, without a size, a directory."""

    path: str
    size: int | None

    @property
    def name(self) -> str:
        """The last part of its path."""
        return PurePosixPath(self.path).name


@dataclass(slots=True)
class Files:
    """The file system of a device. Paths are absolute."""

    client: Client

    def list(self, path: str) -> list[Entry]:
        """What is in a directory, by name."""
        found: list[Entry] = []
        at: int | None = 0
        while at is not None:
            page = self._named(path, DIRECTORY, {"path": path} | ({"from": at} if at else {}))
            found += [Entry(join(path, row["n"]), row.get("size")) for row in page.get("files", ()) if is_name(row["n"])]
            at = page.get("next")
        return sorted(found, key=lambda entry: entry.path)

    def walk(self, path: str) -> Iterator[Entry]:
        """All that is below a directory, a directory before what is in it."""
        for entry in self.list(path):
            yield entry
            if entry.size is None:
                yield from self.walk(entry.path)

    def find(self, path: str) -> Entry | None:
        """The file or directory at a path, None when there is none."""
        if path == "/":
            return Entry("/", None)
        try:
            siblings = self.list(str(PurePosixPath(path).parent))
        except DeviceError as error:
            if (error.group, error.rc) in NO_FILE:
                return None
            raise
        return next((entry for entry in siblings if entry.path == path), None)

    def read(self, path: str, progress: Callable[[int, int], None] | None = None) -> bytes:
        """A file's contents."""
        data, size = bytearray(), None
        while size is None or len(data) < size:
            told = self._named(path, DOWNLOAD, {"name": path, "off": len(data)})
            size = told.get("len", size) if not data else size
            piece = told.get("data", b"")
            if told.get("off", len(data)) != len(data) or (not piece and len(data) < (size or 0)):
                raise LinkError(
                    f"the device gives no bytes behind byte {len(data)}", path, "Did the file change meanwhile? Try again."
                )
            data += piece
            if size is None:
                break
            if progress:
                progress(len(data), size)
        return bytes(data)

    def write(self, path: str, data: bytes, progress: Callable[[int, int], None] | None = None) -> None:
        """Write a file anew."""

        def body(piece: Piece) -> dict[str, Any]:
            first = {"len": len(data)} if piece.offset == 0 else {}
            return {"off": piece.offset, "name": path, "data": piece.data} | first

        with named(path):
            Sender(self.client, UPLOAD, data, body, SLOW_S, progress).send()

    def size(self, path: str) -> int | None:
        """A file's size, None when there is none."""
        try:
            return self.client.request(STATUS, {"name": path})["len"]
        except DeviceError as error:
            if (error.group, error.rc) in NO_FILE:
                return None
            raise

    def sha256(self, path: str) -> bytes:
        """A file's checksum, made by the device."""
        return self._named(path, HASH, {"name": path, "type": "sha256"})["output"]

    def is_same(self, path: str, data: bytes) -> bool:
        """Whether a file has exactly these contents."""
        if self.size(path) != len(data):
            return False
        return not data or self.sha256(path) == hashlib.sha256(data).digest()

    def make_directory(self, path: str) -> None:
        """Make a directory; its parent is there."""
        self._named(path, MAKE_DIRECTORY, {"path": path}, once=True)

    def remove(self, path: str) -> None:
        """Remove a file or an empty directory."""
        self._named(path, REMOVE, {"path": path}, once=True)

    def _named(self, path: str, command: Command, body: dict[str, Any], once: bool = False) -> dict[str, Any]:
        """A request about a path, which a refusal names."""
        with named(path):
            return (self.client.request_once if once else self.client.request)(command, body, SLOW_S)


class named:
    """`with`: a refusal that leaves it names the file."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type | None, error: BaseException | None, trace: object) -> None:
        if isinstance(error, DeviceError):
            error.where = self.path
            if (error.group, error.rc) in NO_FILE and not error.remedy:
                error.remedy = "See what is there: mote fs ls"


def is_name(name: str) -> bool:
    """Whether a device's name for a file is one: what leads elsewhere must not lead us there."""
    return "/" not in name and "\0" not in name and name not in ("", ".", "..")


def join(folder: str, name: str) -> str:
    """A path in a directory."""
    return f"{folder.rstrip('/')}/{name}"


def absolute(path: str) -> str:
    """A path on a device in the one form that it understands."""
    parts = [part for part in path.split("/") if part not in ("", ".")]
    if ".." in parts:
        raise UserError("'..' is not allowed in a path on a device", path)
    return "/" + "/".join(parts)
