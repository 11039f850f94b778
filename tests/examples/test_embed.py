"""examples/embed: the program compiles as its README says and prints what its README shows."""

import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from support.builds import Build, MissingBuild
from support.driver import sanitizer_environment
from support.guests import assemble
from support.places import FIRMWARE, ROOT, scratch

FOLDER = ROOT / "examples" / "embed"
# Bytes in use and places in the module are shown in the README, but may change.
NUMBERS = re.compile(r"\d+ KiB|byte \d+")


@pytest.fixture
def program(build: Build) -> Path:
    """The example, linked with the libraries of the build under test."""
    if not build.sanitized and not find_spec("ziglang"):
        pytest.skip("the example is compiled by ziglang: pip install ziglang")
    try:
        build.program("motert")
    except MissingBuild as missing:
        pytest.fail(str(missing))
    compiler = ["gcc", "-no-pie", "-fsanitize=address,undefined"] if build.sanitized else [sys.executable, "-m", "ziglang", "cc"]
    libraries = [build.path / "libmote.a", build.path / "libmote_port.a"]
    target = scratch("embed") / f"embed-{build.name}"
    command = [*compiler, "-std=c11", "-Wall", "-Wextra", "-Werror", f"-I{FIRMWARE}", f"-I{FIRMWARE / 'include'}", "-pthread",
               str(FOLDER / "embed.c"), *map(str, libraries), "-o", str(target)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return target


@pytest.mark.builds("tail-guard", "sanitized")
def test_example_prints_what_its_readme_shows(program: Path) -> None:
    done = subprocess.run([str(program)], capture_output=True, text=True, env=sanitizer_environment(), timeout=60)
    shown = (FOLDER / "README.md").read_text().split("```\n")[3]
    assert (done.returncode, done.stderr) == (0, "")
    assert NUMBERS.sub("#", done.stdout) == NUMBERS.sub("#", shown)


def test_example_holds_its_guest_as_bytes() -> None:
    module = assemble((FOLDER / "guest.wat").read_text()).read_bytes()
    listed = re.findall(r"0x([0-9a-f]{2})\b", (FOLDER / "guest.h").read_text())
    assert bytes.fromhex("".join(listed)) == module
