"""motert --invoke: arguments by the export's type, results one a line, and what it says when the export is not there."""

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.builds import Build
from support.guests import assemble
from support.motert import Motert

# How values are read and printed does not depend on the engine.
pytestmark = pytest.mark.builds("tail-guard", "sanitized")

IDENTITY = "(module {})".format(
    " ".join(f'(func (export "{t}") (param {t}) (result {t}) (local.get 0))' for t in ("i32", "i64", "f32", "f64", "externref"))
)


def identity(motert: Motert, type_name: str, text: object) -> str:
    """What comes back of a value."""
    result = motert.run("--invoke", type_name, assemble(IDENTITY), text)
    assert (result.status, result.err) == (0, ""), result
    return result.out.removesuffix("\n")


@pytest.mark.parametrize(
    ("type_name", "text", "printed"),
    [
        ("i32", "0", "0"),
        ("i32", "+7", "7"),
        ("i32", "-2147483648", "-2147483648"),
        ("i32", "4294967295", "-1"),
        ("i32", "0xfFfFfFfF", "-1"),
        ("i32", "-0x80000000", "-2147483648"),
        ("i32", "010", "10"),
        ("i64", "-9223372036854775808", "-9223372036854775808"),
        ("i64", "18446744073709551615", "-1"),
        ("i64", "0x8000000000000000", "-9223372036854775808"),
        ("f32", "1", "1"),
        ("f32", "0.1", "0.1"),
        ("f32", "-0", "-0"),
        ("f32", "16777217", "16777216"),
        ("f32", "1e-45", "1e-45"),
        ("f32", "3.4028235e38", "3.4028235e+38"),
        ("f32", "-inf", "-inf"),
        ("f32", "nan", "nan"),
        ("f32", "-nan:0x200001", "-nan:0x200001"),
        ("f32", "0x1.8p1", "3"),
        ("f64", "0.1", "0.1"),
        ("f64", ".5", "0.5"),
        ("f64", "123456789.123456789", "123456789.12345679"),
        ("f64", "5e-324", "5e-324"),
        ("f64", "1.7976931348623157e308", "1.7976931348623157e+308"),
        ("f64", "inf", "inf"),
        ("f64", "nan:0x8000000000000", "nan"),
        ("f64", "nan:0x1", "nan:0x1"),
        ("externref", "null", "null"),
        ("externref", "0", "0"),
        ("externref", "77", "77"),
    ],
)
def test_values_come_back(motert: Motert, type_name: str, text: str, printed: str) -> None:
    assert identity(motert, type_name, text) == printed


@pytest.mark.parametrize(
    ("type_name", "text"),
    [(t, text) for t, texts in {
        "i32": ["", "-", "x", "1.0", "1 ", " 1", "4294967296", "-2147483649", "0x", "0x100000000", "--1", "1e3",
                "99999999999999999999"],
        "i64": ["18446744073709551616", "-9223372036854775809", "nan"],
        "f32": ["", "-", "e5", "1e39", "0x", "1.5f", "nan:0x0", "nan:0x800000", "nan(1)", " 1", "++1", "INFINITY!"],
        "f64": ["1e309", "-1e400", "nan:0x10000000000000", "nan:1", "inf1"],
        "externref": ["nil", "-1", ""],
    }.items() for text in texts],
)
def test_unreadable_value_is_one_line_and_status_2(motert: Motert, type_name: str, text: str) -> None:
    result = motert.run("--invoke", type_name, assemble(IDENTITY), text)
    assert (result.status, result.out) == (2, "")
    assert result.err.startswith(f"motert: {type_name}: argument 1: {text} is not an {type_name}; write ")
    assert result.err.count("\n") == 1


@pytest.mark.builds("tail-guard")
@settings(max_examples=150, deadline=None)
@given(bits=st.integers(0, 2**64 - 1))
def test_floats_are_printed_so_that_they_read_back(motert: Motert, build: Build, bits: int) -> None:
    (number,) = struct.unpack("<d", struct.pack("<Q", bits))
    printed = identity(motert, "f64", repr(number))
    assert printed == "nan" if number != number else float(printed) == number
    assert number != number or len(printed) <= len(repr(number)) + 3


