"""Runs the command motert of a build and tells a crash from a status."""

from __future__ import annotations

import signal
import subprocess
from dataclasses import dataclass
from typing import IO, Any

import pytest

from support.builds import Build, MissingBuild
from support.driver import sanitizer_environment


@dataclass(frozen=True)
class Result:
    """How a run ended and what it printed."""

    status: int
    out: str
    err: str


@dataclass(frozen=True)
class Motert:
    """The command of one build."""

    launch: tuple[str, ...]
    sanitized: bool

    def run(self, *arguments: object, stdin: str | bytes = b"", timeout: float = 60) -> Result:
        """Run it to its end; a signal, a sanitizer's report or a hang fails the test."""
        data = stdin.encode() if isinstance(stdin, str) else stdin
        done = subprocess.run(
            self.command(*arguments), input=data, capture_output=True, timeout=timeout, env=sanitizer_environment()
        )
        err = done.stderr.decode(errors="replace")
        assert done.returncode >= 0, f"killed by {signal.Signals(-done.returncode).name}: {arguments}\n{err}"
        assert "Sanitizer" not in err and "runtime error:" not in err, f"{arguments}\n{err}"
        return Result(done.returncode, done.stdout.decode(errors="replace"), err)

    def start(self, *arguments: object, stdin: int | IO[Any] = subprocess.PIPE) -> subprocess.Popen[bytes]:
        """Start it and return at once."""
        return subprocess.Popen(
            self.command(*arguments), stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env=sanitizer_environment(),
        )

    def command(self, *arguments: object) -> list[str]:
        """The words of the command line."""
        return [*self.launch, *map(str, arguments)]


@pytest.fixture(scope="session")
def motert(build: Build) -> Motert:
    """The command of the build under test; conftest.py of a test room imports it."""
    try:
        return Motert(build.launch("motert"), build.sanitized)
    except MissingBuild as missing:
        pytest.fail(str(missing))
