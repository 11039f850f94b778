"""What is read from object files: parts, relocations, frames and lines; compared with what others read there."""

import pickle

import pytest

from aot.samples import DEBUG, DOUBLE, SWITCH, compile_text, unrelaxed
from mote.aot.codegen import compile_ir
from mote.aot.object import read_object
from mote.aot.options import Options
from mote.aot.targets import TARGETS
from mote.errors import UserError

# A frame of 3,000 bytes whose address is given away, and eleven arguments for a call.
LARGE = """
declare i32 @f2(ptr, i32, i32, i32, i32, i32, i32, i32, i32, i32, i32)
define i32 @{name}(ptr %c, i32 %a, i32 %b) {attributes} {{
  %p = alloca [3000 x i8]
  %r = call i32 @f2(ptr %p, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10){at5}
  %s = add i32 %r, %a
  ret i32 %s
}}
"""

TWICE = "%q = call i32 @f2(ptr %p, i32 %r, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10){at9}\n"

# Calls with another context, so that the register of its own (r10 on Thumb) is saved.
PINNED = """
declare i32 @f2(ptr swiftself, i32)
define i32 @{name}(ptr swiftself %c, i32 %a) {attributes} {{
  %d = getelementptr i8, ptr %c, i32 4
  %r = call i32 @f2(ptr swiftself %d, i32 %a){at5}
  %s = add i32 %r, %a
  ret i32 %s
}}
"""

WRITABLE = """
@state = internal global i32 7
define i32 @{name}(ptr %c, i32 %a, i32 %b) {attributes} {{
  %o = atomicrmw add ptr @state, i32 %a monotonic
  ret i32 %o
}}
"""


@pytest.mark.parametrize("name", TARGETS)
def test_frames_are_those_that_binutils_would_show(name: str) -> None:
    """The frame of SWITCH saves the return address; the leaf has none but what the call itself pushed."""
    target = TARGETS[name]
    leaf = compile_text(DOUBLE, "f2", target)
    assert (leaf.frame_words, leaf.link_words) == ((1, 1) if target.arch == "x86_64" else (0, 0))
    switch = compile_text(SWITCH, "f1", target)
    assert 2 <= switch.frame_words <= 16
    assert 1 <= switch.link_words <= switch.frame_words
    large = compile_text(LARGE, "f1", target)
    assert 3000 <= large.frame_words * target.word_bytes <= 3200


@pytest.mark.parametrize("name", ["x86-64", "aarch64", "thumbv7m"])
def test_frame_counts_what_is_pushed(name: str) -> None:
    """The prologue's own words: the stack pointer moves by the frame apart from the return address that a call pushes."""
    target = TARGETS[name]
    code = compile_text(LARGE, "f1", target)
    pushed = 1 if target.arch == "x86_64" else 0
    assert (code.frame_words * target.word_bytes) % (16 if target.bits == 64 else 8) == 0
    assert code.link_words >= pushed


def test_frame_counts_the_high_registers_of_v6m() -> None:
    """They need a push of their own there, of which LLVM's frame information does not tell."""
    code = compile_text(PINNED, "f1", TARGETS["thumbv6m"])
    assert (code.frame_words * 4) % 8 == 0
    assert code.frame_words >= 4


@pytest.mark.parametrize("level", ["2", "s"])
def test_stack_pointer_stays_where_it_is_between_calls(level: str) -> None:
    """On x86-64 the only addition to it is that of the epilogue, although the calls have arguments on the stack."""
    attributes = "optsize {attributes}" if level == "s" else "{attributes}"
    text = LARGE.replace("{attributes}", attributes).replace("%s = add i32 %r", TWICE + "  %s = add i32 %q")
    code = compile_text(text, "f1", TARGETS["x86-64"], level=level)
    additions = code.parts[0].data.count(b"\x48\x83\xc4") + code.parts[0].data.count(b"\x48\x81\xc4")
    assert additions == 1


@pytest.mark.parametrize("dwarf", [4, 5])
@pytest.mark.parametrize("name", TARGETS)
def test_lines_say_where_calls_are(name: str, dwarf: int) -> None:
    """The instructions that have a location begin with 5, the first call, and go on with 9."""
    code = compile_text(SWITCH, "f1", TARGETS[name], dwarf)
    addresses = [address for address, _ in code.lines]
    assert addresses == sorted(set(addresses))
    assert next(line for _, line in code.lines if line) == 5
    assert {line for _, line in code.lines} <= {0, 5, 9}
    calls = [r.place for r in code.parts[0].relocations if r.target == "f2"]
    assert code.line(min(calls)) == 5
    assert code.line(max(calls)) == 9
    assert code.line(0) == 0


@pytest.mark.parametrize("name", [name for name in TARGETS if name.startswith("rv")])
def test_lines_are_the_same_before_relaxation(name: str) -> None:
    """There the differences of addresses in the table are relocations of their own."""
    plain, marked = (compile_text(SWITCH, "f1", target) for target in (unrelaxed(TARGETS[name]), TARGETS[name]))
    assert plain.lines == marked.lines
    assert (plain.frame_words, plain.link_words) == (marked.frame_words, marked.link_words)
    assert len(marked.parts[0].relocations) > len(plain.parts[0].relocations)


def test_without_debug_information_nothing_is_known() -> None:
    target = TARGETS["rv32imc"]
    ir = DOUBLE.format(name="f2", attributes="nounwind")
    code = read_object(compile_ir(ir, target, Options(interrupt=False)), "f2")
    assert (code.frame_words, code.link_words, code.lines) == (0, 0, ())


def test_constants_are_parts_that_can_be_shared() -> None:
    code = compile_text(SWITCH, "f1", TARGETS["x86-64"])
    text, *others = code.parts
    assert {r.target for r in text.relocations if isinstance(r.target, int)} == {
        i for i, part in enumerate(code.parts) if i and (part.relocations or len(part.data) < 16)
    }
    tables = [part for part in others if part.relocations]
    assert len(tables) == 1
    assert {r.target for r in tables[0].relocations} == {0}


def test_code_travels_as_it_is() -> None:
    code = compile_text(SWITCH, "f1", TARGETS["thumbv7m"])
    assert pickle.loads(pickle.dumps(code, 5)) == code
    assert [r.addend for r in code.parts[0].relocations if r.target == "f2"] == [-4, -4, -4]


@pytest.mark.parametrize("name", ["x86-64", "thumbv7m", "rv32imac"])
def test_data_that_can_be_written_is_refused(name: str) -> None:
    with pytest.raises(UserError, match=r"f1: its code wants \.data"):
        compile_text(WRITABLE, "f1", TARGETS[name])


def test_frame_without_fixed_size_is_refused() -> None:
    text = """
    declare i32 @f2(ptr, i32, i32)
    define i32 @{name}(ptr %c, i32 %a, i32 %b) {attributes} {{
      %p = alloca i8, i32 %a
      %r = call i32 @f2(ptr %p, i32 %a, i32 %b){at5}
      ret i32 %r
    }}
    """
    with pytest.raises(UserError, match="f1: its frame has no fixed size"):
        compile_text(text, "f1", TARGETS["aarch64"])


def test_debug_text_of_the_samples_is_used() -> None:
    """(Without it the tests above would test nothing.)"""
    assert "VERSION" in DEBUG
    assert compile_text(SWITCH, "f1", TARGETS["rv64gc"]).lines
