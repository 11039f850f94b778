"""Declared counts are checked against the bytes there are before anything is reserved, with little address space and stack."""

import resource
from collections.abc import Callable

import pytest

from differential.encode import HEADER, FuncType, ModuleBytes, constant, name, opcode, section, unsigned
from support.builds import Build
from support.driver import Driver
from support.protocol import Answer, stage_lines

ADDRESS_SPACE = 64 << 20
HOST_STACK = 64 << 10
HUGE = unsigned(0xFFFFFFFF)
# What a refused module may have cost on top of the empty runtime and its agent's stack.
PEAK_SLACK_BYTES = 64 << 10

GUARDLESS = ("tail-guard", "goto-guard", "tail-checks", "goto-checks")  # a sanitizer needs terabytes of address space


def confine() -> None:
    """Little address space, in the child process."""
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))


def confine_stack() -> None:
    """A small native stack as well."""
    resource.setrlimit(resource.RLIMIT_STACK, (HOST_STACK, HOST_STACK))


def load(build: Build, module: bytes, preexec: Callable[[], None]) -> tuple[Answer, int]:
    """The answer to `load`, and the peak of memory in use."""
    with Driver(build.launch("spec-driver"), preexec) as driver:
        answers = driver.run(["reset 4096", "usage", *stage_lines(module), "load 0", "usage"])
    before, after = int(answers[1].words[-1]), int(answers[-1].words[-1])
    return answers[-2], after - before


def in_body(code: bytes) -> bytes:
    """A module with one function."""
    module = ModuleBytes()
    module.add_function(FuncType(("i32",)), code)
    return module.encoded()


def in_raw_body(content: bytes) -> bytes:
    """A module with one function whose body, locals included, is given."""
    module = ModuleBytes()
    module.add_function(FuncType(("i32",)), b"")
    module.bodies[0] = unsigned(len(content)) + content
    return module.encoded()


def br_table(count: int) -> bytes:
    """A br_table that claims more arms than there are."""
    return in_body(b"\x20\0" + opcode("br_table") + unsigned(count) + b"\0" * 40)


EMPTY_FUNCTION = HEADER + section("type", b"\x01\x60\0\0") + section("function", b"\x01\0")
AT_ZERO = b"\x01\0" + constant("i32", 0) + opcode("end")

CASES = {
    **{f"{kind} section": HEADER + section(kind, HUGE + b"\0" * 30)
       for kind in ("type", "import", "function", "table", "memory", "global", "export", "element", "code", "data")},
    "data count": HEADER + section("data count", HUGE),
    "parameters": HEADER + section("type", b"\x01\x60" + HUGE + b"\x7f" * 30),
    "results": HEADER + section("type", b"\x01\x60\0" + HUGE + b"\x7f" * 30),
    "module name of an import": HEADER + section("import", b"\x01" + HUGE + b"a" * 30),
    "size of a section": HEADER + b"\x01" + HUGE + b"\0" * 30,
    "name of a custom section": HEADER + section("custom", HUGE + b"a" * 30),
    "size of a body": EMPTY_FUNCTION + section("code", b"\x01" + HUGE),
    "groups of locals": in_raw_body(HUGE + b"\x01\x7f" * 10),
    "locals": in_raw_body(b"\x01" + HUGE + b"\x7f\x0b"),
    "types of a select": in_body(b"\x41\0\x41\0\x41\0" + opcode("select_t") + HUGE + b"\x7f"),
    "elements of a segment": HEADER + section("table", b"\x01\x70\0\0") + section("element", AT_ZERO + HUGE + b"\0" * 20),
    "expressions of a segment": HEADER + section("element", b"\x01\x05\x70" + HUGE + b"\xd0\x70\x0b" * 10),
    "bytes of a data segment": HEADER + section("memory", b"\x01\0\0") + section("data", AT_ZERO + HUGE + b"\0" * 20),
    "function names": in_body(b"") + section("custom", name("name") + b"\x01\x05" + HUGE),
    **{f"br_table of {count:#x}": br_table(count) for count in (0xFFFFFFFC, 0xFFFFFFFD, 0xFFFFFFFE, 0xFFFFFFFF, 0x40000000)},
}


