"""157 modules that once crashed or misled other runtimes: the right verdict, and every export called with a deadline."""

import json
from functools import cache
from pathlib import Path

import pytest

from support.builds import Build
from support.driver import Driver, DriverDied
from support.oracle import accepts
from support.places import find_shared, unpacked
from support.protocol import Answer, encode_name

VARIABLE = "MOTE_BADINPUT"
HOW_TO_GET_IT = f"the bad inputs are not here: put badinput.tar.gz into shared/ beside the checkout, or name it by {VARIABLE}"
DEADLINE_MS = 30
CALLED_EXPORTS_MAX = 20
MEMORY_LIMIT = 512 * 1024 * 1024

# The verdicts are those of WebAssembly 2.0 with SIMD, which mote does not have: what is accepted only thanks to SIMD must be
# refused with the feature's name.
SIMD = "simd"


@cache
def folder() -> Path | None:
    """The unpacked folder, or None."""
    archive = find_shared(VARIABLE, "badinput.tar.gz")
    return unpacked(archive) if archive else None


@cache
def verdicts() -> dict[str, bool]:
    """Module name -> whether WebAssembly 2.0 accepts it."""
    where = folder()
    assert where
    listed = json.loads((where / "verdicts.json").read_text())
    return {name: verdict["wasm2.0"] == "accept" for name, verdict in listed.items()}


@cache
def needs_simd(name: str) -> bool:
    """Whether a module is accepted only thanks to SIMD."""
    where = folder()
    assert where
    module = (where / "modules" / name).read_bytes()
    return accepts(module, simd=True) and not accepts(module)


def check_verdict(name: str, accepted: bool, answer: Answer) -> str:
    """What is wrong with the answer to `load`, or an empty text."""
    if accepted and needs_simd(name):
        fits = answer.kind == "error" and SIMD in answer.message
        return "" if fits else f"{name}: needs SIMD, which must be named: {answer}"
    if accepted != (answer.kind == "ok"):
        return f"{name}: must be {'accepted' if accepted else 'refused'}: {answer}"
    return ""


def zero(valtype: str) -> str:
    """An argument."""
    return f"{valtype}:null" if valtype.endswith("ref") else f"{valtype}:0"


def run_exports(driver: Driver, name: str) -> str:
    """Call each export with zeros; anything is right that ends in time."""
    for described in driver.ask("exports 0").words[:CALLED_EXPORTS_MAX]:
        export, params, _ = described.split(":")
        words = [zero(param) for param in params.split(",") if param]
        answer = driver.ask(" ".join([f"call 0 {export}", *words]))
        if answer.kind == "fail":
            return f"{name}: {export}: {answer}"
    return ""


def check(driver: Driver, name: str, accepted: bool) -> str:
    """Everything about one module; the first thing that is wrong, or an empty text."""
    where = folder()
    assert where
    path = encode_name(str(where / "modules" / name))
    loaded = driver.run([f"reset 65536 {MEMORY_LIMIT}", f"timeout {DEADLINE_MS}", f"file {path}", "load 0"])[-1]
    wrong = check_verdict(name, accepted, loaded)
    if wrong or loaded.kind != "ok":
        return wrong
    return run_exports(driver, name) if driver.ask("instantiate 0 0").kind == "ok" else ""


@pytest.mark.skipif(folder() is None, reason=HOW_TO_GET_IT)
def test_bad_input_is_judged_and_harmless(build: Build) -> None:
    """All 157; a crash or a hang ends one driver and is counted against its module."""
    command = build.launch("spec-driver")
    driver = Driver(command, timeout=30)
    wrong = []
    for name, accepted in verdicts().items():
        try:
            wrong.append(check(driver, name, accepted))
        except DriverDied as error:
            wrong.append(f"{name}: {error}")
            driver = Driver(command, timeout=30)
    driver.close()
    assert not list(filter(None, wrong)), "\n".join(filter(None, wrong))


@pytest.mark.skipif(folder() is None, reason=HOW_TO_GET_IT)
def test_bad_input_is_complete() -> None:
    """157 modules, 25 of which need SIMD."""
    assert len(verdicts()) == 157
    assert sum(accepted and needs_simd(name) for name, accepted in verdicts().items()) == 25
