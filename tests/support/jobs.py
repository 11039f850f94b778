"""Test runs as jobs: a room, maybe with one build, in a pytest process of its own; two at a time."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from support.builds import BUILT_VARIABLE, find_build
from support.places import ROOT, TESTS, scratch

REPORT_VARIABLE = "MOTE_TEST_REPORT"
NO_TESTS_COLLECTED = 5
WORKERS = 2
# Rooms whose tests run once for each build.
ROOMS_BY_BUILD = ("fault", "differential", "spec", "wasi", "motert", "unit", "programs")


@dataclass(frozen=True)
class Job:
    """A run of pytest."""

    room: str
    builds: tuple[str, ...]
    options: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """The room and, when it is one of several runs, the build."""
        return f"{self.room} {self.builds[0]}" if len(self.builds) == 1 else self.room

    def command(self) -> list[str]:
        """What to run."""
        return [sys.executable, "-m", "pytest", "-q", "--tb=short", "-p", "no:cacheprovider", "--builds", ",".join(self.builds),
                *self.options, str(TESTS / self.room)]


@dataclass
class Outcome:
    """What came of a job."""

    job: Job
    seconds: float
    output: str
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    reasons: dict[str, int] = field(default_factory=dict)

    @property
    def is_good(self) -> bool:
        """Whether nothing failed."""
        return self.failed == 0


def rooms() -> list[str]:
    """The rooms that have tests, those that take long first."""
    found = sorted(path.name for path in TESTS.iterdir() if path.is_dir() and any(path.glob("test_*.py")))
    return [room for room in ROOMS_BY_BUILD if room in found] + [room for room in found if room not in ROOMS_BY_BUILD]


def plan(builds: Sequence[str], only: Sequence[str] = (), options: Sequence[str] = ()) -> list[Job]:
    """Jobs for all rooms (or some), the slow ones first."""
    jobs = []
    for room in (room for room in rooms() if not only or room in only):
        names = [name for name in builds if find_build(name).runs_in(room)]
        split = [(name,) for name in reversed(names)] if room in ROOMS_BY_BUILD else [tuple(names)]
        jobs += [Job(room, names, tuple(options)) for names in split]
    return jobs


def run_job(job: Job, number: int) -> Outcome:
    """Run one job to its end."""
    report = scratch("reports") / f"{os.getpid()}-{number}.json"
    report.unlink(missing_ok=True)
    start = time.monotonic()
    paths = os.pathsep.join(filter(None, [str(ROOT / "tools"), os.environ.get("PYTHONPATH", "")]))
    done = subprocess.run(
        job.command(), cwd=ROOT, capture_output=True, text=True, errors="replace", check=False,
        env=os.environ | {REPORT_VARIABLE: str(report), BUILT_VARIABLE: "1", "PYTHONPATH": paths},
    )
    outcome = Outcome(job, time.monotonic() - start, done.stdout + done.stderr)
    if done.returncode == NO_TESTS_COLLECTED:
        return outcome
    result: dict[str, Any] = json.loads(report.read_text()) if report.exists() else {}
    report.unlink(missing_ok=True)
    outcome.passed, outcome.skipped = result.get("passed", 0), result.get("skipped", 0)
    outcome.failed = result.get("failed", 0) or int(done.returncode != 0)
    outcome.reasons = result.get("reasons", {})
    return outcome


def run_all(jobs: Sequence[Job], show: Callable[[Outcome], None]) -> list[Outcome]:
    """Run jobs two at a time and show each outcome as it comes."""
    lock = threading.Lock()

    def work(numbered: tuple[int, Job]) -> Outcome:
        outcome = run_job(numbered[1], numbered[0])
        with lock:
            show(outcome)
        return outcome

    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(work, enumerate(jobs)))


def remove(folder: Path, pattern: str) -> None:
    """Remove files that an earlier run left."""
    for path in folder.rglob(pattern):
        path.unlink()
