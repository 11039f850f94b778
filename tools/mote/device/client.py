"""A conversation with a device: requests and their responses (SMP, docs/formats/management.md), sent again when one
was lost.

Each wait has a bound and says what it waited for. What else comes over the line is text and goes to `on_text`.
"""

import os
import struct
import time
from collections import deque
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mote.cbor import CborError, decode, encode
from mote.device.framing import Demux, frame
from mote.device.link import Link, LinkError
from mote.errors import ExitCode, UserError

READ, WRITE = 0, 2
VERSION_2 = 1 << 3
HEADER = struct.Struct(">BBHHBB")  # operation and version, flags, length, group, sequence, command
OS_GROUP, FILE_GROUP, SHELL_GROUP, MODULE_GROUP = 0, 8, 9, 64
PARAMETERS = 6
MESSAGE_DEFAULT = 384  # bytes, for devices that do not say
FRAME_BYTES = 4  # of a frame that share the device's buffer with the message: length and CRC
QUICK_S = 0.6  # for what the device answers at once, perhaps after erasing a sector of flash
PATIENCE = (1, 1, 1, 1.5, 2, 3, 3)  # times that, one for each try
SOON = 6  # the first try waits for so many times as long as responses usually take ...
SOON_LEAST, SOON_MOST = 0.15, 1  # ... and for these parts of the time-out
HEARD_KEPT = 400
BITS = 10  # of a byte on a serial line
BUSY, BUSY_S, BUSY_PAUSE_S = 10, 10.0, 0.05  # its number; so long a request is sent again, with pauses
HELLO_S = (0.05, 0.1, 0.2, 0.4, 0.8, 1.2)  # patience with each try of the first request

Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Command:
    """A row of docs/formats/management.md, and what a person calls it."""

    group: int
    id: int
    operation: int
    what: str


class SilenceError(LinkError):
    """No response came, or none that is one."""


class DeviceError(UserError):
    """The device has refused; `group` and `rc` say why, `what` for people."""

    def __init__(self, command: Command, group: int, rc: int, message: str, where: str) -> None:
        code = ExitCode.INCOMPATIBLE if (group, rc) == (MODULE_GROUP, 7) else ExitCode.FAILED
        super().__init__(message or refusal(command, group, rc), where, code=code)
        self.group = group
        self.rc = rc


class BusyError(DeviceError):
    """The device works at something else, for longer than we had patience."""


# What `rc` means: of any group, and of a group of its own (version 2).
GENERAL = {
    1: "it does not know why", 2: "it has no memory for that", 3: "it does not understand the request", 4: "it took too long",
    5: "there is no such thing", 6: "its state does not allow that", 7: "the response is too large",
    8: "it does not know this request",
    9: "the request is malformed", 10: "it is busy", 11: "access is denied",
}  # fmt: skip
OF_GROUP = {
    (FILE_GROUP, 2): "the name is invalid", (FILE_GROUP, 3): "there is no such file", (FILE_GROUP, 4): "it is a directory",
    (FILE_GROUP, 5): "opening failed: is it in use?", (FILE_GROUP, 6): "seeking in the file failed",
    (FILE_GROUP, 7): "reading failed",
    (FILE_GROUP, 8): "cutting the file failed", (FILE_GROUP, 9): "deleting failed",
    (FILE_GROUP, 10): "writing failed: is it full?",
    (FILE_GROUP, 11): "the offset is not valid", (FILE_GROUP, 12): "the offset lies behind the file's end",
    (FILE_GROUP, 13): "it does not know this checksum", (FILE_GROUP, 14): "nothing is mounted there",
    (FILE_GROUP, 15): "it is read-only",
    (FILE_GROUP, 16): "the file is empty",
}  # fmt: skip


def refusal(command: Command, group: int, rc: int) -> str:
    """A device's number as a sentence."""
    return f"{command.what}: {OF_GROUP.get((group, rc)) or GENERAL.get(rc, f'error {rc} of group {group}')}"


@dataclass(slots=True)
class Response:
    """What answers a request."""

    sequence: int
    group: int
    id: int
    body: dict[str, Any] | None  # None: it is not CBOR, or not as it should be


