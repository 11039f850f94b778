"""Which lines of the firmware the tests reached: gcov's JSON summed up by file and folder."""

import gzip
import json
import subprocess
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from support.places import FIRMWARE, ROOT, scratch

BATCH = 50
SHOWN_RANGES = 8


@dataclass
class FileCoverage:
    """Executable lines of a file, and how often each ran."""

    hits: dict[int, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """Executable lines."""
        return len(self.hits)

    @property
    def reached(self) -> int:
        """Lines that ran."""
        return sum(count > 0 for count in self.hits.values())

    def missed(self) -> list[tuple[int, int]]:
        """Lines that never ran, as ranges; lines without code do not split a range."""
        ranges: list[tuple[int, int]] = []
        is_open = False
        for line in sorted(self.hits):
            if self.hits[line]:
                is_open = False
            elif is_open:
                ranges[-1] = (ranges[-1][0], line)
            else:
                ranges.append((line, line))
                is_open = True
        return ranges


def measure(builds: Sequence[Path]) -> dict[str, FileCoverage]:
    """Coverage of each file of the firmware, by its path in the tree, over some build folders."""
    files: dict[str, FileCoverage] = defaultdict(FileCoverage)
    data = sorted(path for build in builds for path in (build / "obj" / "firmware").rglob("*.gcno"))
    for at in range(0, len(data), BATCH):
        for report in gcov(data[at : at + BATCH]):
            add(files, report)
    return dict(files)


def gcov(notes: list[Path]) -> Iterable[dict]:
    """gcov's reports about some object files."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["gcov", "--json-format", "--preserve-paths", *map(str, notes)]
        subprocess.run(command, cwd=folder, capture_output=True, check=False)
        for path in Path(folder).glob("*.gcov.json.gz"):
            yield json.loads(gzip.decompress(path.read_bytes()))


def add(files: dict[str, FileCoverage], report: dict) -> None:
    """Add one report's lines; a line that several objects have counts as reached when one of them ran it."""
    for file in report["files"]:
        path = Path(report["current_working_directory"], file["file"]).resolve()
        if FIRMWARE not in path.parents:
            continue
        hits = files[str(path.relative_to(ROOT))].hits
        for line in file["lines"]:
            hits[line["line_number"]] = hits.get(line["line_number"], 0) + line["count"]


def percent(reached: int, total: int) -> str:
    """A share as text."""
    return f"{100 * reached / total:5.1f} %" if total else "    -  "


def table(files: dict[str, FileCoverage]) -> str:
    """A row a file, with the lines that were missed, and a row a folder; the whole at the end."""
    rows = []
    folders: dict[str, list[FileCoverage]] = defaultdict(list)
    for name in sorted(files):
        folders[str(Path(name).parent)].append(files[name])
    for folder in sorted(folders):
        inside = [name for name in sorted(files) if str(Path(name).parent) == folder]
        rows.append(row(folder + "/", folders[folder]))
        rows += [row("  " + Path(name).name, [files[name]], files[name].missed()) for name in inside]
    rows.append(row("all of firmware/", list(files.values())))
    write_missed(files)
    return "\n".join(rows)


def row(title: str, covered: list[FileCoverage], missed: list[tuple[int, int]] | None = None) -> str:
    """One row: share, lines, missed lines."""
    reached, total = sum(c.reached for c in covered), sum(c.total for c in covered)
    ranges = [f"{a}" if a == b else f"{a}-{b}" for a, b in missed or []]
    more = f" and {len(ranges) - SHOWN_RANGES} more" if len(ranges) > SHOWN_RANGES else ""
    return f"{title:34} {percent(reached, total)} {reached:5} of {total:5}  {', '.join(ranges[:SHOWN_RANGES])}{more}".rstrip()


def write_missed(files: dict[str, FileCoverage]) -> None:
    """All missed lines with their text, for a closer look: build/tests/coverage/missed.txt."""
    lines = []
    for name in sorted(files):
        source = (ROOT / name).read_text(encoding="utf-8", errors="replace").splitlines()
        missed = [number for number, count in sorted(files[name].hits.items()) if not count and number <= len(source)]
        lines += [f"{name}:{number}: {source[number - 1].strip()}" for number in missed]
    (scratch("coverage") / "missed.txt").write_text("\n".join(lines) + "\n")
