"""Runs the unit tests, written in C and linked into one program, and reports each by its name."""

import re
import signal
import subprocess
from functools import cache
from pathlib import Path

import pytest

from support.builds import Build
from support.driver import sanitizer_environment
from unit.modules import source

HERE = Path(__file__).parent
TEST = re.compile(r"^UNIT_TEST\((\w+)\)", re.MULTILINE)
NAMES = [name for path in sorted(HERE.glob("test_*.c")) for name in TEST.findall(path.read_text())]
LINE = re.compile(r"^(ok|FAIL) (\w+)(.*)$", re.MULTILINE)
TIMEOUT_SECONDS = 300


def run(command: tuple[str, ...], names: list[str], long_run: bool) -> tuple[dict[str, str], str]:
    """Run some tests: what each said (empty: fine), and how the program ended when it did not end by itself."""
    environment = sanitizer_environment() | ({"UNIT_LONG_RUN": "1"} if long_run else {})
    done = subprocess.run(
        [*command, *names], capture_output=True, text=True, errors="replace", timeout=TIMEOUT_SECONDS, env=environment
    )
    said = {name: "" if verdict == "ok" else rest for verdict, name, rest in LINE.findall(done.stdout)}
    if done.returncode in (0, 1) and len(said) == len(names):
        return said, ""
    how = f"killed by {signal.Signals(-done.returncode).name}" if done.returncode < 0 else f"status {done.returncode}"
    return said, f"{how}\n{done.stderr[-4000:]}"


@cache
def results(command: tuple[str, ...], long_run: bool) -> dict[str, str]:
    """What each test said. A test that ends the program is reported, and the rest is run without it."""
    found: dict[str, str] = {}
    left = list(NAMES)
    while left:
        said, ending = run(command, left, long_run)
        found |= said
        left = [name for name in left if name not in said]
        if ending and left:
            found[left.pop(0)] = ending
        elif ending:
            found[NAMES[-1]] = f"at the program's end: {ending}"
    return found


@pytest.mark.parametrize("name", NAMES)
def test_unit(name: str, build: Build, long_run: bool) -> None:
    """One test of the program."""
    said = results(build.launch("unit-tests"), long_run)[name]
    assert not said, said


def test_names_are_unique_and_say_what_they_test() -> None:
    """test_<file>_<behaviour>."""
    assert len(set(NAMES)) == len(NAMES)
    assert all(re.fullmatch(r"test_[a-z0-9]+_\w{8,}", name) for name in NAMES)


def test_modules_are_current() -> None:
    """modules.c is what modules.py makes of the .wat files."""
    assert (HERE / "modules.c").read_text() == source(), "run: python tests/unit/modules.py"
