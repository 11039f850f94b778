"""Guest programs for tests: C compiled by the pip-installed compiler, text assembled by wasmtime; kept in the build folder."""

from __future__ import annotations

import hashlib
import importlib.metadata
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest

from support.places import ROOT, scratch

# printf of a floating-point number takes 8 KiB of stack by itself.
FLAGS = ("-target", "wasm32-wasi", "-Os", "-Wall", "-Wextra", "-Werror", "-Wl,-z,stack-size=32768")


@cache
def compile_guest(source: Path, flags: Sequence[str] = ()) -> Path:
    """The module of a C program, compiled when the source, the flags or the compiler are new."""
    try:
        compiler = importlib.metadata.version("ziglang")
    except importlib.metadata.PackageNotFoundError:
        pytest.skip(f"guests are compiled by ziglang: {sys.executable} -m pip install ziglang")
    command = [sys.executable, "-m", "ziglang", "cc", *FLAGS, *flags, str(source)]
    key = hashlib.sha256("\0".join([compiler, *FLAGS, *flags, source.read_text()]).encode()).hexdigest()[:16]
    target = scratch("guests") / f"{source.stem}-{key}.wasm"
    if not target.exists():
        _compile(command, target)
    return target


def _compile(command: Sequence[str], target: Path) -> None:
    """Compile beside the target and rename, so that a second test process never sees half a file."""
    variables = dict(os.environ)
    variables.setdefault("ZIG_GLOBAL_CACHE_DIR", str(ROOT / "build" / "zig-cache"))
    variables.setdefault("ZIG_LOCAL_CACHE_DIR", variables["ZIG_GLOBAL_CACHE_DIR"])
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        half = Path(folder) / target.name
        done = subprocess.run([*command, "-o", str(half)], env=variables, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        half.rename(target)


@cache
def assemble(text: str) -> Path:
    """The module of a program in WebAssembly's text format."""
    wasmtime = pytest.importorskip("wasmtime", reason="text modules are assembled by wasmtime: pip install wasmtime")
    return keep(bytes(wasmtime.wat2wasm(text)))


def keep(module: bytes) -> Path:
    """A file that holds these bytes."""
    target = scratch("guests") / f"{hashlib.sha256(module).hexdigest()[:16]}.wasm"
    if not target.exists():
        with tempfile.TemporaryDirectory(dir=target.parent) as folder:
            half = Path(folder) / target.name
            half.write_bytes(module)
            half.rename(target)
    return target
