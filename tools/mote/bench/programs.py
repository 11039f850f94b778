"""What is run: our own programs in tests/bench, compiled on demand, and modules that the user names.

Built files are kept in build/bench and made again when a source, the compiler or a flag changed.
"""

import hashlib
import importlib.metadata
import os
import platform
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path

from mote import checkout
from mote.errors import UserError, reason

# WebAssembly 2.0 without SIMD, said in full: what "generic" means changes with the compiler.
WASM_FLAGS = (
    "-target",
    "wasm32-wasi",
    "-mcpu=mvp+bulk_memory+sign_ext+mutable_globals+nontrapping_fptoint+multivalue+reference_types",
    "-O2",
    "-fno-sanitize=all",
    "-ffp-contract=off",
    "-Wl,-z,stack-size=16384",
    "-s",
)
NATIVE_FLAGS = ("-O2", "-ffp-contract=off")
WARNINGS = ("-std=c11", "-Wall", "-Wextra", "-Werror")


@dataclass(frozen=True)
class Program:
    """One thing to run: a module with its arguments and, where there is one, the same program natively."""

    name: str
    module: Path
    native: Path | None = None
    arguments: tuple[str, ...] = ()
    ours: bool = True  # from tests/bench: takes a work factor and must print the same everywhere
    why_no_native: str = "not built"
    full: int = 0  # the work factor that a program of ours takes without an argument

    def with_work(self, times: int) -> "Program":
        """The same program with several times its usual work; other people's programs are as their arguments say."""
        return self.with_arguments(str(self.full * times)) if self.full and times > 1 else self

    def with_arguments(self, *arguments: str) -> "Program":
        """The same program with other arguments."""
        return replace(self, arguments=arguments)


def _zig_version() -> str:
    """The version of the pip-installed compiler, or nothing without it."""
    try:
        return importlib.metadata.version("ziglang")
    except importlib.metadata.PackageNotFoundError:
        return ""


def zig_cc() -> tuple[str, ...]:
    """The pip-installed C compiler."""
    if not _zig_version():
        raise UserError("the C compiler is not installed", remedy=f"Run: {sys.executable} -m pip install ziglang")
    return (sys.executable, "-m", "ziglang", "cc")


def find_native_compiler() -> tuple[str, ...]:
    """The C compiler that native figures come from: MOTE_BENCH_CC, else gcc, clang or the pip-installed one."""
    named = os.environ.get("MOTE_BENCH_CC")
    if named:
        return tuple(shlex.split(named))
    found = shutil.which("gcc") or shutil.which("clang")
    # The pip-installed one brings its own libc headers when it is told the target; then it compiles, as others do,
    # for any CPU of the family.
    return (found,) if found else (*zig_cc(), "-target", f"{platform.machine()}-linux-gnu", "-fno-sanitize=all")


@dataclass
class Builder:
    """Compiles programs of tests/bench."""

    folder: Path = field(default_factory=lambda: checkout.root() / "build" / "bench")
    native_compiler: tuple[str, ...] = field(default_factory=find_native_compiler)
    notice: Callable[[str], None] = lambda _: None  # told the name of each file that is compiled

    def build(self, source: Path, native: bool = True) -> Program:
        """Compile a source to a module and, if asked and possible, to a native program."""
        module = self._compile(source, source.stem + ".wasm", (*zig_cc(), *WASM_FLAGS))
        found = re.search(r"bench_work\(argc, argv, (\d+)\)", source.read_text())
        made = self._compile(source, source.stem, (*self.native_compiler, *NATIVE_FLAGS)) if native else None
        return Program(source.stem, module, made, full=int(found[1]) if found else 0)

    def _compile(self, source: Path, name: str, compiler: Sequence[str]) -> Path:
        """Compile one file unless the result of the same command over the same sources is there."""
        target = self.folder / name
        made = target.with_name(f".{name}.{os.getpid()}")  # renamed when it is whole: tests compile side by side
        command = [*compiler, *WARNINGS, str(source), "-lm", "-o"]
        stamp = target.with_name(name + ".stamp")
        key = _key(command, source)
        if target.exists() and stamp.exists() and stamp.read_text() == key:
            return target
        self.notice(name)
        self.folder.mkdir(parents=True, exist_ok=True)
        _run_compiler([*command, str(made)], source)
        made.replace(target)
        stamp.write_text(key)
        return target


def _run_compiler(command: Sequence[str], source: Path) -> None:
    """Compile, or say in the compiler's first words why not."""
    environment = checkout.compiler_environment()
    try:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    except OSError as error:
        raise UserError(f"cannot be run: {reason(error)}", where=command[0], remedy="See MOTE_BENCH_CC.") from error
    if done.returncode != 0:
        said = next((line for line in done.stderr.splitlines() if "error" in line), "the compiler failed")
        raise UserError(said.strip(), where=checkout.shown(source))


def _key(command: Sequence[str], source: Path) -> str:
    """A digest of everything that a compiled file depends on."""
    digest = hashlib.sha256("\0".join([*command, _zig_version()]).encode())
    for path in sorted({source, *source_folder().glob("*.h")}):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def source_folder() -> Path:
    """Where our programs are."""
    return checkout.root() / "tests" / "bench"


def startup_folder() -> Path:
    """Where the programs are whose whole point is to be started."""
    return source_folder() / "startup"


def sources_in(folder: Path, names: Sequence[str] = ()) -> list[Path]:
    """The programs of a folder, all or the named ones."""
    sources = {path.stem: path for path in sorted(folder.glob("*.c"))}
    for name in names:
        if name not in sources:
            close = get_close_matches(name, sources, n=1)
            hint = f"Did you mean '{close[0]}'?" if close else f"There are: {', '.join(sources)}."
            raise UserError(f"no program is called '{name}'", remedy=hint)
    return [sources[name] for name in dict.fromkeys(names)] if names else list(sources.values())


def from_specification(text: str) -> Program:
    """A program from `FILE.wasm` or `FILE.wasm:arguments`; its native form is looked up in MOTE_BENCH_NATIVE."""
    file, colon, rest = text.partition(".wasm:")
    path = Path(file + ".wasm" if colon else text).expanduser().absolute()
    if not path.is_file():
        raise UserError("no such module", where=str(path), remedy="Give FILE.wasm or 'FILE.wasm:arguments'.")
    folder = os.environ.get("MOTE_BENCH_NATIVE")
    native = Path(folder).expanduser().absolute() / path.stem if folder else None
    why = f"no program at {native}" if native else "MOTE_BENCH_NATIVE names no folder with native programs"
    known = native is not None and os.access(native, os.X_OK)
    return Program(path.stem, path, native if known else None, tuple(shlex.split(rest)), False, why)


def extra_programs() -> list[Program]:
    """The modules that MOTE_BENCH_EXTRA lists, separated by blanks and quoted as in a shell."""
    return [from_specification(text) for text in shlex.split(os.environ.get("MOTE_BENCH_EXTRA", ""))]
