"""The conversation with a device: answers that are none, and devices that are busy."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from mote.cbor import encode
from mote.device.client import HEADER, OS_GROUP, WRITE, Client, Command, SilenceError
from mote.device.framing import Demux, frame
from mote.device.link import FileLink

ECHO = Command(OS_GROUP, 0, WRITE, "echo")


@contextmanager
def answering(bodies: list[bytes]) -> Iterator[Client]:
    """A client at a line on which the next requests are answered by these bodies."""
    ours, theirs = socket.socketpair()

    def serve() -> None:
        demux = Demux(lambda text: None)
        while bodies and (data := theirs.recv(4096)):
            for message in demux.feed(data):
                operation, _, _, group, sequence, command = HEADER.unpack_from(message)
                body = bodies.pop(0)
                theirs.sendall(frame(HEADER.pack(operation + 1, 0, len(body), group, sequence, command) + body))

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    client = Client(FileLink("line", ours))
    yield client
    client.close()
    thread.join(5)
    theirs.close()


@pytest.mark.parametrize("body", [b"\xa1\x61r\x61\xff", b"\xa1", b"\x83\x01\x02\x03"], ids=["utf-8", "short", "list"])
def test_an_answer_that_is_none_is_said_to_be_so(body: bytes) -> None:
    with answering([body]) as client, pytest.raises(SilenceError) as caught:
        client.attempt(ECHO, {"d": "?"}, [0.2])
    assert str(caught.value).startswith("line: the answer was not understood, to: echo")


def test_an_answer_that_is_none_may_be_followed_by_one() -> None:
    with answering([b"\xa1", encode({"r": "?"})]) as client:
        assert client.attempt(ECHO, {"d": "?"}, [0.2, 1.0]) == {"r": "?"}


def test_an_answer_to_another_command_is_not_taken() -> None:
    """It may be left over from a command that was interrupted; numbers come round."""
    other = Command(OS_GROUP, 5, WRITE, "reset")
    with answering([encode({"r": "?"})]) as client:
        sequence = client.post(ECHO, {"d": "?"})
        assert client.await_any(other, {sequence}, 0.2) is None


def test_a_busy_device_is_asked_again() -> None:
    with answering([encode({"rc": 10})] * 3 + [encode({"r": "?"})]) as client:
        assert client.attempt(ECHO, {"d": "?"}, [1.0]) == {"r": "?"}
