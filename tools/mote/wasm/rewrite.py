"""Writes a module again without some of its custom sections; everything else keeps its bytes."""

from collections.abc import Callable

from mote.wasm.module import check_header, section_header
from mote.wasm.reader import Reader


def without_custom(data: bytes, unwanted: Callable[[str], bool]) -> bytes:
    """The module without the custom sections whose name is unwanted. MalformedError when its frame is broken."""
    reader = Reader(data)
    check_header(reader)
    kept = [data[: reader.pos]]
    while reader.left:
        section, _ = section_header(reader)
        if section.id or not unwanted(section.name):
            kept.append(data[section.offset : section.end])
    return b"".join(kept)
