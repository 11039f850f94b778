"""The official test suite, one test a file and build. No skip list; what core-1.0 words otherwise is in waivers.py."""

from dataclasses import replace
from functools import cache

import pytest
import wasmtime

from spec.script import SPECTEST, Failure, Script, judge
from spec.suites import HOW_TO_GET_IT, SuiteFile, inventory
from spec.waivers import REASONS, expected_text, waived_lines
from spec.wast import Unreadable, beyond_2_0
from support.builds import Build
from support.driver import Driver
from support.native import Native
from support.oracle import Oracle
from support.protocol import stage_lines
from support.serial_driver import open_driver

SPECTEST_HANDLE = 1023
SHOWN_FAILURES = 40
# Files in which modules grow memories that they import.
GROWING_FILES = ("imports", "linking")


@cache
def prelude(native: Native | None = None) -> list[str]:
    """Driver commands that offer the module `spectest`; with native code nothing is interpreted from there on."""
    handle = SPECTEST_HANDLE
    module = bytes(wasmtime.wat2wasm(SPECTEST))
    begin = ["native only", "reset"] if native else []
    staged = stage_lines(native.compiled(module) if native else module)
    return [*begin, *staged, f"load {handle}", f"instantiate {handle} {handle}", f"register {handle} spectest"]


@cache
def script_of(file: SuiteFile, native: Native | None = None) -> Script:
    """The driver commands of a file."""
    script = Script(native)
    for command in file.commands():
        script.add_command(command)
    script.expectations = [replace(e, text=expected_text(file.name, e.line, e.text)) for e in script.expectations]
    return script


def check_waivers(file: SuiteFile, failures: list[Failure], board: str = "") -> list[Failure]:
    """Take out what is waived; a waiver that nothing needs is a failure."""
    waived = waived_lines(file.name, board)
    failed = {failure.line for failure in failures}
    unneeded = [Failure(line, "waiver", "still needed", "the command passes") for line in waived if line not in failed]
    return [failure for failure in failures if failure.line not in waived] + unneeded


def report(failures: list[Failure]) -> str:
    """Failures as lines, wrong texts after wrong verdicts."""
    lines = [str(failure) for failure in sorted(failures, key=lambda f: (f.about_text, f.line))]
    more = [f"... and {len(lines) - SHOWN_FAILURES} more"] if len(lines) > SHOWN_FAILURES else []
    return "\n".join([f"{len(lines)} commands failed:", *lines[:SHOWN_FAILURES], *more])


def skip_unless_readable(file: SuiteFile) -> None:
    """Upstream .wast files of later editions may use forms or features that this edition does not have."""
    if file.suite != "wast":
        return
    try:
        newer = beyond_2_0(file.commands())
    except Unreadable as error:
        newer = str(error)
    if newer:
        pytest.skip(f"{file.name}: {newer}")


def test_suite_is_here() -> None:
    """Says how to get what is not here."""
    if inventory().missing:
        pytest.skip(f"{', '.join(inventory().missing)}: {HOW_TO_GET_IT}")


@pytest.mark.skipif(not inventory().files, reason=HOW_TO_GET_IT)
@pytest.mark.parametrize("file", inventory().files or [None], ids=lambda file: file.name if file else "none")
def test_suite(file: SuiteFile, build: Build) -> None:
    """Every command of the file is answered as it expects."""
    skip_unless_readable(file)
    native = build.native and replace(build.native, growable=file.path.stem in GROWING_FILES)
    script = script_of(file, native)
    with open_driver(build) as driver:
        for answer in driver.run(prelude(native)):
            assert answer.kind == "ok", f"spectest: {answer}"
        answers = driver.run(script.lines)
    failures = check_waivers(file, judge(script, answers), build.board)
    assert not failures, report(failures)


@pytest.mark.builds("tail-guard", "goto-checks", "sanitized", "rv32-linux")
@pytest.mark.skipif(not inventory().files, reason=HOW_TO_GET_IT)
@pytest.mark.parametrize("file", inventory().files or [None], ids=lambda file: file.name if file else "none")
def test_suite_from_prepared_modules(file: SuiteFile, build: Build) -> None:
    """The same when every module is prepared first and loaded from that block."""
    skip_unless_readable(file)
    script = script_of(file)
    with Driver(build.launch("spec-driver")) as driver:
        driver.run(["prepare on", *prelude()])
        answers = driver.run(script.lines)
    failures = check_waivers(file, judge(script, answers))
    assert not failures, report(failures)


@pytest.mark.skipif(not inventory().files, reason=HOW_TO_GET_IT)
@pytest.mark.parametrize("name", ["core-1.0/linking", "core-2.0/br_table", "core-2.0/i64", "core-2.0/imports", "core-2.0/elem"])
def test_judge_agrees_with_another_engine(name: str) -> None:
    """wasmtime behind the same protocol passes, so a failure of ours is not the test's mistake."""
    file = next((file for file in inventory().files if file.name == name), None)
    if file is None:
        pytest.skip(f"{name} is not in the suite found")
    script = script_of(file)
    with Oracle() as oracle:
        oracle.run(prelude())
        failures = judge(script, oracle.run(script.lines))
    failures = check_waivers(file, [failure for failure in failures if not failure.about_text])
    assert not failures, report(failures)


def test_waivers_are_those_of_the_suites_readme() -> None:
    """40 commands expect the wording of 1.0; 4 more are consequences of those."""
    lines = [(name, line) for files in REASONS.values() for name, listed in files.items() for line in listed]
    assert len(lines) == len(set(lines)) == 44
    assert all(name.startswith("core-1.0/") for name, _ in lines)


def test_judge_notices_wrong_answers() -> None:
    """A judge that lets everything pass would be worth nothing."""
    from spec.script import fits_values
    one = [{"type": "i32", "value": "1"}]
    assert fits_values(one, ["i32:1"])
    assert not fits_values(one, ["i32:2"])
    assert not fits_values(one, ["i64:1"])
    assert not fits_values(one, [])
    nan = [{"type": "f32", "value": "nan:canonical"}]
    assert fits_values(nan, ["f32:4290772992"])
    assert not fits_values(nan, ["f32:2143289345"])
    assert fits_values([{"type": "f32", "value": "nan:arithmetic"}], ["f32:2143289345"])
