"""Damaged modules get the same verdict as from wasmtime: one byte changed anywhere, or random damage in generated ones."""

import random

import pytest
import wasmtime

from differential.choices import Choices
from differential.generate import generate
from support.builds import Build
from support.driver import Driver
from support.oracle import engine
from support.protocol import Answer, stage_lines
from support.samples import spread, suite_modules, unit_modules

FILES = 20
FILES_LONG = 200
GENERATED = 300
GENERATED_LONG = 20_000
CHUNK = 2_000
# Changes of one byte: each bit pattern that meant something to a decoder once.
REPLACEMENTS = (0x00, 0x01, 0x0B, 0x40, 0x7F, 0x80, 0xFF)

# Where wasmtime's verdict is not that of the specification, by a part of its message, and what mote must do there.
WASMTIME_LIMITS = ("exceeds", "too large", "limit", "too many", "size is out of range", "locals exceed")


def verdict(module: bytes) -> str:
    """wasmtime's message for a module it refuses, otherwise an empty text."""
    try:
        wasmtime.Module.validate(engine(), module)
    except wasmtime.WasmtimeError as error:
        return str(error).splitlines()[0] or "refused"
    return ""


def damaged(module: bytes) -> list[bytes]:
    """One byte changed at every offset, each to eight values."""
    variants = []
    for at, byte in enumerate(module):
        for value in {*REPLACEMENTS, byte ^ 1} - {byte}:
            variants.append(module[:at] + bytes([value]) + module[at + 1 :])
    return variants


def differences(driver: Driver, modules: list[bytes]) -> list[str]:
    """Modules on which the verdicts differ."""
    found = []
    for start in range(0, len(modules), CHUNK):
        chunk = modules[start : start + CHUNK]
        commands, places = [], []
        for module in chunk:
            commands += [*stage_lines(module), "validate"]
            places.append(len(commands) - 1)
        answers = driver.run(commands)
        found += [difference(module, answers[place]) for module, place in zip(chunk, places, strict=True)]
    return [line for line in found if line]


def difference(module: bytes, answer: Answer) -> str:
    """How the verdicts on one module differ, or an empty text."""
    theirs = verdict(module)
    if (answer.kind == "ok") == (theirs == "") or is_known(answer, theirs):
        return ""
    return f"mote says {answer}, wasmtime says {theirs or 'ok'}: {module.hex()[:600]}"


def is_known(answer: Answer, theirs: str) -> bool:
    """Differences that are not mote's mistake."""
    if theirs and any(part in theirs for part in WASMTIME_LIMITS):
        return True  # limits of theirs that the specification does not have
    if answer.kind == "error" and "limit" in answer.message:
        return True  # limits of ours
    # wasmtime reads sizes of tables and memories as 64-bit numbers, which may be longer than 32-bit ones.
    return not theirs and "integer representation too long" in answer.message


def check(build: Build, modules: list[bytes]) -> None:
    """Compare verdicts in one driver."""
    with Driver(build.launch("spec-driver"), timeout=600) as driver:
        found = differences(driver, modules)
    assert not found, f"{len(found)} verdicts of {len(modules)} differ:\n" + "\n".join(found[:15])


@pytest.mark.builds("tail-guard", "sanitized")
def test_one_byte_changed_in_our_modules(build: Build) -> None:
    """The modules of the unit tests."""
    for module in unit_modules().values():
        check(build, damaged(module))


@pytest.mark.builds("tail-guard", "sanitized")
def test_one_byte_changed_in_modules_of_the_suite(build: Build, long_run: bool) -> None:
    """Small modules out of all files of the official suite."""
    paths = suite_modules(largest=300)
    if not paths:
        pytest.skip("the official test suite is not here")
    for path in spread(paths, FILES_LONG if long_run else FILES):
        check(build, damaged(path.read_bytes()))


def hurt(module: bytes, source: random.Random) -> bytes:
    """Change, remove or repeat a few bytes, mostly in the second half, where the code is."""
    data = bytearray(module)
    for _ in range(source.choice((1, 1, 1, 2, 4))):
        at = source.randrange(8, len(data))
        what = source.random()
        if what < 0.7:
            data[at] = source.choice((*REPLACEMENTS, source.randrange(256), data[at] ^ (1 << source.randrange(8))))
        elif what < 0.85:
            del data[at]
        else:
            data.insert(at, data[source.randrange(8, len(data))])
    return bytes(data)


@pytest.mark.builds("tail-guard", "sanitized")
def test_damage_in_generated_modules(build: Build, long_run: bool) -> None:
    """Generated modules use every instruction; their bodies are where validation is hard."""
    source = random.Random()
    count = GENERATED_LONG if long_run else GENERATED
    modules = []
    for _ in range(count):
        module = generate(Choices(source.randbytes(800))).module
        modules += [hurt(module, source) for _ in range(10)]
    check(build, modules)
