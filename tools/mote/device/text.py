"""What a module prints, for a terminal: its control characters and escapes are shown, not obeyed."""

import re

CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]|\r(?!\n)")


def harmless(data: bytes) -> str:
    """The text; a newline and a tab are all that a module may do to the terminal."""
    return CONTROL.sub(lambda match: f"\\x{ord(match[0]):02x}", data.decode(errors="replace")).replace("\r\n", "\n")
