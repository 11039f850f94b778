"""Golden tests: each file in golden/ holds a command, its input and what it prints; `--rebase` writes the last anew.

    ;;; RUN: mote inspect %
    (module ...)
    (;; STDOUT ;;; ... ;;)      what it prints; STDERR and STATUS likewise where there is something to say

A `%` in the command stands for the assembled module.
"""

import re
import shlex
import shutil
from pathlib import Path

import pytest

from support.guests import assemble
from tools.command import mote

pytest.importorskip("wasmtime", reason="text modules are assembled by wasmtime: pip install wasmtime")

FILES = sorted((Path(__file__).parent / "golden").glob("*.txt"))
RUN = re.compile(r"^;;; RUN: mote (.*)$", re.MULTILINE)
EXPECTED = re.compile(r"^\(;; (STDOUT|STDERR|STATUS) ;;;\n(.*?)^;;\)\n", re.MULTILINE | re.DOTALL)


def expectations(status: int, out: str, err: str) -> str:
    """What a run printed, as the file's end says it."""
    parts = {"STDOUT": out, "STDERR": err, "STATUS": f"{status}\n" if status else ""}
    return "".join(f"(;; {name} ;;;\n{text}{ending(text)};;)\n" for name, text in parts.items() if text)


def ending(text: str) -> str:
    """A text always ends its line; one that does not is marked."""
    return "" if text.endswith("\n") else "<no newline>\n"


@pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])
def test_golden(file: Path, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    text = file.read_text(encoding="utf-8")
    run = RUN.search(text)
    assert run, f"{file} has no line that starts with ';;; RUN: mote'"
    module = f"{file.stem}.wasm"
    source = EXPECTED.sub("", text[run.end() :])
    shutil.copyfile(assemble(source), tmp_path / module)
    arguments = [module if word == "%" else word for word in shlex.split(run.group(1))]
    done = mote(*arguments, cwd=tmp_path)
    seen = expectations(done.status, done.out, done.err)
    if request.config.getoption("--rebase"):
        file.write_text(text[: run.end()] + source + seen, encoding="utf-8")
        return
    assert seen == "".join(match.group() for match in EXPECTED.finditer(text))
