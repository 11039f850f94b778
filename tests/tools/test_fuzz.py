"""Whatever the bytes are, `mote inspect` reports or says in one line what is wrong, and soon."""

import contextlib
import io
import json
import time
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mote.cli.inspect import inspect_file, show
from mote.errors import UserError
from support.guests import assemble
from support.places import find_shared, unpacked
from tools.samples import EVERYTHING, PLAIN

pytest.importorskip("wasmtime", reason="text modules are assembled by wasmtime: pip install wasmtime")

SECONDS_MAX = 5.0


def inspect(path: Path, shown: bool = True) -> str:
    """Inspect a file as the command does; the one line of an error, or nothing."""
    start = time.monotonic()
    try:
        report = inspect_file(path)
        json.dumps(report)
        if not shown:
            return ""
        with contextlib.redirect_stdout(io.StringIO()) as out:
            show(report)
        assert "\x1b" not in out.getvalue()
        return ""
    except UserError as error:
        assert "\n" not in str(error)
        return str(error)
    finally:
        assert time.monotonic() - start < SECONDS_MAX, path


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file that made-up modules are written to."""
    return tmp_path_factory.mktemp("fuzz") / "made.wasm"


def inspect_bytes(path: Path, data: bytes, shown: bool = True) -> str:
    """Inspect bytes."""
    path.write_bytes(data)
    return inspect(path, shown)


@cache
def seeds() -> list[bytes]:
    """Valid modules to start from."""
    return [assemble(text).read_bytes() for text in (EVERYTHING, PLAIN)]


@st.composite
def mutants(draw: st.DrawFn) -> bytes:
    """A valid module with some bytes changed, put in or cut out."""
    data = bytearray(draw(st.sampled_from(seeds())))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, max(len(data) - 1, 0)))
        new = draw(st.binary(max_size=6))
        data[at : at + draw(st.integers(0, 6))] = new
    return bytes(data)


@settings(deadline=None, max_examples=400, suppress_health_check=[HealthCheck.too_slow])
@given(mutants())
def test_mutated_modules_are_reported_or_refused(path: Path, data: bytes) -> None:
    inspect_bytes(path, data)


@settings(deadline=None, max_examples=200)
@given(st.binary(max_size=200))
def test_any_bytes_behind_the_header_are_reported_or_refused(path: Path, tail: bytes) -> None:
    inspect_bytes(path, b"\0asm\1\0\0\0" + tail)


def test_each_byte_changed_is_reported_or_refused(path: Path, long_run: bool) -> None:
    values = range(0, 256, 5) if long_run else (0x00, 0x7F, 0x80, 0xFF)
    for seed in seeds():
        for at in range(len(seed)):
            for value in values:
                inspect_bytes(path, seed[:at] + bytes([value]) + seed[at + 1 :], shown=False)


def test_hostile_modules_are_reported_or_refused() -> None:
    archive = find_shared("MOTE_BADINPUT", "badinput.tar.gz")
    if archive is None:
        pytest.skip("no badinput.tar.gz: put it into shared/ beside the checkout or set MOTE_BADINPUT")
    folder = unpacked(archive)
    verdicts = json.loads((folder / "verdicts.json").read_text())
    for name, verdict in verdicts.items():
        message = inspect(folder / "modules" / name)
        accepted = verdict["wasm2.0"] == "accept"
        assert not (accepted and message and "simd" not in message), message


def test_the_official_suite_is_reported_or_refused(long_run: bool) -> None:
    suites = find_shared("MOTE_SPEC_SUITE", "spec")
    if suites is None or not list(suites.glob("core-2.0*")):
        pytest.skip(
            "no official test suite as data: put it into shared/spec beside the checkout or set MOTE_SPEC_SUITE"
        )
    wanted = "*.tar.gz" if long_run else "core-2.0.tar.gz"
    for archive in sorted(suites.glob(wanted)):
        for file in sorted(unpacked(archive).rglob("*.wasm")):
            inspect(file)


def test_valid_modules_of_the_official_suite_are_reported() -> None:
    suites = find_shared("MOTE_SPEC_SUITE", "spec")
    if suites is None or not (suites / "core-2.0.tar.gz").exists():
        pytest.skip(
            "no official test suite as data: put it into shared/spec beside the checkout or set MOTE_SPEC_SUITE"
        )
    folder = unpacked(suites / "core-2.0.tar.gz")
    for script in sorted(folder.glob("*.json")):
        for command in json.loads(script.read_text())["commands"]:
            if command["type"] == "module":
                assert inspect(folder / command["filename"]) == ""
