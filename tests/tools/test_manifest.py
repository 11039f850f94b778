"""Manifests: written into modules, read again, made from a mote.toml, refused when a device would refuse them."""

from pathlib import Path

import pytest

from mote.aot.compile import compile_module
from mote.aot.section import read_sections
from mote.aot.targets import find_target
from mote.cbor import encode
from mote.errors import UserError
from mote.package.manifest import check_manifest, manifest_of_project, name_from_file, read_manifest, write_manifest
from mote.package.prepare import without_debug
from mote.wasm.rewrite import without_custom
from support.guests import assemble

TEXT = '(module (memory 1) (func (export "_start") (i32.store (i32.const 0) (i32.const 1))))'
FULL = {
    "name": "blink", "version": "1.2", "autostart": True, "restart": "on-failure", "args": ["a", "b c"], "stack": 4096,
    "machine_stack": 2048, "memory": 65536, "time": 1500, "files": "read", "output": 512,
}  # fmt: skip


@pytest.fixture(scope="module")
def module() -> bytes:
    """A module without a manifest."""
    return assemble(TEXT).read_bytes()


def test_a_manifest_is_written_replaced_and_read(module: bytes) -> None:
    assert read_manifest(module) == {}
    once = write_manifest(module, {"name": "first", "version": "0"})
    twice = write_manifest(once, FULL)
    assert read_manifest(once)["name"] == "first"
    assert read_manifest(twice) == FULL
    assert without_custom(twice, lambda name: name == "mote.manifest") == module


def test_native_sections_stay_usable_behind_a_manifest_that_changes(module: bytes) -> None:
    data = compile_module(write_manifest(module, {"name": "x"}), find_target("rv32imc")).data
    for manifest in ({"name": "a-longer-name"}, FULL):
        data = write_manifest(data, manifest)
        (native,) = read_sections(data)
        assert native.offset % 16 == 0
        assert native.problem(data) == ""
    assert read_manifest(data) == FULL


def test_debug_data_is_left_out_and_native_sections_stay_usable(module: bytes) -> None:
    native = compile_module(module + b"\0\x14\x0b.debug_line12345678", find_target("rv32imc")).data
    data = without_debug(native)
    assert b".debug_line" in native and b".debug_line" not in data
    (section,) = read_sections(data)
    assert section.offset % 16 == 0 and section.problem(data) == ""
    assert without_debug(module) == module


@pytest.mark.parametrize(
    ("contents", "text"),
    [(b"\xa1", "not CBOR"), (encode([1]), "is no map"), (encode({"name": "x"}) + b"\0", "1 bytes behind the first item")],
)
def test_a_broken_manifest_is_told(contents: bytes, text: str, module: bytes) -> None:
    section = b"\x0dmote.manifest" + contents
    with pytest.raises(UserError, match=text):
        read_manifest(module + b"\0" + bytes([len(section)]) + section)


@pytest.mark.parametrize(
    ("manifest", "text"),
    [
        ({"name": ""}, "'' is no name"),
        ({"name": "x" * 32}, "is no name"),
        ({"name": "-x"}, "is no name"),
        ({"name": "a/b"}, "is no name"),
        ({"nmae": "x"}, "no key 'nmae'"),
        ({"version": "1" * 24}, "longer than 23 bytes"),
        ({"autostart": 1}, "'autostart' is not true or false"),
        ({"stack": -1}, "not a number from 0"),
        ({"memory": 1 << 31}, "not a number from 0 to 2147483647"),
        ({"machine_stack": (1 << 20) + 1}, "not a number from 0 to 1048576"),
        ({"output": (1 << 16) + 1}, "not a number from 0 to 65536"),
        ({"restart": "often"}, "'restart' is 'often'"),
        ({"files": "some"}, "'files' is 'some'"),
        ({"args": ["a" * 130, "b" * 130]}, "arguments take 262 bytes"),
        ({"args": [1]}, "not a list of texts"),
    ],
)
def test_what_a_device_would_refuse_is_refused(manifest: dict, text: str) -> None:
    with pytest.raises(UserError, match=text):
        check_manifest(manifest, "here")


def test_the_longest_that_is_allowed() -> None:
    check_manifest(FULL | {"name": "x" * 31, "version": "1" * 23, "args": ["a" * 127, "b" * 127]}, "here")


def test_a_project_describes_its_module(tmp_path: Path) -> None:
    toml = '[package]\nname = "lamp"\nversion = "2"\n[build]\nsources = ["lamp.c"]\n[manifest]\nautostart = true\n'
    toml += "machine-stack = 4096\n"
    (tmp_path / "mote.toml").write_text(toml)
    wanted = {"name": "lamp", "version": "2", "autostart": True, "machine_stack": 4096}
    assert manifest_of_project(tmp_path, tmp_path / "lamp.wasm") == wanted
    assert manifest_of_project(tmp_path, tmp_path / "other.wasm") == {}
    assert manifest_of_project(tmp_path / "nowhere", tmp_path / "lamp.wasm") == {}
    (tmp_path / "mote.toml").write_text(toml + "colour = 1\n")
    with pytest.raises(UserError, match="no key 'colour'"):
        manifest_of_project(tmp_path, tmp_path / "lamp.wasm")


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("hello.wasm", "hello"),
        ("hello.aot.wasm", "hello"),
        ("über den.wasm", "ber-den"),
        (".wasm", "module"),
        ("_x" * 40, "x" + "_x" * 15),
    ],
)
def test_a_file_gives_a_name(file: str, name: str) -> None:
    assert name_from_file(Path(file)) == name
    check_manifest({"name": name}, file)
