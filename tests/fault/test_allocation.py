"""Memory runs out: each allocation fails in turn; quotas hold exactly; nothing leaks, and the next try works."""

import subprocess
from pathlib import Path

import pytest

from support.builds import Build
from support.driver import Driver, sanitizer_environment
from support.protocol import encode_name
from support.samples import spread, suite_modules, unit_files

SOAK_CYCLES = 10_000
SOAK_CYCLES_LONG = 1_000_000
SANITIZED_DIVISOR = 10


def fault_driver(build: Build, verb: str, *arguments: object, timeout: float = 600) -> str:
    """Run a verb of the fault driver; its complaint or crash fails the test."""
    command = [*build.launch("fault-driver"), verb, *map(str, arguments)]
    environment = sanitizer_environment()
    if verb == "soak":  # freed blocks that the sanitizer holds back look like growth
        environment["ASAN_OPTIONS"] += ":quarantine_size_mb=1:thread_local_quarantine_size_kb=64"
    done = subprocess.run(command, capture_output=True, text=True, timeout=timeout, env=environment)
    assert done.returncode == 0, f"{verb}: status {done.returncode}\n{done.stderr[-4000:]}"
    return done.stdout


def sweep_files() -> list[list[object]]:
    """Groups of modules that are instantiated together."""
    files = unit_files()
    linked = [f"provider={files['provider']}", files["consumer"], files["start_traps"]]
    return [linked, [files["basics"], files["start_runs"], files["empty"]]]


@pytest.mark.parametrize("group", [0, 1], ids=["linked", "alone"])
def test_each_allocation_fails_in_turn(build: Build, group: int) -> None:
    """Load, link, instantiate, call, WASI: an error each time, no leak, and a retry works."""
    out = fault_driver(build, "sweep", *sweep_files()[group])
    assert int(out.split()[0]) > 20


@pytest.mark.builds("tail-guard", "sanitized")
def test_each_allocation_fails_in_turn_for_modules_of_the_suite(build: Build, long_run: bool) -> None:
    """The same for modules that import nothing."""
    modules = [path for path in suite_modules() if b"\x08spectest" not in path.read_bytes()]
    if not modules:
        pytest.skip("the official test suite is not here")
    standalone = [path for path in spread(modules, 400 if long_run else 40) if not imports_anything(path)]
    for path in standalone:
        fault_driver(build, "sweep", path)


def imports_anything(path: Path) -> bool:
    """Whether a module has imports."""
    import wasmtime

    from support.oracle import engine

    return bool(wasmtime.Module(engine(), path.read_bytes()).imports)


def test_ten_thousand_lives_do_not_grow(build: Build, long_run: bool) -> None:
    """Load, instantiate, call, unload, again and again; a million times in a long run."""
    cycles = SOAK_CYCLES_LONG if long_run and build.name == "tail-guard" else SOAK_CYCLES
    files = unit_files()
    count = cycles // SANITIZED_DIVISOR if build.sanitized else cycles
    fault_driver(build, "soak", count, f"provider={files['provider']}", files["consumer"], files["start_runs"], timeout=3600)


def smallest_quota(driver: Driver, module: Path) -> int:
    """The smallest memory limit with which a module can be instantiated."""
    low, high = 0, 1 << 20
    while high - low > 1:
        middle = (low + high) // 2
        if fits_quota(driver, module, middle):
            high = middle
        else:
            low = middle
    return high


def fits_quota(driver: Driver, module: Path, quota: int) -> bool:
    """Whether the whole of runtime, agent and instance fits; every failure must be one of memory."""
    answers = driver.run([f"reset 4096 {quota}", f"file {encode_name(str(module))}", "load 0", "instantiate 0 0"])
    if answers[0].kind == "ok":
        driver_answers = [answers[2], answers[3]] if answers[2].kind == "ok" else [answers[2]]
    else:
        driver_answers = [answers[0]]
    last = driver_answers[-1]
    assert last.kind == "ok" or "out of memory" in last.message, str(last)
    return last.kind == "ok"


def test_quota_is_exact_and_is_released(build: Build) -> None:
    """The error comes at exactly one byte less than what is needed, each time again."""
    module = unit_files()["basics"]
    with Driver(build.launch("spec-driver")) as driver:
        quota = smallest_quota(driver, module)
        assert quota > 65536
        for _ in range(50):
            assert fits_quota(driver, module, quota)
            assert not fits_quota(driver, module, quota - 1)
        driver.run(["reset 4096", f"file {encode_name(str(module))}", "load 0", "instantiate 0 0"])
        before = driver.ask("usage").words[:5]
        for _ in range(200):
            driver.run(["free 0", "instantiate 0 0"])
        assert driver.ask("usage").words[:5] == before