def test_results_are_printed_one_a_line(motert: Motert) -> None:
    module = assemble('(module (func (export "f") (result i32 f64 funcref i64 f32) (i32.const -1) (f64.const 1.5) (ref.null func)'
                      ' (i64.const -2) (f32.const 0.1)) (func (export "g") (result funcref) (ref.func 0)) (func (export "h")))')
    assert motert.run("--invoke", "f", module).out == "-1\n1.5\nnull\n-2\n0.1\n"
    assert motert.run("--invoke", "g", module).out == "function\n"
    assert motert.run("--invoke", "h", module).out == ""


@pytest.mark.parametrize(("arguments", "message"), [
    ([], "f takes 2 arguments (i32, f64); given: 0"),
    (["1", "2", "3"], "f takes 2 arguments (i32, f64); given: 3"),
])
def test_wrong_number_of_arguments_names_the_types(motert: Motert, arguments: list[str], message: str) -> None:
    module = assemble('(module (func (export "f") (param i32 f64)) (func (export "none")))')
    result = motert.run("--invoke", "f", module, *arguments)
    assert (result.status, result.out, result.err) == (2, "", f"motert: {module}: {message}\n")
    assert motert.run("--invoke", "none", module, "1").err == f"motert: {module}: none takes 0 arguments; given: 1\n"


def exporting(*names: str) -> str:
    """A module whose exports have these names."""
    return "(module (memory (export \"memory\") 1) (func) {})".format(" ".join(f'(export "{n}" (func 0))' for n in names))


@pytest.mark.parametrize(("names", "wanted", "message"), [
    (["fib", "fob", "sort"], "fab", "no exported function fab; nearest: fib, fob"),
    (["calculate_sum", "calculate_product"], "calculate_sun", "no exported function calculate_sun; nearest: calculate_sum"),
    (["alpha", "beta"], "memory", "no exported function memory; it exports alpha, beta"),
    ([], "run", "no exported function run; it exports nothing"),
    ([f"function{i:02}" for i in range(10, 20)], "x",
     "no exported function x; it exports " + ", ".join(f"function{i}" for i in range(10, 18)) + ", ..."),
    (["a\\1b[31m"], "a", "no exported function a; it exports a\\x1b[31m"),
])
def test_missing_export_names_the_nearest(motert: Motert, names: list[str], wanted: str, message: str) -> None:
    module = assemble(exporting(*names))
    result = motert.run("--invoke", wanted, module)
    assert (result.status, result.out, result.err) == (1, "", f"motert: {module}: {message}\n")


def test_module_without_start_says_how_to_call_it(motert: Motert) -> None:
    module = assemble(exporting("_initialize", "add"))
    result = motert.run(module)
    assert (result.status, result.out) == (1, "")
    assert result.err == (
        f"motert: {module}: no _start to run; call an export with --invoke NAME; it exports _initialize, add\n"
    )


def test_start_of_a_wrong_type_is_refused(motert: Motert) -> None:
    module = assemble('(module (func (export "_start") (param i32)))')
    result = motert.run(module)
    assert (result.status, result.err) == (
        1, f"motert: {module}: _start must take and give nothing; call it with --invoke _start\n"
    )


def test_reactor_is_initialised_before_an_export_is_called(motert: Motert) -> None:
    module = assemble('(module (global (mut i32) (i32.const 1)) (func (export "_initialize") (global.set 0 (i32.const 5)))'
                      ' (func (export "get") (result i32) (global.get 0)))')
    assert motert.run("--invoke", "get", module).out == "5\n"


def test_guest_that_exits_in_an_export_gives_the_status_and_no_results(motert: Motert) -> None:
    module = assemble('(module (import "wasi_snapshot_preview1" "proc_exit" (func (param i32)))'
                      ' (func (export "f") (result i32) (call 0 (i32.const 0)) (i32.const 1)))')
    result = motert.run("--invoke", "f", module)
    assert (result.status, result.out, result.err) == (0, "", "")
