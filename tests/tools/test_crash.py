"""Crash records of devices are explained from what was sent to them: function names, and source lines where there is
debug data.
"""

from pathlib import Path

import pytest

from mote.device import index
from mote.device.crash import describe, lines_of
from mote.device.dwarf import Lines
from mote.device.state import VARIABLE
from mote.package.prepare import prepare_install, prepare_run
from mote.wasm.module import decode, load_module
from support.guests import assemble, compile_guest

SOURCE = """
#include <stdio.h>
__attribute__((noinline)) int average(int total, int count)
{
    return total / count;
}
int main(int argc, char **argv)
{
    (void)argv;
    printf("%d\\n", average(10, argc - 1));
    return 0;
}
"""


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A state folder of this test's own."""
    monkeypatch.setenv(VARIABLE, str(tmp_path / "state"))
    return tmp_path / "state"


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A program with debug data."""
    source = tmp_path_factory.mktemp("crash") / "divide.c"
    source.write_text(SOURCE)
    return compile_guest(source, ("-g", "-Wl,-z,stack-size=8192"))


def record(sent: bytes, frames: list[list[int]]) -> dict:
    """What a device tells of a crash of that module."""
    import hashlib

    sha = hashlib.sha256(sent).digest()[:8]
    return {
        "n": "divide",
        "number": 3,
        "sha": sha,
        "state": "trapped",
        "trap": "integer divide by zero",
        "up": 12,
        "frames": frames,
    }


def place_of(data: bytes, name: str) -> tuple[int, int]:
    """A function's index and the offset of its division, or of its first instruction."""
    module = decode(data)
    funcidx = next(index for index, named in module.names.functions.items() if named == name)
    body = module.bodies[funcidx - len(module.imports)]
    return funcidx, body.code_offset


def test_a_crash_has_names_and_source_lines_of_what_was_sent(program: Path) -> None:
    package = prepare_install(program, {}, {"name": "divide"}, aot=False)
    assert len(package.data) < len(package.original.data) / 4, "debug data stays here"
    funcidx, offset = place_of(package.data, "average")
    told = describe(record(package.data, [[funcidx, offset], [funcidx, -1]]))
    assert [(frame["name"], frame["offset"]) for frame in told["frames"]] == [("average", offset), ("average", None)]
    source, _, line = told["frames"][0]["source"].rpartition(":")
    assert source.endswith("divide.c") and int(line) in (4, 5)
    assert told["file"] == str(program.resolve())
    lines = lines_of(told)
    assert lines[0] == "divide: trap: integer divide by zero"
    assert lines[1] == f"  at #0 func {funcidx} `average` (offset 0x{offset:x}) at {source}:{line}"


def test_offsets_are_those_of_what_was_sent(program: Path) -> None:
    """A custom section in front of the code goes, and all behind it moves."""
    data = program.read_bytes()
    moved = data[:8] + b"\0\x10\x0f.debug_whatever" + data[8:]
    assert len(moved) == len(data) + 18
    path = index.shelf().parent / "moved.wasm"
    path.parent.mkdir(parents=True)
    path.write_bytes(moved)
    package = prepare_run(path, {}, aot=False)
    funcidx, offset = place_of(package.data, "average")
    told = describe(record(package.data, [[funcidx, offset]]))
    assert ":" in told["frames"][0]["source"]
    assert index.find(record(package.data, [])["sha"]).shift == 18


def test_a_module_that_nobody_sent_from_here_has_numbers_only() -> None:
    told = describe(record(b"unknown", [[7, 0x123], [8, -1]]))
    assert lines_of(told)[1:] == ["  at #0 func 7 (offset 0x123)", "  at #1 func 8"]
    assert describe({}) == {}


def test_what_a_device_says_cannot_speak_to_the_terminal() -> None:
    evil = record(b"", []) | {"n": "\x1b[2J", "trap": "\x07", "reason": "\x1b"}
    assert "\x1b" not in "".join(lines_of(describe(evil)))


def test_copies_that_are_not_used_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "KEPT", 3)
    module = load_module(assemble('(module (func (export "_start")))'))
    for i in range(6):
        index.keep(bytes([*module.data, 0, 2, 1, i]), module, tmp_path / f"{i}.wasm")
    assert len(list(index.shelf().glob("*.wasm"))) == len(list(index.shelf().glob("*.json"))) == 3


def test_broken_debug_data_does_no_harm(program: Path) -> None:
    data = program.read_bytes()
    at = data.index(b".debug_line") + 11
    module = decode(data[:at] + b"\xff" * 100 + data[at + 100 :])
    assert Lines(module).at(place_of(data, "average")[1]) is None
    assert Lines(decode(assemble("(module (func))").read_bytes())).at(30) is None
