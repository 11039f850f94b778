"""The other end of the UART: a socket, or this process's standard streams."""

import contextlib
import os
import select
import socket
import sys
import termios
import tty
from collections.abc import Iterator
from types import TracebackType

ESCAPE, END = 0x01, b"xX"  # Ctrl-A X, as in QEMU


class Line:
    """Bytes in both directions through two descriptors."""

    def __init__(self, source: int, sink: int) -> None:
        self.source = source
        self.sink = sink
        self.has_ended = False
        self.is_open = True
        self.waker, self.wakes = socket.socketpair()
        self.wakes.setblocking(False)
        os.set_blocking(sink, False)

    def interrupt(self) -> None:
        """End the waiting in `exchange` early. Any thread."""
        with contextlib.suppress(BlockingIOError):
            self.wakes.send(b"!")

    def exchange(self, room: int, waiting: bytearray, wait_s: float) -> bytes:
        """Up to `room` bytes that came; as many as go are taken out of `waiting`. Waits until something can be done."""
        readers = [self.source] if room > 0 and self.is_open else []
        writers = [self.sink] if waiting else []
        readable, writable, _ = select.select([self.waker, *readers], writers, [], wait_s)
        if self.waker in readable:
            self.waker.recv(4096)
        if writable:
            with contextlib.suppress(BlockingIOError):
                del waiting[: self.write(bytes(waiting))]
        return self.read(room) if self.source in readable else b""

    def read(self, room: int) -> bytes:
        """Bytes that are there."""
        data = os.read(self.source, room)
        self.is_open = bool(data)
        return data

    def write(self, data: bytes) -> int:
        """How many bytes went."""
        try:
            return os.write(self.sink, data)
        except (BrokenPipeError, ConnectionResetError):
            self.has_ended = True
            return len(data)


class SocketLine(Line):
    """A connected socket; when the other side closes it, the line has ended."""

    def __init__(self, connection: socket.socket) -> None:
        super().__init__(connection.fileno(), connection.fileno())
        self.connection = connection

    def read(self, room: int) -> bytes:
        """Bytes that are there."""
        data = super().read(room)
        self.has_ended = self.has_ended or not data
        return data


class TerminalLine(Line):
    """Standard streams. On a terminal each key goes through as it is, and Ctrl-A X ends it."""

    def __init__(self) -> None:
        super().__init__(sys.stdin.fileno(), sys.stdout.fileno())
        self.escaped = False
        self.saved = termios.tcgetattr(self.source) if os.isatty(self.source) else None

    def __enter__(self) -> "TerminalLine":
        if self.saved:
            tty.setraw(self.source)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        os.set_blocking(self.sink, True)
        if self.saved:
            termios.tcsetattr(self.source, termios.TCSADRAIN, self.saved)

    def read(self, room: int) -> bytes:
        """Bytes that are there, without what is for us."""
        data = super().read(room)
        return bytes(self.without_escapes(data)) if self.saved else data

    def without_escapes(self, data: bytes) -> Iterator[int]:
        """The bytes that are for the chip; Ctrl-A twice is one for it."""
        for byte in data:
            if self.escaped and byte in END:
                self.has_ended = True
            if self.escaped or byte != ESCAPE:
                yield byte
            self.escaped = byte == ESCAPE and not self.escaped
