"""Native code for tests: modules compiled for a CPU, kept in the build folder by what they and the compiler are."""

import os
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from pathlib import Path

from support.places import scratch


@dataclass(frozen=True)
class Native:
    """A target of `mote aot`, with bounds checks as the target has them unless said otherwise.

    `growable` is for modules whose memories are grown by others.
    """

    target: str
    bounds: str = ""
    growable: bool = False

    @property
    def folder(self) -> Path:
        """Where compiled modules lie; another one when the compiler has changed."""
        return scratch("native") / compiler_version() / f"{self.target}-{self.bounds or 'default'}{'-growable' * self.growable}"

    def compiled(self, module: bytes) -> bytes:
        """The module with its native section."""
        return self.file(module).read_bytes()

    def file(self, module: bytes) -> Path:
        """A file with the compiled module."""
        path = self.folder / f"{blake2b(module, digest_size=16).hexdigest()}.wasm"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            half = path.with_suffix(f".{os.getpid()}")
            half.write_bytes(self.compile(module))
            half.rename(path)
        return path

    def compile(self, module: bytes) -> bytes:
        """Compile in one process: tests run two at a time already."""
        from mote.aot.compile import How, compile_module
        from mote.aot.options import Options
        from mote.aot.targets import find_target

        options = Options(bounds=self.bounds or None, growable=self.growable)
        return compile_module(module, find_target(self.target), options, How(jobs=1, cache=scratch("native"))).data


@cache
def compiler_version() -> str:
    """What stands for the compiler's sources and tables."""
    from mote.aot.compile import fingerprint

    return fingerprint().hex()
