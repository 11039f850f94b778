"""Runs `mote` as a person does: in a process of its own, with its streams in files."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from support.places import ROOT, scratch

SETTINGS = ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "MOTE_RUNTIME", "MOTE_SPEC_SUITE", "_MOTE_COMPLETE",
    "MOTE_DEVICE", "MOTE_FIRMWARE")  # fmt: skip


@dataclass(frozen=True)
class Result:
    """How a run ended and what it printed."""

    status: int
    out: str
    err: str


def environment(changes: Mapping[str, str] | None = None) -> dict[str, str]:
    """This process's environment without the person's own settings, with the package, and with changes."""
    result = {name: value for name, value in os.environ.items() if name not in SETTINGS}
    result["PYTHONPATH"] = str(ROOT / "tools")
    result["MOTE_STATE"] = str(scratch("state"))
    return result | dict(changes or {})


def words(*arguments: object) -> list[str]:
    """The command line."""
    return [sys.executable, "-m", "mote", *map(str, arguments)]


def mote(*arguments: object, cwd: Path = ROOT, env: Mapping[str, str] | None = None, timeout: float = 300) -> Result:
    """Run it to its end; no run may show a traceback."""
    done = subprocess.run(
        words(*arguments),
        cwd=cwd,
        env=environment(env),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=timeout,
        check=False,
    )
    result = Result(done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace"))
    assert "Traceback" not in result.err, result.err
    return result


def only_line(text: str) -> str:
    """The one line that a text consists of."""
    lines = text.splitlines()
    assert len(lines) == 1, text
    return lines[0]


def mote_inside(*arguments: object, env: Mapping[str, str] | None = None) -> Result:
    """The same in this process, which saves its start: for verbs that do not replace the process and need no signals."""
    from mote.cli import main

    kept = dict(os.environ), sys.stdout, sys.stderr, sys.stdin, [os.dup(fd) for fd in range(3)]
    with open(os.devnull) as nothing, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:  # noqa: PTH123
        try:
            os.environ.clear()
            os.environ.update(environment(env))
            for fd, stream in enumerate((nothing, out, err)):
                os.dup2(stream.fileno(), fd)
            sys.stdin, sys.stdout, sys.stderr = (os.fdopen(os.dup(fd), mode) for fd, mode in enumerate("rww"))
            status = main([str(argument) for argument in arguments])
            for stream in (sys.stdin, sys.stdout, sys.stderr):
                stream.close()
        finally:
            os.environ.clear()
            os.environ.update(kept[0])
            sys.stdout, sys.stderr, sys.stdin = kept[1:4]
            for fd, copy in enumerate(kept[4]):
                os.dup2(copy, fd)
                os.close(copy)
        texts = []
        for stream in (out, err):
            stream.seek(0)
            texts.append(stream.read().decode(errors="replace"))
    return Result(int(status), *texts)
