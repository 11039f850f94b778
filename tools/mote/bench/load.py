"""How fast our runtime takes a module in, as `motert --stats` says it: decoding, then validation with translation."""

import re
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from mote import checkout
from mote.bench.engines import PEERS, Engine, Found
from mote.bench.process import run
from mote.bench.timing import Step
from mote.errors import UserError

# An export that no module has: the module is loaded and instantiated, then nothing of it runs.
NOTHING = "(mote bench --load runs nothing)"

# The lines of `motert --stats` that are read here: field, and what stands before its number.
LINES = (
    ("file_bytes", r"file"),
    ("body_bytes", r"function bodies"),
    ("code_bytes", r"register code"),
    ("decode_ms", r"decode"),
    ("translate_ms", r"validate and translate"),
)


@dataclass(frozen=True)
class Load:
    """One module in one build of our runtime; times are medians."""

    module: str
    engine: str
    file_bytes: int
    body_bytes: int
    code_bytes: int
    decode_ms: float
    translate_ms: float

    @property
    def body_mb_s(self) -> float:
        """MB of function bodies validated and translated in a second."""
        return self.body_bytes / 1e3 / self.translate_ms if self.translate_ms else 0.0

    @property
    def file_mb_s(self) -> float:
        """MB of file taken in in a second, decoding included."""
        whole_ms = self.decode_ms + self.translate_ms
        return self.file_bytes / 1e3 / whole_ms if whole_ms else 0.0

    @property
    def code_ratio(self) -> float:
        """Bytes of register code for each byte of function bodies."""
        return self.code_bytes / self.body_bytes if self.body_bytes else 0.0

    def as_data(self) -> dict[str, Any]:
        """The figures for a JSON file."""
        return {**asdict(self), "body_mb_s": self.body_mb_s, "file_mb_s": self.file_mb_s, "code_ratio": self.code_ratio}


def our_engines(found: Found) -> list[Engine]:
    """The engines that translate in our runtime: all that are neither native code nor a peer."""
    others = tuple(peer.name for peer in PEERS)
    ours = [engine for engine in found.engines if not engine.is_native and not engine.name.startswith(others)]
    if not ours:
        why = found.missing.get("mote", "none of the chosen engines is ours")
        raise UserError(f"--load measures our own runtime: {why}")
    return ours


def measure(files: Sequence[str], engines: Sequence[Engine], runs: int, limit_s: float, step: Step) -> list[Load]:
    """Load each file in each engine `runs` times, in turn."""
    results = []
    for file in files:
        path = Path(file).expanduser().absolute()
        if not path.is_file():
            raise UserError("no such file", where=file)
        seen: dict[str, list[dict[str, float]]] = {engine.name: [] for engine in engines}
        for _ in range(runs):
            for engine in engines:
                done = run([*engine.before, "--stats", "--invoke", NOTHING, str(path)], limit_s)
                seen[engine.name].append(read_stats(done.errors, file, engine.name))
                step(f"{path.name} in {engine.name}")
        results += [_summary(path.name, name, values) for name, values in seen.items()]
    return results


def read_stats(text: str, file: str, engine: str) -> dict[str, float]:
    """The numbers in the output of `motert --stats`."""
    found = {name: re.search(rf"^ *{words} +([\d.]+) (?:bytes|ms)", text, re.MULTILINE) for name, words in LINES}
    if not all(found.values()):
        said = next((line for line in text.splitlines() if line.strip()), "it said nothing")
        raise UserError(f"{engine} did not load it: {said.strip()}", where=checkout.shown(Path(file)))
    return {name: float(match[1]) for name, match in found.items() if match}


def _summary(module: str, engine: str, values: Sequence[dict[str, float]]) -> Load:
    """The medians of all runs; sizes are the same in each."""
    first = values[0]
    times = {name: statistics.median(v[name] for v in values) for name in ("decode_ms", "translate_ms")}
    sizes = {name: int(first[name]) for name in ("file_bytes", "body_bytes", "code_bytes")}
    return Load(module, engine, **sizes, **times)


def load_lines(loads: Sequence[Load]) -> list[str]:
    """The report for a person."""
    rows = [("", "", "file", "bodies", "decode", "validate and", "bodies", "file", "code per")]
    rows += [("module", "engine", "bytes", "bytes", "ms", "translate ms", "MB/s", "MB/s", "body byte")]
    for load in loads:
        sizes = (f"{load.file_bytes:,}", f"{load.body_bytes:,}")
        speeds = (f"{load.body_mb_s:.1f}", f"{load.file_mb_s:.1f}", f"{load.code_ratio:.2f}")
        rows.append((load.module, load.engine, *sizes, f"{load.decode_ms:.3f}", f"{load.translate_ms:.3f}", *speeds))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(_aligned(cell, width, i > 1) for i, (cell, width) in enumerate(zip(row, widths, strict=True)))
            for row in rows]


def _aligned(cell: str, width: int, right: bool) -> str:
    """A cell in its column."""
    return cell.rjust(width) if right else cell.ljust(width)
