"""The files of the tree, and C functions in them."""

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from support.places import FIRMWARE, ROOT

C_SUFFIXES = (".c", ".h", ".def", ".inc")
SKIPPED_FOLDERS = (".venv", ".git", "__pycache__", ".pytest_cache", ".hypothesis", ".ruff_cache")
INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]', re.MULTILINE)
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


@cache
def tree() -> tuple[Path, ...]:
    """All files that belong to the project: what git knows, or without git all that is there."""
    listed = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files", "-co", "--exclude-standard"], capture_output=True, text=True, check=False
    )
    if listed.returncode == 0:
        return tuple(path for path in (ROOT / line for line in listed.stdout.splitlines()) if path.is_file())
    return tuple(path for path in sorted(ROOT.rglob("*")) if path.is_file() and not _is_skipped(path))


def _is_skipped(path: Path) -> bool:
    parts = path.relative_to(ROOT).parts
    return parts[0] == "build" or any(part in SKIPPED_FOLDERS for part in parts)


def c_files(*folders: Path) -> list[Path]:
    """C sources, headers and tables under the folders."""
    return [path for path in tree() if path.suffix in C_SUFFIXES and any(folder in path.parents for folder in folders)]


def python_files() -> list[Path]:
    """Python files, with those that have no suffix."""
    return [path for path in tree() if path.suffix == ".py" or path.name in ("SConstruct", "SConscript")]


def shown(path: Path) -> str:
    """A path as a person reads it."""
    return str(path.relative_to(ROOT))


def includes(path: Path) -> list[tuple[str, str]]:
    """The includes of a file: < or \", and the name."""
    return INCLUDE.findall(COMMENT.sub("", path.read_text(encoding="utf-8")))


def room(path: Path) -> str:
    """The room of the firmware that a file lies in; `main` for files at its top, `ports` for those of ports."""
    if FIRMWARE not in path.parents:
        return "ports"
    parts = path.relative_to(FIRMWARE).parts
    return parts[0] if len(parts) > 1 else "main"


@dataclass(frozen=True)
class Function:
    """A C function: where it begins, and its lines from the signature to the closing brace."""

    path: Path
    name: str
    line: int
    lines: int


def c_functions(path: Path) -> Iterator[Function]:
    """The functions of a C file: a signature, a brace in column 0, a brace in column 0."""
    lines = path.read_text(encoding="utf-8").splitlines()
    for opened in (i for i, line in enumerate(lines) if line == "{"):
        start = opened
        while start > 0 and lines[start - 1] and lines[start - 1][0] not in "}#/":
            start -= 1
        closed = next((i for i in range(opened, len(lines)) if lines[i].startswith("}")), opened)
        name = re.search(r"(\w+)\(", " ".join(lines[start:opened]))
        if name:
            yield Function(path, name[1], start + 1, closed - start + 1)
