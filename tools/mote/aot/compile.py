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

from mote import checkout
from mote.aot.cache import Cache, cache_folder
from mote.aot.image import Image, Place, link
from mote.aot.lower import ModuleLowering
from mote.aot.object import Code, read_object
from mote.aot.options import Options
from mote.aot.section import Wish, add_section, need_code, write_section
from mote.aot.strip import strip_code
from mote.aot.targets import Target
from mote.aot.unit import Unit
from mote.aot.workers import CrashError, processors, run
from mote.errors import UserError
from mote.wasm.model import Module
from mote.wasm.module import decode

Progress = Callable[[int, int, str], None]  # done, of how many, which
PICKLE = 5
LEAF_FRAME_MAX = 256  # bytes; a larger frame is compared with the stack's limit, see docs/formats/native.md


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
    lowering: ModuleLowering
    codes: list[Code]
    features: set[str]
    image: Image
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
    options = options.resolved(target)
    need_code(module.data)
    stats = Stats(functions=len(module.bodies), wasm_bytes=code_bytes(module))
    with stats.phase("read"):
        lowering = ModuleLowering(module, target, options)
        units = lowering.units()
    made = compile_units(lowering, units, how, stats)
    codes = [code for code, _ in made]
    with stats.phase("link"):
        image = link(codes, target, [place_of(unit) for unit in units])
    stats.image_bytes = len(image.data)
    return Native(target, options, lowering, codes, lowering.features(used for _, used in made), image, stats)


def write_module(data: bytes, natives: Sequence[Native], strip: bool = False) -> bytes:
    """The module with the sections, and with empty bodies if that is wanted."""
    for native in natives:
        with native.stats.phase("write"):
            section = write_section(data, native.image, wish_of(native))
            data = add_section(data, section)
        native.stats.section_bytes = len(section)
    return strip_code(data) if strip else data


def wish_of(native: Native) -> Wish:
    """What the section says beside its image."""
    lowering = native.lowering
    at = dict(zip(native.image.names, native.image.offsets, strict=True))
    entries = [None if symbol is None else at[symbol] for symbol in lowering.entries()]
    return Wish(native.target.name, native.stats.functions, entries, native.features, lowering.flags())


def code_bytes(module: Module) -> int:
    """Bytes of the module's code section, which native code is compared with."""
    return next((section.size for section in module.sections if section.id and section.text == "code"), 0)


def compile_units(lowering: ModuleLowering, units: Sequence[Unit], how: How, stats: Stats) -> list[tuple[Code, frozenset[str]]]:
    """The code of each unit and the features that it uses: from the cache, or compiled, the largest first."""
    with stats.phase("cache"), Cache(how.cache) as cache:
        base = fingerprint() + lowering.target.name.encode() + lowering.options.key()
        keys = [blake2b(base + lowering.key(unit), digest_size=32).digest() for unit in units]
        bodies = cache.get(keys)
    missing = [index for index, key in enumerate(keys) if key not in bodies]
    stats.cached = stats.functions - sum(units[index].funcidx is not None for index in missing)
    with stats.phase("compile"):
        new = compile_missing(lowering, units, missing, how)
    if new:
        with stats.phase("cache"), Cache(how.cache) as cache:
            cache.put({keys[index]: body for index, body in new.items()})
    with stats.phase("link"):
        return [pickle.loads(new[index] if index in new else bodies[key]) for index, key in enumerate(keys)]


def compile_missing(lowering: ModuleLowering, units: Sequence[Unit], missing: Sequence[int], how: How) -> dict[int, bytes]:
    """Compile these units in processes; the pickled code of each."""
    if not missing:
        return {}
    import mote.aot.codegen  # noqa: F401 (here, so that not every process has to load LLVM)

    order = sorted(missing, key=lambda index: (-units[index].size, index))
    done: dict[int, bytes] = {}
    if how.progress:
        how.progress(0, len(order), "")
    try:
        for index, body in run(lambda index: compile_unit(lowering, units[index]), order, how.jobs or processors()):
            done[index] = body
            if how.progress:
                how.progress(len(done), len(order), title(units[index]))
    except CrashError as crash:
        where = title(units[crash.index])
        raise UserError(f"LLVM ended while it compiled this function: {crash.how}", where, "Try -O1 or -O0.") from crash
    return done


def compile_unit(lowering: ModuleLowering, unit: Unit) -> bytes:
    """The code of one unit and the features it uses, pickled; once more with a check of the stack if its frame is large."""
    from mote.aot.codegen import compile_ir

    lowered = lowering.lower(unit)
    code = read_object(compile_ir(lowered.text, lowering.target, lowering.options), unit.symbol)
    if code.frame_words * lowering.target.word_bytes >= LEAF_FRAME_MAX and not lowered.checks_stack:
        lowered = lowering.lower(unit, check_stack=True)
        code = read_object(compile_ir(lowered.text, lowering.target, lowering.options), unit.symbol)
    return pickle.dumps((code, lowered.used), PICKLE)


def title(unit: Unit) -> str:
    """What a person calls a unit."""
    if unit.funcidx is None:
        return f"thunk {unit.symbol}"
    return f"function {unit.funcidx}" + (f" `{unit.name}`" if unit.name else "")


def place_of(unit: Unit) -> Place:
    """Where a unit comes from: lines of machine code are offsets in the body, plus 1."""
    return Place(title(unit), None if unit.funcidx is None else unit.body_offset - 1)


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
