"""Frames and text on one line: what is sent comes out again, whatever lies between and however the bytes are cut;
damage costs one message.
"""

import random
import re

import pytest

from mote.device.framing import FRAME_KEPT_MAX, LINE_MAX, Demux, frame


class Line:
    """The receiving end of a line."""

    def __init__(self) -> None:
        self.text = b""
        self.demux = Demux(self.take)

    def take(self, data: bytes) -> None:
        """Text that was found."""
        self.text += data

    def feed(self, data: bytes, cut: int = 0) -> list[bytes]:
        """The messages in some bytes, given in pieces of `cut`."""
        pieces = [data[at : at + cut] for at in range(0, len(data), cut)] if cut else [data]
        return [message for piece in pieces for message in self.demux.feed(piece)]


def message(size: int, seed: int = 1) -> bytes:
    """Any bytes."""
    return random.Random(seed * 65537 + size).randbytes(size)


@pytest.mark.parametrize("size", [0, 1, 8, 88, 89, 90, 91, 92, 500, 2044, 65533])
@pytest.mark.parametrize("cut", [1, 2, 7, 0])
def test_what_is_sent_comes_out(size: int, cut: int) -> None:
    if size > 3000 and cut == 1:
        cut = 3
    line = Line()
    assert line.feed(frame(message(size)), cut) == [message(size)]
    assert (line.text, line.demux.damaged) == (b"", 0)


def test_frames_are_short_lines_of_base64() -> None:
    lines = frame(message(400)).split(b"\n")
    assert lines.pop() == b""
    assert all(len(line) < LINE_MAX and re.fullmatch(rb"(\x06\x09|\x04\x14)[A-Za-z0-9+/]+=*", line) for line in lines)
    assert [line[:2] for line in lines] == [b"\x06\x09"] + [b"\x04\x14"] * (len(lines) - 1)


def test_a_known_frame() -> None:
    """As MCUmgr's documentation of the transport has it: an echo of nothing."""
    assert frame(bytes.fromhex("0000000000000000")) == b"\x06\x09AAoAAAAAAAAAAAAA\n"


@pytest.mark.parametrize("cut", [1, 3, 0])
def test_text_between_frames_is_text(cut: int) -> None:
    line = Line()
    data = b"> hello\r\n" + frame(message(300)) + b"one\x06two\x04\n" + frame(message(3)) + b"\x06x \x04y > "
    assert line.feed(data, cut) == [message(300), message(3)]
    assert line.text == b"> hello\r\none\x06two\x04\n\x06x \x04y > "


def test_lines_may_end_with_a_carriage_return() -> None:
    assert Line().feed(frame(message(300)).replace(b"\n", b"\r\n")) == [message(300)]


@pytest.mark.parametrize("seed", range(20))
def test_damage_costs_the_messages_it_hits_and_no_other(seed: int) -> None:
    """Bytes are changed, lost and doubled in one of three messages."""
    line, chance = Line(), random.Random(seed)
    bad = bytearray(frame(message(300, 2)))
    for _ in range(chance.randint(1, 5)):
        at = chance.randrange(len(bad) - 1)  # its last line feed stays: without it the next frame is hit as well
        match chance.randrange(3):
            case 0:
                bad[at] ^= 1 << chance.randrange(8)
            case 1:
                del bad[at : at + chance.randint(1, 9)]
                bad += b"" if bad.endswith(b"\n") else b"\n"
            case 2:
                bad[at:at] = bad[at : at + chance.randint(1, 9)]
    got = line.feed(frame(message(300, 1)) + bytes(bad) + frame(message(300, 3)), chance.choice((0, 1, 5)))
    assert got in ([message(300, 1), message(300, 3)], [message(300, seed=i) for i in (1, 2, 3)])


@pytest.mark.parametrize("seed", range(20))
def test_garbage_is_no_message(seed: int) -> None:
    line = Line()
    garbage = message(5000, seed + 7) + b"\x06\x09" + b"A" * 50
    assert line.feed(garbage, 11) == []
    assert line.feed(b"\n" + frame(b"12345678")) == [b"12345678"]


def test_a_frame_that_never_ends_does_not_grow() -> None:
    line = Line()
    for _ in range(100):
        assert line.feed(b"\x06\x09" + b"A" * FRAME_KEPT_MAX) == []
    assert line.feed(b"\n" + frame(b"12345678")) == [b"12345678"]


def test_a_lost_first_line_loses_the_message() -> None:
    line = Line()
    first, _, rest = frame(message(300)).partition(b"\n")
    assert line.feed(rest) == []
    assert line.demux.damaged == rest.count(b"\n")
    assert line.feed(first + b"\n" + rest) == [message(300)]
