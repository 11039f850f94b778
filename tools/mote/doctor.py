"""What a checkout can use on this machine: what is there, what is missing, and the line that mends it."""

import platform
import shlex
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec

from mote import checkout
from mote.errors import UserError
from mote.lock import Pin, locked
from mote.runtime import find_runtime

OK, MISSING, ABSENT = "ok", "missing", "absent"
PYTHON_NEEDED = (3, 10)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked for. `missing` is needed, `absent` is not: `detail` says what goes without it."""

    group: str
    name: str
    state: str
    detail: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Program:
    """A program of the system that mote can use: what for, and how Debian calls its package."""

    name: str
    use: str
    package: str


PROGRAMS = (
    Program("gcc", "scons TOOLCHAIN=gcc for Linux", "gcc"),
    Program("clang", "scons TOOLCHAIN=clang", "clang"),
    Program("riscv64-unknown-elf-gcc", "RISC-V firmware with gcc, size reference", "gcc-riscv64-unknown-elf"),
    Program("arm-none-eabi-gcc", "Cortex-M firmware with gcc, size reference", "gcc-arm-none-eabi"),
    Program("valgrind", "mote bench --count", "valgrind"),
    Program("qemu-riscv32", "RISC-V tests in an emulated process", "qemu-user"),
    Program("qemu-arm", "Thumb tests in an emulated process", "qemu-user"),
    Program("qemu-system-riscv32", "RISC-V tests on an emulated board", "qemu-system-misc"),
    Program("qemu-system-arm", "Cortex-M tests on an emulated board", "qemu-system-arm"),
)


def examine() -> list[Finding]:
    """Look for everything."""
    return [finding for look in LOOKS for finding in look()]


def look_at_python() -> Iterator[Finding]:
    """The interpreter that runs this."""
    enough = sys.version_info >= PYTHON_NEEDED
    wanted = ".".join(map(str, PYTHON_NEEDED))
    detail = f"{platform.python_version()} at {sys.executable}"
    remedy = "" if enough else f"Install Python {wanted} or newer, then delete .venv and run ./mote again."
    yield Finding("Python", "python", OK if enough else MISSING, detail, remedy)


def look_at_packages() -> Iterator[Finding]:
    """The packages that the lock file names, in the versions that it names."""
    for pin in locked():
        yield look_at_package(pin)


def look_at_package(pin: Pin) -> Finding:
    """One package: there, another version, or not there."""
    remedy = "rm -r .venv, then ./mote doctor"
    if find_spec("pip"):
        remedy = f"{shlex.quote(sys.executable)} -m pip install {pin.name}=={pin.version}"
    try:
        found = version(pin.name)
    except PackageNotFoundError:
        return Finding("Packages", pin.name, MISSING, f"{pin.version} is wanted", remedy)
    if found == pin.version:
        return Finding("Packages", pin.name, OK, found)
    return Finding("Packages", pin.name, ABSENT, f"{found} is here, {pin.version} is locked", remedy)


def look_at_runtime() -> Iterator[Finding]:
    """The runtime for Linux."""
    try:
        found = find_runtime()
    except UserError as error:
        yield Finding("Runtime", "motert", MISSING, f"{error.what}: {error.where}", error.remedy)
        return
    if found:
        yield Finding("Runtime", "motert", OK, checkout.shown(found))
    else:
        remedy = f"{shlex.quote(sys.executable)} -m SCons BOARD=linux"
        yield Finding("Runtime", "motert", ABSENT, "not built yet; mote run builds it", remedy)


def look_at_programs() -> Iterator[Finding]:
    """Compilers, emulators and the like: nothing of it is needed."""
    for program in PROGRAMS:
        found = shutil.which(program.name)
        if found:
            yield Finding("Programs", program.name, OK, found)
        else:
            yield Finding("Programs", program.name, ABSENT, f"for {program.use}", f"apt install {program.package}")


def look_at_peers() -> Iterator[Finding]:
    """Other runtimes that `mote bench` measures beside ours."""
    from mote.bench.engines import PEERS, find_engines

    engines = {engine.name: engine for engine in find_engines().engines}
    for peer in PEERS:
        if peer.name in engines:
            yield Finding("Peers", peer.name, OK, " ".join(engines[peer.name].before))
        else:
            remedy = f"export {peer.variable}=/path/to/{peer.name}"
            yield Finding("Peers", peer.name, ABSENT, "mote bench compares without it", remedy)


def look_at_data() -> Iterator[Finding]:
    """Data that lies outside of the tree."""
    found = checkout.find_shared("MOTE_SPEC_SUITE", "spec")
    if found:
        yield Finding("Test data", "official test suite", OK, str(found))
        return
    remedy = "git clone https://github.com/WebAssembly/testsuite and export MOTE_SPEC_SUITE=/path/to/testsuite"
    yield Finding("Test data", "official test suite", ABSENT, "its tests are skipped", remedy)


LOOKS: tuple[Callable[[], Iterator[Finding]], ...] = (
    look_at_python,
    look_at_packages,
    look_at_runtime,
    look_at_programs,
    look_at_peers,
    look_at_data,
)
