"""Draws what programs take of flash and RAM: one page that needs nothing else, made from treemap.html."""

import html
import json
from collections.abc import Sequence
from pathlib import Path

from footprint import Footprint

TEMPLATE = Path(__file__).with_name("treemap.html")


def write_treemap(path: Path, title: str, footprints: Sequence[Footprint]) -> None:
    """Write the page for some programs."""
    programs = {footprint.program: footprint.as_data() for footprint in footprints}
    data = json.dumps(programs, separators=(",", ":")).replace("<", "\\u003c")  # no name can end the script
    text = TEMPLATE.read_text(encoding="utf-8").replace("@TITLE@", html.escape(title)).replace("@DATA@", data)
    path.write_text(text, encoding="utf-8")
