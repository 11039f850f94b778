"""Runs scons as a person would, and reads what it did."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

from support.places import ROOT

COMPILED = re.compile(r"^  CC    (\S+)$", re.MULTILINE)


def scons(*arguments: str, root: Path = ROOT, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run scons in a checkout and return what it said."""
    command = [sys.executable, "-m", "SCons", "-C", str(root), "-Q", *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=os.environ | environment, check=False)


def build(*arguments: str, root: Path = ROOT) -> set[str]:
    """Run scons, which must succeed, and return the sources that it compiled."""
    result = scons(*arguments, root=root)
    assert result.returncode == 0, result.stdout + result.stderr
    return set(COMPILED.findall(result.stdout))


def refusal(*arguments: str, root: Path = ROOT, **environment: str) -> str:
    """Run scons, which must fail with one line, and return that line."""
    result = scons(*arguments, root=root, **environment)
    lines = result.stderr.splitlines()
    assert result.returncode == 2, result.stdout + result.stderr
    assert len(lines) == 1 and lines[0].startswith("error: "), result.stderr
    assert not COMPILED.search(result.stdout)
    return lines[0].removeprefix("error: ")


def commands(folder: Path) -> dict[str, list[str]]:
    """The compiler's command line for each source, from compile_commands.json."""
    rows = json.loads((folder / "compile_commands.json").read_text())
    return {row["file"]: shlex.split(row["command"]) for row in rows}


def objects(folder: Path) -> dict[str, bytes]:
    """The bytes of all object files."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in (folder / "obj").rglob("*.o")}
