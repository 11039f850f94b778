"""Frames on the console's line, as MCUmgr's serial transport has them, and the text between them.

A message becomes lines of base64 with its length in front and a CRC-16 behind; docs/formats/management.md says how
they share the line with text.
"""

import binascii
import struct
from collections.abc import Callable

FIRST, NEXT, END = b"\x06\x09", b"\x04\x14", b"\n"
LINE_MAX = 127  # bytes of a frame, its marks included
PIECE = (LINE_MAX - len(FIRST) - len(END)) // 4 * 4
MESSAGE_MAX = 65535 - 2
FRAME_KEPT_MAX = 4096  # a line that begins like a frame and never ends is none
LENGTH = struct.Struct(">H")


def frame(message: bytes) -> bytes:
    """The lines that carry a message."""
    body = LENGTH.pack(len(message) + 2) + message + LENGTH.pack(binascii.crc_hqx(message, 0))
    text = binascii.b2a_base64(body, newline=False)
    pieces = [text[at : at + PIECE] for at in range(0, len(text), PIECE)]
    return b"".join((NEXT if i else FIRST) + piece + END for i, piece in enumerate(pieces))


class Demux:
    """Takes what comes from a line apart: messages are returned, text goes to `on_text`. What is damaged is counted
    and forgotten.
    """

    def __init__(self, on_text: Callable[[bytes], None]) -> None:
        self.on_text = on_text
        self.damaged = 0
        self._rest = b""
        self._message = bytearray()
        self._expected = 0

    def feed(self, data: bytes) -> list[bytes]:
        """The messages that these bytes complete."""
        rest, messages = self._rest + data, []
        while rest:
            at = first_mark(rest)
            if at:
                self.on_text(rest[:at])
                rest = rest[at:]
            if len(rest) < len(FIRST):
                break
            end = rest.find(END)
            if end < 0 and len(rest) <= FRAME_KEPT_MAX:
                break
            message = self._line(rest[: end if end >= 0 else len(rest)])
            if message is not None:
                messages.append(message)
            rest = rest[end + 1 :] if end >= 0 else b""
        self._rest = rest
        return messages

    def _line(self, line: bytes) -> bytes | None:
        """A line of base64 behind its mark; the message when it is complete."""
        again = max(line.find(FIRST, 2), line.find(NEXT, 2))
        if again > 0:  # the end of the frame before was lost
            self.damaged += 1
            return self._line(line[again:])
        if line.startswith(FIRST):
            self._message.clear()
            self._expected = 0
        elif not self._message:
            return self._lost()
        try:
            self._message += binascii.a2b_base64(line[2:].rstrip(b"\r"), strict_mode=True)
        except binascii.Error:
            return self._lost()
        if len(self._message) < 2:
            return self._lost()
        self._expected = LENGTH.unpack_from(self._message)[0] + 2
        if len(self._message) < self._expected:
            return None
        return self._whole()

    def _whole(self) -> bytes | None:
        """The message, when its length and CRC are right."""
        message, crc = bytes(self._message[2:-2]), self._message[-2:]
        right = len(self._message) == self._expected and LENGTH.pack(binascii.crc_hqx(message, 0)) == crc
        self._message.clear()
        return message if right else self._lost()

    def _lost(self) -> None:
        """Forget the message that was begun."""
        self._message.clear()
        self.damaged += 1


def first_mark(data: bytes) -> int:
    """Where the first frame begins, or the byte at the end that may be half a mark; how many bytes there are, when
    none does.
    """
    places = [at for at in (data.find(FIRST), data.find(NEXT)) if at >= 0]
    if places:
        return min(places)
    return len(data) - (data[-1:] in (FIRST[:1], NEXT[:1]))
