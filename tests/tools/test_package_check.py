"""What a device cannot run is refused before it is sent, with exit code 5 and what mends it."""

from pathlib import Path

import pytest

from mote.aot.compile import How, compile_native, write_module
from mote.aot.options import Options
from mote.aot.section import read_sections
from mote.aot.targets import find_target
from mote.errors import ExitCode, UserError
from mote.package.check import check_module, interpreted_note
from mote.wasm.model import Module
from mote.wasm.module import decode
from support.guests import assemble

COPIES = """(module (memory 1)
  (func $move (memory.copy (i32.const 0) (i32.const 8) (i32.const 4)))
  (func (export "_start") (call $move)))"""
INFO = {
    "target": "rv32imac", "abi": [1, 0], "engines": ["native", "interpreter"],
    "features": ["floating-point", "mutable-globals", "bulk-memory"],
}  # fmt: skip


def module(text: str = COPIES) -> Module:
    """A module in the text format."""
    return decode(assemble(text).read_bytes())


def native(target: str, stripped: bool) -> Module:
    """A module with code for a target."""
    made = compile_native(module(), find_target(target), Options(), How())
    return decode(write_module(module().data, [made], stripped))


def refused(checked: Module, **changes: object) -> str:
    """What is said of a module that is refused."""
    with pytest.raises(UserError) as caught:
        check_module(checked, INFO | changes, "app.wasm")
    assert caught.value.code == ExitCode.INCOMPATIBLE
    return str(caught.value)


def test_a_module_that_fits_is_taken() -> None:
    check_module(module(), INFO, "app.wasm")
    check_module(module(), {}, "app.wasm")  # the device says nothing


def test_a_missing_feature_is_named_with_its_first_use_and_both_remedies() -> None:
    assert refused(module(), features=["floating-point"]) == (
        "app.wasm: memory.copy in func 0 `move` needs bulk-memory, which this board's firmware lacks. "
        "Enable WASM_BULK_MEMORY in the firmware or compile with -mno-bulk-memory."
    )


def test_native_code_for_the_board_needs_no_features() -> None:
    for stripped in (False, True):
        check_module(native("rv32imac", stripped), INFO | {"features": []}, "app.wasm")
        check_module(native("rv32imc", stripped), INFO | {"features": []}, "app.wasm")  # the firmware knows what runs what


def test_code_for_another_board_is_interpreted_or_refused() -> None:
    wrong = native("thumbv7m", stripped=False)
    check_module(wrong, INFO, "app.wasm")
    abi = read_sections(wrong.data)[0].header
    version = f"{abi['abi_major']}.{abi['abi_minor']}"
    assert interpreted_note(read_sections(wrong.data), INFO, "app.wasm") == (
        f"app.wasm: built for thumbv7m (ABI {version}); this board: rv32imac (ABI 1.0): it is interpreted. "
        "Run: mote aot app.wasm -t rv32imac"
    )
    assert "needs bulk-memory" in refused(wrong, features=[])
    said = refused(native("thumbv7m", stripped=True))
    assert f"only native code for thumbv7m (ABI {version}); this board: rv32imac (ABI 1.0)" in said
    assert said.endswith("mote aot FILE -t rv32imac")


def test_another_abi_is_told() -> None:
    assert "this board: rv32imac (ABI 9.0)" in refused(native("rv32imac", stripped=True), abi=[9, 0])
    assert "runs nothing else" in refused(module(), engines=["native"])


def test_a_library_is_refused() -> None:
    assert "exports no _start" in refused(module('(module (func (export "run")))'))
    assert "exports no _start" in refused(module('(module (memory (export "_start") 1))'))


def test_a_file_that_is_no_module_is_told(tmp_path: Path) -> None:
    from mote.package.prepare import prepare_run

    (tmp_path / "x.wasm").write_bytes(b"hello")
    with pytest.raises(UserError, match=r"x\.wasm: malformed"):
        prepare_run(tmp_path / "x.wasm", INFO, aot=False)
