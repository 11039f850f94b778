"""`mote run` and `mote validate` hand on what they are given; with the runtime built, they run and judge modules."""

import json
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from mote.aot.cache import VARIABLE
from mote.aot.machines import this_machine
from mote.aot.section import read_sections
from mote.runtime import DEADLINE, TRAPPED, find_runtime
from support.guests import assemble
from tools.command import environment, mote, only_line, words
from tools.samples import PLAIN

ECHO = """#!/bin/sh
for word in "$@"; do echo "$word"; done
exit 7
"""
TEXT = """
(module
  (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
  (func (export "_start"))
  (func $boom (export "boom") unreachable)
  (func (export "spin") (loop (br 0))))
"""


@pytest.fixture
def echo(tmp_path: Path) -> dict[str, str]:
    """A stand-in for the runtime that prints its arguments and ends with status 7."""
    runtime = tmp_path / "motert"
    runtime.write_text(ECHO)
    runtime.chmod(0o755)
    return {"MOTE_RUNTIME": str(runtime)}


@pytest.fixture(scope="module")
def module() -> Path:
    """A module with a few exports."""
    return assemble(TEXT)


@pytest.fixture
def built() -> None:
    """Skips a test where the runtime is not built."""
    if find_runtime() is None:
        pytest.skip("build/linux/motert is not built: scons BOARD=linux")


@pytest.mark.parametrize(
    ("given", "passed"),
    [
        ("M", "-- M"),
        ("M a -b --c", "-- M a -b --c"),
        ("--timeout 1.5 M a", "--timeout 1.5 -- M a"),
        ("M --timeout 1.5 a", "--timeout 1.5 -- M a"),
        ("M --timeout=1.5 --stats a --stats", "--timeout 1.5 --stats -- M a --stats"),
        ("M -- --timeout 5", "-- M --timeout 5"),
        ("M a --timeout 5", "-- M a --timeout 5"),
        ("M --aot a --aot", "-- M a --aot"),
        ("--native-only M --allow-unchecked --interpret", "--native-only --interpret --allow-unchecked -- M"),
        ("M -- -- x", "-- M -- x"),
        ("M --help", "-- M --help"),
        ("--env A=1 M --env B=2 --dir . --dir /tmp", "--dir . --dir /tmp --env A=1 --env B=2 -- M"),
        ("M --files image:1M --files-of-its-own", "--files image:1M -- M --files-of-its-own"),
        ("--memory-limit 1M --stack-size 8192 --invoke add M 1 -2",
         "--memory-limit 1M --stack-size 8192 --invoke add -- M 1 -2"),
    ],
)  # fmt: skip
def test_run_hands_on_options_and_arguments(given: str, passed: str, echo: dict[str, str], module: Path) -> None:
    def filled(text: str) -> list[str]:
        return [str(module) if word == "M" else word for word in text.split()]

    done = mote("run", *filled(given), env=echo)
    assert (done.status, done.err) == (7, "")
    options = sorted(filled(passed)[: passed.split().index("--")])
    seen = done.out.splitlines()
    assert sorted(seen[: seen.index("--")]) == options
    assert seen[seen.index("--") :] == filled(passed)[passed.split().index("--") :]


def test_an_unknown_option_in_front_of_the_module_is_refused(echo: dict[str, str], module: Path) -> None:
    done = mote("run", "--timout", "5", module, env=echo)
    assert done.status == 2
    assert only_line(done.err) == "mote: no such option '--timout'. Did you mean '--timeout'?"


def test_a_runtime_that_is_none_is_refused(tmp_path: Path, module: Path) -> None:
    done = mote("run", module, env={"MOTE_RUNTIME": str(tmp_path / "nothing")})
    assert done.status == 1
    assert "MOTE_RUNTIME names no program" in only_line(done.err)


def test_run_is_the_runtime_so_signals_reach_it(tmp_path: Path, module: Path) -> None:
    runtime = tmp_path / "motert"
    runtime.write_text("#!/bin/sh\necho ready\nexec sleep 30\n")
    runtime.chmod(0o755)
    command = subprocess.Popen(
        words("run", module), env=environment({"MOTE_RUNTIME": str(runtime)}), stdout=subprocess.PIPE
    )
    assert command.stdout.readline() == b"ready\n"
    command.send_signal(signal.SIGINT)
    assert command.wait(timeout=10) == -signal.SIGINT
    command.stdout.close()


