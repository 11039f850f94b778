"""Name sections that lie: they are not checked at loading, so whoever asks for a name after a trap must be careful."""

import pytest
import wasmtime

from differential.encode import HEADER, custom_section, name, sized, unsigned
from support.builds import Build
from support.driver import Driver
from support.protocol import stage_lines

TRAPS = "(module (func $inner unreachable) (func $outer (export \"f\") (call $inner)))"
HUGE = unsigned(0xFFFFFFFF)


def without_names() -> bytes:
    """The module that traps, up to its name section."""
    module = bytes(wasmtime.wat2wasm(TRAPS))
    return module[: module.index(b"\x04name") - 2]


def functions(content: bytes) -> bytes:
    """A subsection of function names."""
    return b"\x01" + sized(content)


NAMES = {
    "none": b"",
    "good": functions(b"\x02\0" + name("inner") + b"\x01" + name("outer")),
    "empty": functions(b"\0"),
    "count too large": functions(HUGE + b"\0" + name("inner")),
    "length too large": functions(b"\x01\0" + HUGE + b"abc"),
    "index too large": functions(b"\x01" + HUGE + name("x")),
    "subsection too large": b"\x01" + HUGE + b"\x01\0\x01a",
    "subsection cut": b"\x01",
    "unknown subsections": b"\x09\x02ab" + b"\x63\0" + functions(b"\x01\0" + name("inner")),
    "not utf-8": functions(b"\x01\0\x02\xff\xfe"),
    "wrong order": functions(b"\x02\x01" + name("outer") + b"\0" + name("inner")),
    "twice": functions(b"\x02\0" + name("one") + b"\0" + name("two")),
}


@pytest.mark.parametrize("kind", NAMES)
def test_lying_names_are_harmless(kind: str, build: Build) -> None:
    """The trap and its frames are right whatever the names are."""
    module = without_names() + custom_section("name", NAMES[kind])
    with Driver(build.launch("spec-driver")) as driver:
        answers = driver.run([*stage_lines(module), "load 0", "instantiate 0 0", "call 0 f", "frames"])
    assert str(answers[-2]) == "trap unreachable"
    frames = [word.split(":") for word in answers[-1].words[1:]]
    assert [frame[0] for frame in frames] == ["0", "1"]
    if kind == "good":
        assert [frame[2] for frame in frames] == ["inner", "outer"]


@pytest.mark.builds("tail-guard", "sanitized")
def test_every_prefix_of_a_name_section_is_harmless(build: Build) -> None:
    """Cut anywhere, and with each byte changed."""
    good = NAMES["good"]
    damaged = [good[:at] for at in range(len(good))]
    damaged += [good[:at] + bytes([value]) + good[at + 1 :] for at in range(len(good)) for value in (0, 1, 0x7F, 0x80, 0xFF)]
    with Driver(build.launch("spec-driver")) as driver:
        for names in damaged:
            module = without_names() + custom_section("name", names)
            answers = driver.run(["reset", *stage_lines(module), "load 0", "instantiate 0 0", "call 0 f", "frames"])
            assert str(answers[-2]) == "trap unreachable", names.hex()
            assert answers[-1].words[0] == "2"
    assert without_names().startswith(HEADER)
