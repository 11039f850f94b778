"""Linked images really run, on every target: calls, jump tables, constants, recursion; and what cannot be linked is told."""

from dataclasses import replace
from pathlib import Path

import pytest

from aot.machine import call
from aot.samples import ANSWERS, SWITCH, compile_text, switch_codes, switch_image, unrelaxed
from mote.aot.image import Place, link
from mote.aot.targets import TARGETS
from mote.errors import UserError

RISCV = [name for name, target in TARGETS.items() if target.arch.startswith("riscv")]
CALLS = 4  # of SWITCH
FORMS = [*TARGETS, *(f"{name} unrelaxed" for name in RISCV)]


def target_of(form: str):
    """A target by its name, without shortened calls if it says so."""
    target = TARGETS[form.split()[0]]
    return unrelaxed(target) if "unrelaxed" in form else target


@pytest.mark.parametrize("level", ["2", "z"])
@pytest.mark.parametrize("form", FORMS)
def test_image_runs(form: str, level: str, tmp_path: Path) -> None:
    target = target_of(form)
    image, at = switch_image(target, 2, level)
    results = {arguments: call(target, image.data, at, *arguments, tmp_path) for arguments in ANSWERS}
    assert results == ANSWERS


@pytest.mark.parametrize("form", FORMS)
def test_image_runs_when_calls_are_far(form: str, tmp_path: Path) -> None:
    """Forty functions lie between caller and callee: too far for the compressed jumps and for one of the conditional ones."""
    target = target_of(form)
    image, at = switch_image(target, 40)
    assert at > 4096
    for arguments in [(3, 0), (10, 4), (3, 21)]:
        assert call(target, image.data, at, *arguments, tmp_path) == ANSWERS[arguments]


def test_calls_are_shortened() -> None:
    """Each call of a near function loses four bytes or six."""
    target = TARGETS["rv32imc"]
    plain, _ = switch_image(unrelaxed(target), 2)
    relaxed, _ = switch_image(target, 2)
    assert len(plain.data) - len(relaxed.data) >= 3 * CALLS * 6 - 8
    far, _ = switch_image(target, 40)
    plain, _ = switch_image(unrelaxed(target), 40)
    assert 41 * CALLS * 4 <= len(plain.data) - len(far.data) < 41 * CALLS * 6


@pytest.mark.parametrize("form", FORMS)
def test_offsets_ascend_and_are_aligned(form: str) -> None:
    target = target_of(form)
    codes = switch_codes(target, 3)
    image = link(codes, target)
    assert list(image.offsets) == sorted(set(image.offsets))
    assert image.offsets[0] == 0
    assert all(at % 2 == 0 and at % code.parts[0].align == 0 for at, code in zip(image.offsets, codes, strict=True))
    assert image.align <= 16


def test_equal_constants_lie_there_once() -> None:
    target = TARGETS["x86-64"]
    one, many = (link(switch_codes(target, n), target) for n in (0, 8))
    constants = [len(image.data) - image.offsets[-1] for image in (one, many)]
    tables = 7 * 4 * 8  # a jump table belongs to its function
    assert constants[1] - constants[0] == tables


def test_constants_of_a_large_aarch64_image_stay_near(tmp_path: Path) -> None:
    """ADR reaches 1 MiB: constants follow each half MiB of text."""
    target = TARGETS["aarch64"]
    codes = switch_codes(target, 8000)
    assert any(part.align == 8 for part in codes[1].parts), "the sample has no constant"
    image = link(codes, target)
    at = image.offsets[-2]
    assert at > 2 << 20
    for start in (at, image.offsets[4000]):
        assert call(target, image.data, start, 50, 6, tmp_path) == ANSWERS[50, 6]


def test_frames_and_lines_of_relaxed_code_move_with_it() -> None:
    target = TARGETS["rv32imc"]
    plain, plain_at = switch_image(unrelaxed(target))
    relaxed, at = switch_image(target)
    assert relaxed.frames == plain.frames
    assert [offset for _, offset in relaxed.lines] == [offset for _, offset in plain.lines]
    first = [next(a - start for a, o in i.lines if o == 1005) for i, start in ((plain, plain_at), (relaxed, at))]
    assert first[0] == first[1]
    assert relaxed.lines[-1][0] < plain.lines[-1][0]


def test_library_call_is_told_with_function_and_place() -> None:
    target = TARGETS["rv32imc"]
    text = SWITCH.replace("sub i32 %x, 3", "call i32 @__mulsi3(i32 %x, i32 %x){at9}").replace(
        "declare void @t1", "declare i32 @__mulsi3(i32, i32)\ndeclare void @t1"
    )
    codes = [*switch_codes(target)[::2], compile_text(text, "f1", target)]
    with pytest.raises(UserError) as caught:
        link(codes, target, [Place("double", None), Place("trap", None), Place("sum", 0x1000)])
    assert str(caught.value).startswith("sum, instruction at offset 0x1009: the compiler made a call of `__mulsi3`")


def test_absolute_relocation_is_refused() -> None:
    target = TARGETS["x86-64"]
    (code, *others) = switch_codes(target)
    part = code.parts[0]
    wrong = others[0].parts[0].relocations[0]._replace(place=0, kind=1)  # R_X86_64_64
    bad = replace(code, parts=(replace(part, relocations=(wrong,)), *code.parts[1:]))
    with pytest.raises(UserError, match="f2: the compiler left a relocation of kind 1, which"):
        link([bad, *others], target)


def test_frame_that_is_too_large_is_refused() -> None:
    (code, *others) = switch_codes(TARGETS["rv32imc"])
    with pytest.raises(UserError, match="its frame of 262,144 bytes"):
        link([replace(code, frame_words=0x10000), *others], TARGETS["rv32imc"])


def test_thunks_that_nobody_calls_are_left_out() -> None:
    target = TARGETS["rv32imc"]
    codes = switch_codes(target)
    unused = [replace(codes[-1], name=name) for name in ("t2", "x0_0", "i3")]
    entry = replace(codes[-1], name="e0")
    image = link([*codes, *unused, entry], target)
    assert image.names == ("f2", "f1", "t1", "e0")
    assert len(image.offsets) == len(image.frames) == 4
