"""What `mote test` does: install, build, run all rooms, sum up."""

import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from support import coverage, packages
from support.builds import COVERAGE, SMALLEST, Build, MissingBuild, builds
from support.jobs import WORKERS, Outcome, plan, remove, rooms, run_all

COVERED_ROOMS = ("spec", "unit", "fault", "differential", "wasi", "motert")
ROOMS_WITHOUT_BUILDS = ("lint",)
SHOWN_OUTPUT_LINES = 60
NAME_WIDTH = 28


@dataclass(frozen=True)
class Options:
    """What was asked for."""

    long_run: bool = False
    keyword: str = ""
    suite: str = ""
    coverage: bool = False

    def for_pytest(self) -> list[str]:
        """The same for pytest."""
        return [*(["--all"] if self.long_run else []), *(["-k", self.keyword] if self.keyword else [])]


class UnknownSuite(Exception):
    """There is no such room."""


def run(options: Options) -> int:
    """Do it all; 0 when nothing failed."""
    if options.suite and options.suite not in rooms():
        raise UnknownSuite(f"there is no suite {options.suite}; there are {', '.join(rooms())}")
    start = time.monotonic()
    lacking = packages.install()
    if lacking:
        print(lacking)
    outcomes: list[Outcome] = []
    if not options.coverage:
        outcomes += run_rooms(options)
    if options.coverage or (options.long_run and not options.keyword and not options.suite):
        outcomes += run_coverage(options)
    return sum_up(outcomes, time.monotonic() - start)


# ---- Building --------------------------------------------------------------------------------------------------------


def build_all(builds: Sequence[Build]) -> list[str]:
    """Make the builds, showing each; returns the names of those that this machine cannot make or that fail. Two at a time, as the
    C library of each CPU is compiled once, on one processor.
    """
    failed: list[str] = []
    names: dict[str, list[str]] = {}  # that stand for the same build, by its command line
    wanted: list[Build] = []
    for build in builds:
        try:
            build.check_needs()
        except MissingBuild as missing:
            print(f"  {build.name:{NAME_WIDTH}} skipped: {missing}", flush=True)
            continue
        if build.command_line() not in names:
            wanted.append(build)
        names.setdefault(build.command_line(), []).append(build.name)
    with ThreadPoolExecutor(WORKERS) as pool:
        for build, is_made in zip(wanted, pool.map(show_build, wanted), strict=True):
            failed += [] if is_made else names[build.command_line()]
    return failed


def show_build(build: Build) -> bool:
    """Make one build; on a terminal the last line of scons is shown while it runs."""
    start = time.monotonic()
    process = subprocess.Popen(build.command(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
    assert process.stdout
    lines = []
    for line in process.stdout:
        lines.append(line)
        if sys.stdout.isatty():
            print(f"\r\x1b[K  {build.name:{NAME_WIDTH}} {line.strip()[:90]}", end="", flush=True)
    clear = "\r\x1b[K" if sys.stdout.isatty() else ""
    if process.wait() == 0:
        print(f"{clear}  {build.name:{NAME_WIDTH}} {build.what} ({time.monotonic() - start:.0f} s)", flush=True)
        return True
    told = "".join(lines[-SHOWN_OUTPUT_LINES:])
    print(f"{clear}  {build.name:{NAME_WIDTH}} FAILED: {build.command_line()}\n{told}", end="", flush=True)
    return False


# ---- Running ---------------------------------------------------------------------------------------------------------


def run_rooms(options: Options) -> list[Outcome]:
    """Build what the rooms need and run them."""
    print("Building:", flush=True)
    wanted = builds()
    failed = build_all([*wanted.values(), SMALLEST]) if options.suite not in ROOMS_WITHOUT_BUILDS else []
    print("Testing:", flush=True)
    names = [name for name in wanted if name not in failed]
    outcomes = run_all(plan(names, [options.suite] if options.suite else [], options.for_pytest()), show_outcome)
    return outcomes + [broken_build(name) for name in failed]


def broken_build(name: str) -> Outcome:
    """A build that failed counts as a failure of its own."""
    job = plan([name], rooms()[:1])[0]
    return Outcome(job, 0, f"the build {name} failed, see above", failed=1)


def run_coverage(options: Options) -> list[Outcome]:
    """Run the rooms that exercise the firmware against the instrumented builds and print what they reached."""
    print("Coverage:", flush=True)
    failed = build_all(list(COVERAGE.values()))
    made = [build for build in COVERAGE.values() if build.name not in failed and build.path.exists()]
    for build in made:
        remove(build.path, "*.gcda")
    wanted = [options.suite] if options.suite else COVERED_ROOMS
    keyword = ["-k", options.keyword] if options.keyword else []
    outcomes = run_all(plan([build.name for build in made], wanted, keyword), show_outcome)
    print(coverage.table(coverage.measure([build.path for build in made])))
    return outcomes + [broken_build(name) for name in failed]


def show_outcome(outcome: Outcome) -> None:
    """One line for a job, and its output when something failed."""
    counts = [f"{outcome.passed} passed"]
    counts += [f"{outcome.failed} failed"] if outcome.failed else []
    counts += [f"{outcome.skipped} skipped"] if outcome.skipped else []
    if outcome.passed + outcome.failed + outcome.skipped:
        print(f"  {outcome.job.title:{NAME_WIDTH}} {', '.join(counts)} in {outcome.seconds:.0f} s", flush=True)
    if not outcome.is_good:
        print("\n".join(outcome.output.splitlines()[-SHOWN_OUTPUT_LINES:]), flush=True)


def sum_up(outcomes: Sequence[Outcome], seconds: float) -> int:
    """Print why tests were skipped, which jobs failed, and the closing line."""
    reasons: Counter[str] = Counter()
    for outcome in outcomes:
        reasons.update(outcome.reasons)
    for reason, count in reasons.most_common():
        print(f"skipped {count}: {reason}")
    for outcome in outcomes:
        if not outcome.is_good:
            again = " ".join(["python -m pytest", *outcome.job.command()[7:-1], f"tests/{outcome.job.room}"])
            print(f"failed: {outcome.job.title}; again: {again}")
    passed, failed, skipped = (sum(getattr(o, name) for o in outcomes) for name in ("passed", "failed", "skipped"))
    print(f"All rooms, in {seconds:.0f} s:")
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed or not passed else 0
