"""The tables as Python reads them are the tables as a C preprocessor expands them."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from mote.errors import UserError
from mote.native_tables import native
from mote.tables import rows, tables
from support.places import FIRMWARE

FILES = {
    "immediates.def": ("IMMEDIATE", 2),
    "features.def": ("FEATURE", 3),
    "opcodes.def": ("OP", 7),
    "traps.def": ("TRAP", 2),
    "errors.def": ("ERROR", 2),
    "valtypes.def": ("VALTYPE", 5),
    "sections.def": ("SECTION", 4),
    "foreign.def": ("FOREIGN", 3),
}

# Tables with several macros, or with values that only C can tell.
NATIVE = {
    "native_abi.def": {"NATIVE_HELPER": 2, "NATIVE_NUMERIC": 1, "NATIVE_TRAPPING": 1},
    "native_layout.def": {"NATIVE_VERSION": 2, "NATIVE_FIELD": 4, "NATIVE_SIZE": 3, "NATIVE_HEADER": 2},
    "native_features.def": {"NATIVE_FEATURE": 3},
    "native_targets.def": {"NATIVE_TARGET": 2},
}


def preprocess(path: Path, folder: Path) -> str:
    """What a C preprocessor leaves of a table when nothing is defined."""
    source = folder / "table.c"
    source.write_text(f'#include "tables/{path.name}"\n')
    compiler = ["gcc"] if shutil.which("gcc") else [sys.executable, "-m", "ziglang", "cc"]
    command = [*compiler, "-E", "-P", "-I", str(FIRMWARE), str(source)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def squeezed(text: str) -> str:
    """A text without white space outside of string literals."""
    parts = re.split(r'("(?:[^"\\]|\\.)*")', text)
    return "".join(part if part.startswith('"') else re.sub(r"\s+", "", part) for part in parts)


@pytest.mark.parametrize("name", FILES)
def test_rows_are_those_that_the_preprocessor_sees(name: str, tmp_path: Path) -> None:
    macro, columns = FILES[name]
    ours = "".join(f"{r.macro}({','.join(r.values)})" for r in rows(FIRMWARE / "tables", name, columns))
    assert squeezed(preprocess(FIRMWARE / "tables" / name, tmp_path)) == squeezed(ours)
    assert ours.startswith(f"{macro}(")


def test_rows_of_wasi_are_those_that_the_preprocessor_sees(tmp_path: Path) -> None:
    seen = squeezed(preprocess(FIRMWARE / "tables" / "wasi.def", tmp_path))
    for macro, columns in (("WASI_GROUP", 2), ("WASI", 3), ("WASI_ERRNO", 2)):
        ours = list(rows(FIRMWARE / "tables", "wasi.def", columns, macro))
        assert len(ours) == len(re.findall(rf"(?:^|\)){macro}\(", seen))
        assert all(squeezed(f"{macro}({','.join(r.values)})") in seen for r in ours)


@pytest.mark.parametrize("name", NATIVE)
def test_rows_of_the_native_abi_are_those_that_the_preprocessor_sees(name: str, tmp_path: Path) -> None:
    seen = squeezed(preprocess(FIRMWARE / "tables" / name, tmp_path))
    for macro, columns in NATIVE[name].items():
        ours = list(rows(FIRMWARE / "tables", name, columns, macro))
        assert len(ours) == len(re.findall(rf"(?:^|\)){macro}\(", seen))
        assert all(squeezed(f"{macro}({','.join(r.values)})") in seen for r in ours)


def test_native_helpers_have_numbers_and_parameters() -> None:
    helpers = native().helpers
    assert [h.number for h in helpers.values()] == list(range(len(helpers)))
    assert (helpers["TRAP"].number, helpers["TRAP"].takes_context, helpers["TRAP"].parameters) == (0, True, 2)
    assert (helpers["F64_ADD"].takes_context, helpers["F64_ADD"].parameters) == (False, 2)
    assert (helpers["I32_TRUNC_F64_S"].takes_context, helpers["I32_TRUNC_F64_S"].parameters) == (True, 1)


def test_native_layout_is_read_by_member() -> None:
    assert native().fields["mote_context", "memory_base"] == (8, 16)
    assert native().sizes["mote_functype"] == (20, 20)
    assert list(native().header)[:2] == ["magic", "abi_major"]
    assert native().feature_texts[native().features["FIXED_MEMORY"]] == "fixed-memory"
    assert "rv32imc" in native().targets


def test_every_table_has_a_reader() -> None:
    """A table that nothing here knows would be a list of its own somewhere else."""
    there = {path.name for path in (FIRMWARE / "tables").glob("*.def")}
    assert {name for name in there if not name.startswith("opcodes_")} == {*FILES, "wasi.def", *NATIVE}


def test_each_opcode_and_each_name_is_there_once() -> None:
    ops = list(rows(FIRMWARE / "tables", "opcodes.def", 7))
    assert len({(int(r.values[0], 0), int(r.values[1], 0)) for r in ops}) == len(ops) == len(tables().ops)
    assert len({r.values[2] for r in ops}) == len({r.values[3] for r in ops}) == len(ops)


def test_signatures_use_the_letters_of_value_types() -> None:
    letters = {valtype.letter for valtype in tables().valtypes.values()}
    for op in tables().ops.values():
        assert set(op.operands or "") | set(op.results or "") <= letters, op.text


def test_features_name_their_kconfig_symbol() -> None:
    assert tables().features["BULK_MEMORY"].symbol == "WASM_BULK_MEMORY"
    assert tables().features["MVP"].symbol == ""
    assert all(f.symbol == f"WASM_{f.name}" for f in tables().features.values() if f.name != "MVP")


def test_foreign_opcodes_have_a_proposal_and_no_row() -> None:
    assert tables().proposal(0xFD) == "simd"
    assert tables().proposal(0x00) == ""
    firsts = {prefix or code for prefix, code in tables().ops}
    assert not any(tables().proposal(byte) for byte in firsts)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('IMMEDIATE(NONE, "")\nIMMEDIATE(ONE)\n', "not a row of 2 columns"),
        ('IMMEDIATE(NONE, "", "")\n', "not a row of 2 columns"),
        ('IMMEDIATE(NONE, ""\n', "a row has no end"),
        ("surely not a row\n", "not a row of 2 columns"),
    ],
)
def test_a_broken_table_is_told_with_its_place(text: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "broken.def").write_text(text)
    with pytest.raises(UserError) as caught:
        list(rows(tmp_path, "broken.def", 2))
    assert message in caught.value.what
    assert "broken.def" in caught.value.where


def test_comments_conditionals_and_split_rows_are_read_over(tmp_path: Path) -> None:
    (tmp_path / "table.def").write_text('/* X(1) */\n#ifdef X\nA(1, "a, (b" /* in */,\n  F(2, 3))\n#endif\n// X(1)\n')
    (only,) = rows(tmp_path, "table.def", 3)
    assert only.values == ("1", '"a, (b"', "F(2,3)")
    assert only.place.endswith("table.def:4")
