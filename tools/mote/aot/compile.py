"""Compiles a module for a CPU: its functions in parallel, unchanged ones from the cache, then one image and one section.

The result depends on the module, the target and the options only, not on the number of processes or the state of the cache.
"""

import pickle
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Any

from mote import checkout
from mote.aot.cache import Cache, cache_folder
from mote.aot.options import Options
from mote.aot.targets import Target
from mote.aot.workers import CrashError, processors, run
from mote.errors import UserError
from mote.wasm.model import Module
from mote.wasm.module import decode

Progress = Callable[[int, int, str], None]  # done, of how many, which
PICKLE = 5


@dataclass(slots=True)
class Stats:
    """What a compilation did, for people and for benchmarks."""

    functions: int = 0
    cached: int = 0
    wasm_bytes: int = 0
    image_bytes: int = 0
    section_bytes: int = 0
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def total_seconds(self) -> float:
        """All phases together."""
        return sum(self.seconds.values())

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Add the time of what is inside to a phase."""
        start = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - start


@dataclass(frozen=True, slots=True)
class How:
    """How to go about it, without influence on the result: processes, the cache (None: none), whom to tell."""

    jobs: int = 0
    cache: Path | None = None
    progress: Progress | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """The module with its new section, and what it took."""

    data: bytes
    stats: Stats


@dataclass(frozen=True, slots=True)
class Native:
    """A module compiled for a CPU, before it becomes a section."""

    target: Target
    options: Options
    lowering: Any
    codes: list[Any]
    image: Any
    stats: Stats


def default_cache() -> Path:
    """Where machine code is kept."""
    return cache_folder() / "aot"


def compile_module(data: bytes, target: Target, options: Options | None = None, how: How | None = None) -> Result:
    """The module with a section for the target beside those that it has; a section for the same target is replaced."""
    native = compile_native(decode(data), target, options or Options(), how or How(cache=default_cache()))
    return Result(write_module(data, [native]), native.stats)


def compile_native(module: Module, target: Target, options: Options, how: How) -> Native:
    """Compile and link for one target."""
    from mote.aot.image import link
    from mote.aot.lower import ModuleLowering

    stats = Stats(functions=len(module.bodies), wasm_bytes=code_bytes(module))
    with stats.phase("read"):
        lowering = ModuleLowering(module, target, options)
        units = lowering.units()
    codes = compile_units(lowering, units, target, options, how, stats)
    with stats.phase("link"):
        image = link(codes, target)
    stats.image_bytes = len(image.data)
    return Native(target, options, lowering, codes, image, stats)


def write_module(data: bytes, natives: Sequence[Native], strip: bool = False) -> bytes:
    """The module with the sections, and with empty bodies if that is wanted."""
    raise NotImplementedError


def code_bytes(module: Module) -> int:
    """Bytes of the module's code section, which native code is compared with."""
    return next((section.size for section in module.sections if section.id and section.text == "code"), 0)


def compile_units(
    lowering: Any, units: Sequence[Any], target: Target, options: Options, how: How, stats: Stats
) -> list[Any]:
    """The code of each unit: from the cache, or compiled, the largest first."""
    with stats.phase("cache"), Cache(how.cache) as cache:
        base = fingerprint() + target.name.encode() + options.key()
        keys = [blake2b(base + lowering.key(unit), digest_size=32).digest() for unit in units]
        bodies = cache.get(keys)
    missing = [index for index, key in enumerate(keys) if key not in bodies]
    stats.cached = stats.functions - sum(units[index].funcidx is not None for index in missing)
    with stats.phase("compile"):
        new = compile_missing(lowering, units, missing, target, options, how)
    if new:
        with stats.phase("cache"), Cache(how.cache) as cache:
            cache.put({keys[index]: body for index, body in new.items()})
    with stats.phase("link"):
        return [pickle.loads(new[index] if index in new else bodies[key]) for index, key in enumerate(keys)]


def compile_missing(
    lowering: Any, units: Sequence[Any], missing: Sequence[int], target: Target, options: Options, how: How
) -> dict[int, bytes]:
    """Compile these units in processes; the pickled code of each."""
    if not missing:
        return {}
    from mote.aot.codegen import compile_ir
    from mote.aot.object import read_object

    def task(index: int) -> bytes:
        unit = units[index]
        code = read_object(compile_ir(lowering.lower(unit), target, options), unit.symbol)
        return pickle.dumps(code, PICKLE)

    order = sorted(missing, key=lambda index: (-unit_bytes(lowering.module, units[index]), index))
    done: dict[int, bytes] = {}
    try:
        for index, body in run(task, order, how.jobs or processors()):
            done[index] = body
            if how.progress:
                how.progress(len(done), len(order), units[index].name)
    except CrashError as crash:
        unit = units[crash.index]
        where = unit.name or unit.symbol
        raise UserError(f"LLVM ended while it compiled this function: {crash.how}", where, "Try -O1 or -O0.") from crash
    return done


def unit_bytes(module: Module, unit: Any) -> int:
    """How large a unit is: that of its wasm function, 0 for thunks."""
    if unit.funcidx is None:
        return 0
    body = module.bodies[unit.funcidx - (len(module.function_types()) - len(module.bodies))]
    return body.end - body.offset


def fingerprint() -> bytes:
    """What stands for the compiler: its sources, the tables that it reads, and the library with LLVM in it."""
    import llvmlite

    state = blake2b(llvmlite.__version__.encode(), digest_size=16)
    tools = Path(__file__).parents[1]
    for folder, pattern in ((tools / "aot", "*.py"), (tools / "wasm", "*.py"), (checkout.tables(), "*.def")):
        for path in sorted(folder.glob(pattern)):
            state.update(path.read_bytes())
    for path in sorted((Path(llvmlite.__file__).parent / "binding").glob("*llvmlite.*")):
        state.update(f"{path.name} {path.stat().st_size}".encode())
    return state.digest()
