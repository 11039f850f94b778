"""motert and native sections that it does not use: one warning, or a refusal, by what the command line wants."""

import pytest

from support.guests import assemble, keep
from support.motert import Motert

ANSWER = assemble('(module (func (export "answer") (result i32) (i32.const 42)))')
STRIPPED = 8
WARNING = "native section not used: "


def with_section(flags: int, size: int = 96) -> bytes:
    """The module with a native section that is zeros but for its flags."""
    header = bytearray(96)
    header[24] = flags
    contents = b"\x0bmote.native\0" + bytes(header[:size])
    return ANSWER.read_bytes() + bytes([0, len(contents)]) + contents


@pytest.mark.parametrize("size", [0, 1, 24, 96])
def test_section_that_cannot_be_used_is_told_once(motert: Motert, size: int) -> None:
    path = keep(with_section(0, size))
    result = motert.run("--invoke", "answer", path)
    assert (result.status, result.out) == (0, "42\n")
    assert result.err.startswith(f"motert: warning: {path}: {WARNING}")
    assert result.err.endswith("; interpreting\n") and result.err.count("\n") == 1


def test_interpret_leaves_sections_alone(motert: Motert) -> None:
    result = motert.run("--interpret", "--invoke", "answer", keep(with_section(0)))
    assert (result.status, result.out, result.err) == (0, "42\n", "")


def test_native_only_refuses_what_it_would_interpret(motert: Motert) -> None:
    result = motert.run("--native-only", "--invoke", "answer", ANSWER)
    assert (result.status, result.out) == (1, "")
    assert result.err == f"motert: {ANSWER}: no native code fits; make some with mote aot\n"
    path = keep(with_section(0))
    result = motert.run("--native-only", "--invoke", "answer", path)
    assert result.status == 1 and result.err.startswith(f"motert: {path}: no native code fits: ")


@pytest.mark.parametrize("options", [[], ["--interpret"], ["--native-only"]])
def test_stripped_module_is_refused_where_its_code_does_not_fit(motert: Motert, options: list[str]) -> None:
    result = motert.run(*options, "--invoke", "answer", keep(with_section(STRIPPED)))
    assert (result.status, result.out) == (1, "")
    assert ": no native code fits: " in result.err and result.err.count("\n") == 1


def test_stats_name_the_engine(motert: Motert) -> None:
    result = motert.run("--stats", "--invoke", "answer", ANSWER)
    assert "module: 1 functions, engine: interpreter\n" in result.err