def test_validate_gives_one_line_a_file_and_a_status(tmp_path: Path, module: Path) -> None:
    runtime = tmp_path / "motert"
    runtime.write_text('#!/bin/sh\ncase "$3" in *bad*) echo "$3: malformed: unexpected end" >&2; exit 1;; esac\n')
    runtime.chmod(0o755)
    env = {"MOTE_RUNTIME": str(runtime)}
    assert mote("validate", module, env=env).out == f"{module}: valid\n"
    done = mote("validate", module, "bad.wasm", env=env)
    assert (done.status, done.out.splitlines()[1]) == (1, "bad.wasm: malformed: unexpected end")
    report = json.loads(mote("validate", "--json", "bad.wasm", module, env=env).out)
    assert [(r["valid"], r["message"]) for r in report] == [(False, "bad.wasm: malformed: unexpected end"), (True, "")]


@pytest.mark.usefixtures("built")
def test_run_runs(module: Path) -> None:
    assert mote("run", module) == type(mote("--version"))(0, "", "")
    assert mote("run", module, "--invoke", "add", "3", "-5").out == "-2\n"


@pytest.mark.usefixtures("built")
def test_run_compiles_first_and_keeps_that(module: Path, tmp_path: Path) -> None:
    env = {VARIABLE: str(tmp_path)}
    for _ in range(2):
        assert mote("run", "--aot", module, "--invoke", "add", "3", "-5", env=env).out == "-2\n"
        (kept,) = (tmp_path / "run").glob("*/*")
        assert kept.name == module.name
    assert this_machine().name in [s.target for s in read_sections(kept.read_bytes())]
    assert mote("run", "--aot", kept, "--invoke", "add", "1", "1", env=env).out == "2\n"
    assert list((tmp_path / "run").glob("*/*")) == [kept], "what has native code is not compiled again"
    (tmp_path / "file").write_text("")
    done = mote("run", "--aot", module, "--invoke", "add", "1", "1", env={VARIABLE: str(tmp_path / "file")})
    assert "cannot keep the compiled module" in only_line(done.err)


@pytest.mark.usefixtures("built")
def test_a_trap_has_its_status_and_its_call_stack(module: Path) -> None:
    done = mote("run", module, "--invoke", "boom")
    assert done.status == TRAPPED
    assert "unreachable" in done.err
    assert "`boom`" in done.err


@pytest.mark.usefixtures("built")
@pytest.mark.parametrize(("argument", "trap"), [(0, "integer divide by zero"), (-8, "out of bounds memory access")])
def test_a_trap_in_native_code_has_the_same_call_stack(argument: int, trap: str, tmp_path: Path) -> None:
    """The function that traps makes its frame on the way to the trap thunk only, so it has none where the machine faults."""
    module = assemble("""
    (module
      (memory 1)
      (func (export "first"))
      (func $divide (param i32) (result i32) (i32.div_u (i32.load offset=8 (local.get 0)) (i32.load (local.get 0))))
      (func $outer (param i32) (result i32) (i32.add (call $divide (local.get 0)) (i32.const 1)))
      (func (export "run") (param i32) (result i32) (i32.add (call $outer (local.get 0)) (i32.const 1))))
    """)
    words = ("--invoke", "run", module, argument)
    told = [mote("run", *more, *words, env={VARIABLE: str(tmp_path)}).err.splitlines() for more in (["--interpret"], ["--aot"])]
    assert trap in told[0][0]
    assert told[0][1:] == told[1][1:]
    assert len(told[0]) == 4


@pytest.mark.usefixtures("built")
def test_a_timeout_has_its_status_and_comes_in_time(module: Path) -> None:
    start = time.monotonic()
    done = mote("run", module, "--timeout", "0.3", "--invoke", "spin")
    assert done.status == DEADLINE
    assert 0.3 <= time.monotonic() - start < 5
    assert "deadline exceeded" in done.err


@pytest.mark.usefixtures("built")
def test_validate_agrees_with_inspect_on_what_is_malformed(tmp_path: Path) -> None:
    data = assemble(PLAIN).read_bytes()
    good, bad = tmp_path / "good.wasm", tmp_path / "bad.wasm"
    good.write_bytes(data)
    bad.write_bytes(data[:-3])
    assert mote("validate", good).status == 0
    ours, theirs = mote("inspect", bad), mote("validate", bad)
    assert ours.status == theirs.status == 1
    assert "unexpected end" in ours.err or "length out of bounds" in ours.err
    assert only_line(theirs.out).startswith(f"{bad}: malformed: ")


@pytest.mark.usefixtures("built")
def test_ctrl_c_stops_the_guest_with_130(module: Path) -> None:
    command = subprocess.Popen(
        words("run", module, "--invoke", "spin"), env=environment(), stderr=subprocess.PIPE, start_new_session=True
    )
    time.sleep(1.0)
    os.killpg(command.pid, signal.SIGINT)
    _, err = command.communicate(timeout=10)
    assert command.returncode in (130, -signal.SIGINT)
    assert b"Traceback" not in err