@dataclass(slots=True)
class Counts:
    """How a conversation went."""

    requests: int = 0
    repeated: int = 0
    sent_bytes: int = 0
    taken_bytes: int = 0


@dataclass(slots=True)
class Client:
    """Speaks with a device over a link. Not for several threads."""

    link: Link
    on_text: Callable[[bytes], None] | None = None
    counts: Counts = field(default_factory=Counts)
    heard: bytes = b""
    answered: bool = False
    _sequence: int = field(default_factory=lambda: os.urandom(1)[0])
    _once: int = field(default_factory=lambda: int.from_bytes(os.urandom(4), "little"))
    _message_max: int = 0
    _unclear: bool = False  # a response came that is none
    usual_s: float = QUICK_S  # how long responses to quick requests take
    _free_at: float = 0.0  # when the line has carried all that was sent
    _last_s: float = 0.0  # so long it takes for the last message
    _came: deque[Response] = field(default_factory=deque)  # behind the response that was waited for
    _demux: Demux = field(init=False)

    def __post_init__(self) -> None:
        self._demux = Demux(self._text)

    def _text(self, data: bytes) -> None:
        """Text from the line."""
        self.heard = (self.heard + data)[-HEARD_KEPT:]
        if self.on_text:
            self.on_text(data)

    def request(
        self, command: Command, body: Body | None = None, timeout_s: float = QUICK_S, tries: int = len(PATIENCE)
    ) -> dict[str, Any]:
        """The response's map. A request that gets none within the time-out is sent again, with more patience each
        time.
        """
        patience = [timeout_s * factor for factor in PATIENCE[:tries]]
        if tries > 1:
            patience[0] = self.soon_s(timeout_s)
        return self.attempt(command, body, patience)

    def soon_s(self, timeout_s: float) -> float:
        """How long to wait for a response before the request is sent once more, when it is known how long they
        usually take.
        """
        return timeout_s * min(max(self.usual_s * SOON / timeout_s, SOON_LEAST), SOON_MOST)

    def request_once(self, command: Command, body: Body | None = None, timeout_s: float = QUICK_S) -> dict[str, Any]:
        """A request of group 64 that must not act twice: the device knows it again by its number."""
        self._once = (self._once + 1) & 0xFFFFFFFF
        return self.request(command, {**(body or {}), "once": self._once}, timeout_s)

    def hello(self, command: Command) -> dict[str, Any]:
        """The first request: the device may just be starting."""
        return self.attempt(command, None, HELLO_S)

    def attempt(self, command: Command, body: Body | None, patience: Sequence[float]) -> dict[str, Any]:
        """A request with a time-out for each try, sent anew as long as the device is busy."""
        end = time.monotonic() + BUSY_S
        while True:
            try:
                return self.attempt_now(command, body, patience)
            except BusyError:
                if time.monotonic() > end:
                    raise
            time.sleep(BUSY_PAUSE_S)

    def attempt_now(self, command: Command, body: Body | None, patience: Sequence[float]) -> dict[str, Any]:
        """A request with a time-out for each try. A late response to an earlier try counts."""
        posted: dict[int, float] = {}
        for i, timeout_s in enumerate(patience):
            sequence = self.post(command, body)
            posted[sequence] = self.sent_at()
            self.counts.repeated += i > 0
            response = self.await_any(command, posted, timeout_s)
            if response:
                self.note_time(posted[response.sequence])
                return self.checked(command, response)
        raise self.silence(command, sum(patience))

    def note_time(self, since: float) -> None:
        """A response came that was waited for since then: slower ones count at once, faster ones little by little."""
        seconds = max(time.monotonic() - since, 0)
        self.usual_s = max(seconds, self.usual_s * 0.8 + seconds * 0.2) if self.answered else seconds
        self.answered = True

    def post(self, command: Command, body: Body | None = None) -> int:
        """Send a request without waiting; its sequence number."""
        self._sequence = (self._sequence + 1) & 0xFF
        data = encode(dict(body or {}))
        head = HEADER.pack(command.operation | VERSION_2, 0, len(data), command.group, self._sequence, command.id)
        lines = frame(head + data)
        self.counts.requests += 1
        self.counts.sent_bytes += len(lines)
        self.link.write(lines)
        self._last_s = len(lines) * BITS / self.link.baud if self.link.baud else 0.0
        self._free_at = self.sent_at() + self._last_s
        return self._sequence

    def sent_at(self) -> float:
        """When all that was posted has gone over the line."""
        return max(self._free_at, time.monotonic())

    def has_arrived(self, sequence: int) -> None:
        """A message was answered: nothing but a later one is still on its way, however fast the line really is."""
        rest_s = 0.0 if sequence == self._sequence else self._last_s
        self._free_at = min(self._free_at, time.monotonic() + rest_s)

    def await_any(self, command: Command, sequences: Collection[int], timeout_s: float) -> Response | None:
        """The response to one of these requests for a command, None when the time is over, which begins when they have
        been sent. Responses to others are forgotten.
        """
        end = self.sent_at() + timeout_s
        while True:
            if not self._came:
                self._came += self.take(end - time.monotonic())
            while self._came:
                response = self._came.popleft()
                is_meant = response.sequence in sequences and (response.group, response.id) == (command.group, command.id)
                if is_meant and response.body is not None:
                    self.has_arrived(response.sequence)
                    return response
                self._unclear = self._unclear or is_meant
            if time.monotonic() >= end:
                return None

    def take(self, timeout_s: float) -> list[Response]:
        """Responses that come within the time: returns as soon as there are bytes."""
        data = self.link.read(max(timeout_s, 0))
        self.counts.taken_bytes += len(data)
        found = (parse(message) for message in self._demux.feed(data))
        return [response for response in found if response]

    def checked(self, command: Command, response: Response) -> dict[str, Any]:
        """The map of a response that is no error."""
        body = response.body or {}
        error = body.get("err")
        group, rc = (
            (error.get("group", command.group), error.get("rc", 1))
            if isinstance(error, dict)
            else (command.group, body.get("rc", 0))
        )
        if rc == BUSY and not isinstance(error, dict):
            raise BusyError(command, OS_GROUP, rc, "", self.link.name)
        if rc:
            message = body.get("msg") or body.get("rsn") or ""
            raise DeviceError(command, group, rc, message if isinstance(message, str) else "", self.link.name)
        return body

    def silence(self, command: Command, waited_s: float) -> SilenceError:
        """Nothing came: what was waited for, and what came instead."""
        if self._unclear:
            self._unclear = False
            remedy = "Is this command as new as the device's firmware? See: mote --version, mote device info"
            return SilenceError(f"the answer was not understood, to: {command.what}", self.link.name, remedy)
        if self.answered:
            remedy = "It answered before: was it unplugged or switched off, or is the line noisy?"
        elif self.heard:
            last = self.heard.decode(errors="replace").strip().splitlines()[-1:] or [""]
            remedy = f"The line said: {last[0]!r}. Does mote's firmware run there?"
        else:
            remedy = "Nothing came at all: is it the right port, and does mote's firmware run there?"
        return SilenceError(f"no answer within {waited_s:.1f} s to: {command.what}", self.link.name, remedy)

    @property
    def message_max(self) -> int:
        """Bytes of the largest message that the device takes, header included."""
        if not self._message_max:
            try:
                told = self.request(Command(OS_GROUP, PARAMETERS, READ, "how large messages may be"))
                self._message_max = max(int(told.get("buf_size", MESSAGE_DEFAULT)) - FRAME_BYTES, 64)
            except DeviceError:
                self._message_max = MESSAGE_DEFAULT
        return self._message_max

    def room(self, body: Body) -> int:
        """How many bytes of data fit into a message beside what `body` holds already."""
        return self.message_max - HEADER.size - len(encode(dict(body))) - 4  # CBOR's own bytes for a longer text of bytes

    def close(self) -> None:
        """End the conversation."""
        self.link.close()


def parse(message: bytes) -> Response | None:
    """A message as a response; None when it is none."""
    if len(message) < HEADER.size:
        return None
    operation, _, length, group, sequence, command = HEADER.unpack_from(message)
    if operation & 7 not in (READ + 1, WRITE + 1) or length != len(message) - HEADER.size:
        return None
    try:
        body = decode(message[HEADER.size :])
    except CborError:
        body = None
    return Response(sequence, group, command, body if isinstance(body, dict) else None)