@pytest.mark.builds(*GUARDLESS)
@pytest.mark.parametrize("case", CASES)
def test_huge_count_is_refused_cheaply(case: str, build: Build) -> None:
    """An error (a name section that lies is none), and next to no memory taken."""
    answer, peak = load(build, CASES[case], confine)
    assert answer.kind == ("ok" if case == "function names" else "error"), str(answer)
    assert peak < PEAK_SLACK_BYTES, f"{peak} bytes were taken for {len(CASES[case])} bytes of module"


def nested(depth: int) -> bytes:
    """Blocks in blocks."""
    return in_body((opcode("block") + b"\x40") * depth + opcode("end") * depth)


def nested_ifs(depth: int) -> bytes:
    """Ifs in ifs."""
    return in_body((b"\x20\0" + opcode("if") + b"\x40") * depth + opcode("end") * depth)


def many_functions(count: int) -> bytes:
    """Empty functions."""
    module = HEADER + section("type", b"\x01\x60\0\0") + section("function", unsigned(count) + b"\0" * count)
    return module + section("code", unsigned(count) + b"\x02\0\x0b" * count)


def long_names(size: int) -> bytes:
    """An export with a long name, and a name section with a long function name."""
    module = ModuleBytes()
    module.add_function(FuncType(), b"", (), "e" * size)
    names = b"\x01" + unsigned(size + 6) + b"\x01\0" + name("n" * size)
    return module.encoded() + section("custom", name("name") + names)


def long_expression(count: int) -> bytes:
    """A tall operand stack, then as many drops."""
    return in_body(constant("i32", 1) * count + opcode("drop") * count)


LARGE = {
    "100000 blocks": nested(100_000),
    "100000 ifs": nested_ifs(100_000),
    "1000000 functions": many_functions(1_000_000),
    "names of 2 MB": long_names(2_000_000),
    "1000000 operands": long_expression(1_000_000),
}


@pytest.mark.builds(*GUARDLESS)
@pytest.mark.parametrize("case", LARGE)
def test_large_module_needs_no_native_stack(case: str, build: Build) -> None:
    """Accepted, or refused as beyond a limit; with 64 KB of native stack."""
    answer, _ = load(build, LARGE[case], confine_stack)
    assert answer.kind == "ok" or "limit" in answer.message, str(answer)


LIMITS = {
    "memory of 65536 pages": (HEADER + section("memory", b"\x01\0" + unsigned(65536)), True),
    "memory of 65537 pages": (HEADER + section("memory", b"\x01\0" + unsigned(65537)), False),
    "maximum of 65536 pages": (HEADER + section("memory", b"\x01\x01\0" + unsigned(65536)), True),
    "maximum of 65537 pages": (HEADER + section("memory", b"\x01\x01\0" + unsigned(65537)), False),
    "maximum below minimum": (HEADER + section("memory", b"\x01\x01\x02\x01"), False),
    "table of 2^32 - 1": (HEADER + section("table", b"\x01\x70\0" + HUGE), True),
    "table maximum below minimum": (HEADER + section("table", b"\x01\x70\x01\x02\x01"), False),
}


@pytest.mark.parametrize("case", LIMITS)
def test_limits_are_those_of_the_specification(case: str, build: Build) -> None:
    """A valid declaration loads; instantiating it works or is an error of memory, never a crash."""
    module, valid = LIMITS[case]
    with Driver(build.launch("spec-driver")) as driver:
        loaded, instantiated = driver.run(["reset 4096 100000000", *stage_lines(module), "load 0", "instantiate 0 0"])[-2:]
    assert loaded.kind == ("ok" if valid else "error"), str(loaded)
    if valid and instantiated.kind != "ok":
        assert "out of memory" in instantiated.message or "limit" in instantiated.message
