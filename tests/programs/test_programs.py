"""Real programs that nobody here wrote (an interpreter, a database, a benchmark), compiled to wasm outside the tree: what
they print must be what they print natively. MOTE_PROGRAMS names a folder of NAME.run files, each a JSON object:

    {"module": "lua.wasm", "args": ["-"], "stdin": "fib.lua", "expected": "fib.expected"}

with file names in that folder; `args` and `stdin` may be left out, and `invoke` names an export to call instead of _start.
"""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from support.motert import Motert

MISSING = "no real programs: set MOTE_PROGRAMS to a folder of .run files (tests/programs/test_programs.py says how they look)"


def runs() -> list[Path]:
    """The .run files that the environment offers."""
    folder = os.environ.get("MOTE_PROGRAMS")
    return sorted(Path(folder).glob("*.run")) if folder else []


def words(run: dict[str, Any], folder: Path) -> list[str]:
    """The command line of a run."""
    options = ["--invoke", run["invoke"]] if "invoke" in run else []
    return [*options, str(folder / run["module"]), *run.get("args", [])]


@pytest.mark.parametrize("file", runs() or [None], ids=lambda file: file.stem if file else "none")
def test_program_prints_what_it_prints_natively(file: Path | None, motert: Motert) -> None:
    """The run ends with status 0 and its output is the expected one, to the byte."""
    if file is None:
        pytest.skip(MISSING)
    run = json.loads(file.read_text())
    stdin = (file.parent / run["stdin"]).read_bytes() if "stdin" in run else b""
    result = motert.run(*words(run, file.parent), stdin=stdin, timeout=600)
    assert result.status == 0, result.err
    assert result.out == (file.parent / run["expected"]).read_text()
