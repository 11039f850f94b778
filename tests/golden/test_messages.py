"""Runs motert on each .wat file of messages/ and compares status and output with the lines at the file's end.

A file begins with `;; RUN: ARGUMENTS`, where % is the assembled module, and may name a build (`;; BUILD: smallest`). It ends with
`;; STATUS: N` and a line `;; STDOUT: ...` or `;; STDERR: ...` for each line of output; `--rebase` rewrites these.
"""

import re
import shlex
import subprocess
from pathlib import Path

import pytest
import wasmtime

from support.builds import MissingBuild, find_build
from support.driver import sanitizer_environment
from support.places import scratch

FOLDER = Path(__file__).parent / "messages"
EXPECTATION = re.compile(r"^;; (STATUS|STDOUT|STDERR):.*\n?", re.MULTILINE)


def header(source: str, key: str, default: str) -> str:
    """What a `;; KEY: ...` line says."""
    match = re.search(rf"^;; {key}: (.*)$", source, re.MULTILINE)
    return match[1] if match else default


def run(name: str, source: str) -> str:
    """The expectation lines that the run of a file gives."""
    module = scratch("golden") / f"{name}.wasm"
    module.write_bytes(bytes(wasmtime.wat2wasm(source)))
    try:
        program = find_build(header(source, "BUILD", "tail-guard")).program("motert")
    except MissingBuild as missing:
        pytest.fail(str(missing))
    words = [module.name if word == "%" else word for word in shlex.split(header(source, "RUN", "%"))]
    done = subprocess.run(
        [program, *words], cwd=module.parent, capture_output=True, text=True, errors="replace", timeout=60,
        env=sanitizer_environment(),
    )
    lines = [f";; STATUS: {done.returncode}"]
    lines += [f";; STDOUT: {line}".rstrip() for line in done.stdout.splitlines()]
    lines += [f";; STDERR: {line}".rstrip() for line in done.stderr.splitlines()]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.wat")), ids=lambda path: path.stem)
def test_message(path: Path, request: pytest.FixtureRequest) -> None:
    """The output is the expected one."""
    source = path.read_text(encoding="utf-8")
    got = run(path.stem, source)
    if request.config.getoption("--rebase"):
        path.write_text(EXPECTATION.sub("", source).rstrip() + "\n" + got, encoding="utf-8")
        return
    expected = "".join(match[0] for match in EXPECTATION.finditer(source))
    assert got == expected, f"{path.name}: if the new output is right: pytest {Path(__file__).name} --rebase"
