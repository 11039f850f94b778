"""The guest programs of this room."""

from pathlib import Path

from support.guests import compile_guest


def guest(name: str, *flags: str) -> Path:
    """The module of guests/NAME.c; with "-g" its functions have names."""
    return compile_guest(Path(__file__).parent / "guests" / f"{name}.c", flags)
