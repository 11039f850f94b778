"""What `mote inspect` tells about native sections."""

import json
from pathlib import Path

from aot.test_section import changed_code, with_section
from mote.aot.strip import strip_code
from tools.command import mote


def write(folder: Path, data: bytes) -> str:
    """A file of these bytes; its path."""
    path = folder / "module.wasm"
    path.write_bytes(data)
    return str(path)


def test_inspect_shows_sections_for_people(tmp_path: Path) -> None:
    done = mote("inspect", write(tmp_path, with_section(with_section(), target="x86-64", features=(), flags=4)))
    assert (done.status, done.err) == (0, "")
    lines = done.out[done.out.index("Native code") :].splitlines()
    assert lines[1].split() == (
        "rv32imc 376 ABI 1.0 checks, memory of fixed size, needs bulk-memory frames of up to 168 bytes".split()
    )
    assert "guard pages, cannot be interrupted" in lines[2]
    assert len(lines) == 3


def test_inspect_says_that_a_section_is_stale(tmp_path: Path) -> None:
    done = mote("inspect", write(tmp_path, changed_code(with_section())))
    assert done.out.splitlines()[-1] == (
        "  the code for rv32imc cannot be used: stale: the module's code has changed since"
    )


def test_inspect_reports_sections_as_data(tmp_path: Path) -> None:
    done = mote("inspect", "--json", write(tmp_path, strip_code(with_section())))
    (section,) = json.loads(done.out)["native"]
    assert section["target"] == "rv32imc"
    assert section["features"] == ["bulk-memory", "fixed-memory"]
    assert section["stripped"] and section["fixed_memory"] and section["interruptible"]
    assert (section["image_bytes"], section["functions"], section["problem"]) == (200, 2, "")
