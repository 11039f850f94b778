"""Sending many bytes: the line is never idle, and whatever is lost, doubled or refused, the device ends with the bytes."""

import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from mote.cbor import decode, encode
from mote.device.client import HEADER, MODULE_GROUP, WRITE, Client, Command, DeviceError, SilenceError
from mote.device.framing import Demux, frame
from mote.device.link import FileLink
from mote.device.transfer import Piece, Sender

UPLOAD = Command(MODULE_GROUP, 1, WRITE, "sending")
DATA = bytes(range(256)) * 40
MESSAGE_BYTES = 1000


@dataclass
class Store:
    """What takes the bytes at the other end as mote's firmware does: `fault` may give another answer to request number N,
    or none (False), before or after it was taken.
    """

    fault: Callable[[int, str], dict[str, Any] | bool | None] = lambda number, when: None
    taken: bytearray = field(default_factory=bytearray)
    waiting: list[int] = field(default_factory=list)  # messages that had come already when one was answered
    requests: int = 0

    def answer(self, body: dict[str, Any]) -> dict[str, Any] | bool:
        """The response; False: none."""
        self.requests += 1
        told = self.fault(self.requests, "before")
        if told is None:
            told = self.take(body["off"], body["data"])
            other = self.fault(self.requests, "after")
            told = told if other is None else other
        return told

    def take(self, offset: int, data: bytes) -> dict[str, Any]:
        if offset <= len(self.taken):
            self.taken += data[len(self.taken) - offset :]
        return {"off": len(self.taken)}


def send(store: Store, goes_ahead: bool = True, baud: int = 0) -> tuple[int, Client]:
    """Send the bytes to it; each request is answered only when the line has been silent for a moment. `baud` is what the line
    is said to do: it does far more.
    """
    ours, theirs = socket.socketpair()
    inbox: list[bytes] = []

    def serve() -> None:
        demux = Demux(lambda text: None)
        theirs.settimeout(0.03)
        while True:
            try:
                data = theirs.recv(65536)
            except TimeoutError:
                if inbox:
                    respond(inbox.pop(0))
                continue
            except OSError:
                return
            if not data:
                return
            inbox.extend(demux.feed(data))

    def respond(message: bytes) -> None:
        operation, _, _, group, sequence, command = HEADER.unpack_from(message)
        if command != UPLOAD.id:
            body: Any = {"buf_size": MESSAGE_BYTES, "buf_count": 1}
        else:
            body = store.answer(decode(message[HEADER.size :]))
            store.waiting.append(len(inbox))
        if body is not False:
            data = encode(body)
            theirs.sendall(frame(HEADER.pack(operation + 1, 0, len(data), group, sequence, command) + data))

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    client = Client(FileLink("line", ours, baud))
    try:
        return Sender(client, UPLOAD, DATA, body_of, 0.4, goes_ahead=goes_ahead).send(), client
    finally:
        client.close()
        thread.join(5)
        theirs.close()


def body_of(piece: Piece) -> dict[str, Any]:
    return {"off": piece.offset, "data": piece.data}


def test_the_next_message_is_there_when_one_is_answered() -> None:
    """All but the first, at which flash is erased, and the last, behind which there is nothing."""
    store = Store()
    sent, _ = send(store)
    assert bytes(store.taken) == DATA
    assert sent == len(DATA)
    assert store.waiting == [0] + [1] * (store.requests - 2) + [0]


def test_one_at_a_time_where_the_device_wants_that() -> None:
    store = Store()
    send(store, goes_ahead=False)
    assert bytes(store.taken) == DATA
    assert set(store.waiting) == {0}


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("lost", [1, 2, 5, 11])
def test_what_is_lost_is_sent_again(when: str, lost: int) -> None:
    """The request or its response; the one that was on its way behind it does not come to a wrong place."""
    store = Store(lambda number, now: False if (number, now) == (lost, when) else None)
    send(store)
    assert bytes(store.taken) == DATA


def test_messages_become_smaller_where_each_fifth_is_lost() -> None:
    store = Store(lambda number, now: False if number % 5 == 0 and now == "before" else None)
    send(store)
    assert bytes(store.taken) == DATA


def test_a_busy_device_is_asked_again() -> None:
    store = Store(lambda number, now: {"rc": 10} if 3 <= number < 8 and now == "before" else None)
    send(store)
    assert bytes(store.taken) == DATA


def test_it_goes_on_where_the_device_is() -> None:
    """Most of the bytes were there already."""
    store = Store(taken=bytearray(DATA[:9000]))
    sent, _ = send(store)
    assert bytes(store.taken) == DATA
    assert sent < 3000


def test_each_byte_counts_once() -> None:
    """Also those of a message whose response was lost."""
    store = Store(lambda number, now: False if (number, now) == (5, "after") else None)
    assert send(store)[0] == len(DATA)


@pytest.mark.parametrize("lost", [0, 7, 11])
def test_a_line_may_be_faster_than_it_says(lost: int) -> None:
    """USB and ptys are. What a time-out adds for the line is no more than what can still be on it."""
    store = Store(lambda number, now: False if (number, now) == (lost, "before") else None)
    start = time.monotonic()
    _, client = send(store, baud=9600)
    assert bytes(store.taken) == DATA
    assert time.monotonic() - start < 5  # by its own account the line takes 15 s
    assert client.sent_at() - time.monotonic() < 0.01


def test_a_refusal_ends_it() -> None:
    refused = {"err": {"group": MODULE_GROUP, "rc": 4}, "msg": "the store is full"}
    store = Store(lambda number, now: refused if number == 4 and now == "before" else None)
    with pytest.raises(DeviceError, match="the store is full"):
        send(store)


def test_a_device_that_says_no_more_is_given_up() -> None:
    store = Store(lambda number, now: False if number > 3 else None)
    with pytest.raises(SilenceError):
        send(store)
