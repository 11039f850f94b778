"""motert's command line: what it takes, and one line for each mistake."""

import pytest

import mote
from support.guests import assemble
from support.motert import Motert

pytestmark = pytest.mark.builds("tail-guard", "sanitized")

ADD = '(module (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1))))'
OPTIONS = """--invoke --validate --native-only --interpret --allow-unchecked --files --dir --env --timeout --memory-limit
    --stack-size --stats --version --help""".split()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "no module given: motert [options] MODULE.wasm [arguments...] (motert --help lists the options)"),
        (["--stats"], "no module given: motert [options] MODULE.wasm [arguments...] (motert --help lists the options)"),
        (["--stat", "x"], "unknown option --stat; did you mean --stats? (motert --help lists the options)"),
        (["--frobnicate=1", "x"], "unknown option --frobnicate (motert --help lists the options)"),
        (["-x", "x"], "unknown option -x (motert --help lists the options)"),
        (["--invoke"], "--invoke needs a value: --invoke NAME"),
        (["--stats=1", "x"], "--stats takes no value (motert --help lists the options)"),
        (["--validate", "--invoke", "f", "x"], "--validate and --invoke exclude each other; leave one out"),
        (["--env", "A", "x"], "--env A: not understood; write --env NAME=VALUE"),
        (["--env", "=A", "x"], "--env =A: not understood; write --env NAME=VALUE"),
        (["--timeout", "0", "x"], "--timeout 0: not understood; write seconds above 0, as in 0.5"),
        (["--timeout", "-1", "x"], "--timeout -1: not understood; write seconds above 0, as in 0.5"),
        (["--timeout", "nan", "x"], "--timeout nan: not understood; write seconds above 0, as in 0.5"),
        (["--timeout", "1s", "x"], "--timeout 1s: not understood; write seconds above 0, as in 0.5"),
        (["--memory-limit", "0", "x"], "--memory-limit 0: not understood; write bytes above 0, as in 65536, 64K, 16M or 1G"),
        (["--memory-limit", "1KK", "x"], "--memory-limit 1KK: not understood; write bytes above 0, as in 65536, 64K, 16M or 1G"),
        (["--memory-limit", "99999999999G", "x"],
         "--memory-limit 99999999999G: not understood; write bytes above 0, as in 65536, 64K, 16M or 1G"),
        (["--stack-size", "big", "x"], "--stack-size big: not understood; write bytes above 0, as in 8192, 64K or 8M"),
        (["--files", "", "x"], "--files : not understood; write --files IMAGE or --files IMAGE:SIZE, as in files.bin:1M"),
        (["--files", ":1M", "x"], "--files : not understood; write --files IMAGE or --files IMAGE:SIZE, as in files.bin:1M"),
        (["--dir", "a", "x"],
         "--dir a: guests see no folders of this machine; put it into an image: mote fs image a -o IMAGE, then --files IMAGE"),
    ],
)
def test_mistake_is_one_line_and_status_2(motert: Motert, arguments: list[str], message: str) -> None:
    result = motert.run(*arguments)
    assert (result.status, result.out, result.err) == (2, "", f"motert: {message}\n")


def test_help_lists_every_option_and_the_statuses(motert: Motert) -> None:
    result = motert.run("--help")
    assert (result.status, result.err) == (0, "")
    assert [line.split()[0] for line in result.out.splitlines() if line.startswith("  --")] == OPTIONS
    assert all(len(line) <= 120 for line in result.out.splitlines())


def test_version_is_that_of_the_tools(motert: Motert) -> None:
    assert motert.run("--version").out == f"motert {mote.__version__}\n"


@pytest.mark.parametrize("arguments", [["--invoke", "add"], ["--invoke=add"], ["--stack-size", "16K", "--invoke", "add", "--"]])
def test_options_end_at_the_module(motert: Motert, arguments: list[str]) -> None:
    result = motert.run(*arguments, assemble(ADD), "3", "-5")
    assert (result.status, result.out, result.err) == (0, "-2\n", "")


def test_options_may_have_their_value_in_the_same_word(motert: Motert) -> None:
    result = motert.run("--timeout=5", "--memory-limit=10M", "--stack-size=8192", "--env=A=", "--invoke=add", assemble(ADD), 1, 2)
    assert (result.status, result.out, result.err) == (0, "3\n", "")
