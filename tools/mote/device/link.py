"""A stream of bytes to a device: a serial port, a pty, a socket, a process of our own. The only file that knows
`pyserial`.
"""

import contextlib
import errno
import os
import select
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

from mote.errors import ExitCode, UserError, reason

BAUD = 115200
STALL_S = 5.0  # a line that takes nothing for so long is stuck
CONNECT_S = 5.0
CHUNK = 65536


class LinkError(UserError):
    """The stream failed."""

    def __init__(self, what: str, where: str = "", remedy: str = "", code: int = ExitCode.LINK) -> None:
        super().__init__(what, where, remedy, code)


class LinkLostError(LinkError):
    """The other end has gone."""


class Link(Protocol):
    """What a stream can do; `name` is what a person calls it."""

    name: str
    baud: int  # 0: as fast as it goes

    def read(self, timeout_s: float) -> bytes:
        """What has come, at least a byte unless the time is over. LinkLostError when nothing will come any more."""

    def write(self, data: bytes) -> None:
        """Send all of it."""

    def close(self) -> None:
        """End it; more than once does no harm."""


class FileLink:
    """A stream that has a file descriptor. What comes while it sends is kept, so that two ends that both write cannot
    block each other.
    """

    def __init__(self, name: str, holder: Any, baud: int = 0) -> None:
        self.name = name
        self.baud = baud
        self.holder = holder
        self.fd: int = holder.fileno()
        self._kept = b""
        os.set_blocking(self.fd, False)

    def read(self, timeout_s: float) -> bytes:
        """See Link."""
        if self._kept:
            kept, self._kept = self._kept, b""
            return kept
        ready, _, _ = select.select([self.fd], [], [], max(timeout_s, 0))
        return self._take() if ready else b""

    def _take(self) -> bytes:
        """What is there."""
        try:
            data = os.read(self.fd, CHUNK)
        except BlockingIOError:
            return b""
        except OSError as error:
            raise LinkLostError(f"the connection was lost: {reason(error)}", self.name) from error
        if not data:
            raise LinkLostError("the connection was lost", self.name)
        return data

    def write(self, data: bytes) -> None:
        """See Link."""
        view = memoryview(data)
        while view:
            readable, writable, _ = select.select([self.fd], [self.fd], [], STALL_S)
            if readable:
                self._kept += self._take()
            if writable:
                view = view[self._give(view) :]
            if not readable and not writable:
                raise LinkError(f"it takes nothing since {STALL_S:.0f} s", self.name, "Is the device halted, or flow control on?")

    def _give(self, data: memoryview) -> int:
        """Send some of it; how much."""
        try:
            return os.write(self.fd, data[:CHUNK])
        except BlockingIOError:
            return 0
        except OSError as error:
            raise LinkLostError(f"the connection was lost: {reason(error)}", self.name) from error

    def close(self) -> None:
        """See Link."""
        with contextlib.suppress(OSError):
            self.holder.close()


class PortLink:
    """A stream that pyserial serves without a file descriptor, for instance rfc2217://."""

    def __init__(self, name: str, port: Any, baud: int = 0) -> None:
        self.name = name
        self.baud = baud
        self.port = port

    def read(self, timeout_s: float) -> bytes:
        """See Link."""
        self.port.timeout = timeout_s
        with self._lost():
            return self.port.read(max(1, min(self.port.in_waiting, CHUNK)))

    def write(self, data: bytes) -> None:
        """See Link."""
        with self._lost():
            self.port.write(data)

    @contextlib.contextmanager
    def _lost(self) -> Iterator[None]:
        """Pyserial's errors as ours."""
        try:
            yield
        except OSError as error:
            raise LinkLostError(f"the connection was lost: {reason(error)}", self.name) from error

    def close(self) -> None:
        """See Link."""
        with contextlib.suppress(OSError):
            self.port.close()


def open_socket(name: str, host: str, port: int) -> Link:
    """A TCP connection."""
    try:
        connection = socket.create_connection((host, port), CONNECT_S)
    except OSError as error:
        remedy = f"Is something listening on port {port} of {host}?"
        raise LinkError(f"cannot connect: {reason(error)}", name, remedy) from error
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return FileLink(name, connection)


def open_port(name: str, url: str = "", baud: int = BAUD) -> Link:
    """A serial port, a pty, or a URL that pyserial knows."""
    import serial

    url = url or name
    try:
        port = serial.serial_for_url(url, baudrate=baud, timeout=0, do_not_open=True)
        if hasattr(port, "exclusive") and "://" not in url:
            port.exclusive = True
        port.open()
    except (OSError, ValueError) as error:
        raise refused(name, url, error) from error
    try:
        return FileLink(name, port, baud)
    except (OSError, AttributeError):
        return PortLink(name, port, baud)


def refused(name: str, url: str, error: Exception) -> LinkError:
    """Why a port could not be opened, and what mends that."""
    number = getattr(error, "errno", None)
    if number in (errno.EACCES, errno.EPERM):
        return LinkError("permission denied", name, f"Run: sudo usermod -aG {group_of(url)} $USER, then log in again.")
    if number in (errno.EBUSY, errno.EAGAIN) or "exclusively" in str(error):
        holder = holder_of(url)
        return LinkError(f"the port is in use{f' by {holder}' if holder else ''}", name, "End that program, then try again.")
    if number in (errno.ENOENT, errno.ENODEV, errno.ENXIO):
        return LinkError("there is no such port", name, "Run: mote device list", ExitCode.NO_DEVICE)
    what = reason(error) if isinstance(error, OSError) and error.strerror else str(error)
    return LinkError(f"cannot open the port: {what}", name)


def group_of(path: str) -> str:
    """The group that may use a port."""
    try:
        return Path(path).group()
    except (OSError, KeyError):
        return "dialout"


def holder_of(path: str) -> str:
    """The process that has a file open, as 'screen (process 4711)'; empty when it cannot be told."""
    try:
        target = Path(path).resolve()
    except OSError:
        return ""
    for folder in Path("/proc").glob("[0-9]*/fd"):
        with contextlib.suppress(OSError):
            if folder.parent.name != str(os.getpid()) and any(link.readlink() == target for link in folder.iterdir()):
                return f"{(folder.parent / 'comm').read_text().strip()} (process {folder.parent.name})"
    return ""
