"""The helpers that the firmware has are those that compiled code may call."""

import re
from collections.abc import Iterator

import pytest

from mote import checkout
from mote.aot.targets import TARGETS, Target
from mote.native_tables import native

FOLDER = checkout.root() / "firmware" / "aot"
ROW = re.compile(r"[A-Z]+\((\w+)")
# native_numeric.h says the same in C.
THUMB, RISCV = {"thumb"}, {"riscv32", "riscv64"}
LACKING = {"LACKS_DIVIDE_32": THUMB, "LACKS_SHIFT_64": THUMB, "LACKS_COUNTS": THUMB | RISCV}


def rows(name: str) -> Iterator[tuple[str, str]]:
    """Each row's helper and the condition that it stands under."""
    condition, is_comment = "", False
    for line in (FOLDER / name).read_text().splitlines():
        is_comment = is_comment or line.startswith("/*")
        if line.startswith("#"):
            condition = line.removeprefix("#if ") if line.startswith("#if") else ""
        elif not is_comment and (match := ROW.match(line)):
            yield match[1], condition
        is_comment = is_comment and not line.endswith("*/")


ROWS = dict([*rows("native_rows.def"), *rows("native_numeric.def")])


def test_every_helper_of_the_abi_is_there() -> None:
    """And none besides."""
    assert set(ROWS) == set(native().helpers)


@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
def test_integer_helpers_are_there_on_the_cpus_that_need_them(target: Target) -> None:
    """What a target asks for is not left out of the firmware for its CPU."""
    for text in target.integer_helpers:
        condition = ROWS[text.upper().replace(".", "_")]
        assert not condition or target.arch in LACKING[condition], text


def test_conditions_are_those_of_the_firmware() -> None:
    """LACKING repeats native_numeric.h."""
    header = (FOLDER / "native_numeric.h").read_text()
    assert set(LACKING) == {condition for condition in ROWS.values() if condition.startswith("LACKS")}
    assert "#define LACKS_SHIFT_64 CPU_THUMB\n#define LACKS_DIVIDE_32 LACKS_SHIFT_64\n" in header
    assert "#define LACKS_COUNTS (LACKS_SHIFT_64 || CPU_RISCV32 || CPU_RISCV64)\n" in header
