"""How files look: a comment on top, no paths of one machine, sizes within bounds, ruff content."""

import ast
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from lint.sources import c_files, c_functions, python_files, shown, tree
from support.places import FIRMWARE, ROOT

FUNCTION_LINES = 40  # what is aimed at
FUNCTION_LINES_MAX = 60
FILE_LINES_MAX = 500
CONDITIONALS_MAX = 6
# Files that may be longer: tables, the handlers and the embedder's header; and what a program wrote.
LONG_FILES = re.compile(r"firmware/tables/|firmware/interp/op_|firmware/include/mote\.h|tests/unit/modules\.c|\.lock$")
MACHINE_PATHS = re.compile(r"(?<![\w.~-])/(?:" + "|".join(("root", "home/[a-z]", "work", "opt/venv", "Users/[a-z]")) + r")\b")
TEXT_SUFFIXES = {".c", ".h", ".def", ".py", ".md", ".json", ".toml", ".wat", ".txt", ".inc", ".S", ".ld", ""}

C_FILES = c_files(ROOT)
PYTHON_FILES = python_files()


def test_c_files_open_with_a_comment() -> None:
    """Each file says what it owns."""
    bare = [shown(path) for path in C_FILES if not path.read_text(encoding="utf-8").startswith("/*")]
    assert not bare, bare


def test_python_files_open_with_a_docstring() -> None:
    """Likewise; build files may have a comment instead, and a file that only makes a folder a package may be empty."""
    bare = []
    for path in PYTHON_FILES:
        text = path.read_text(encoding="utf-8")
        if text and not text.startswith("#") and not ast.get_docstring(ast.parse(text)):
            bare.append(shown(path))
    assert not bare, bare


def test_no_path_of_one_machine() -> None:
    """The tree works wherever it lies."""
    found = []
    for path in tree():
        if path.suffix in TEXT_SUFFIXES and path != Path(__file__):
            lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
            found += [f"{shown(path)}:{i}: {line.strip()[:100]}" for i, line in enumerate(lines, 1) if MACHINE_PATHS.search(line)]
    assert not found, "\n".join(found)


def test_ruff_is_content() -> None:
    """Every Python file."""
    if find_spec("ruff") is None:
        pytest.skip(f"ruff is not installed: {sys.executable} -m pip install ruff")
    done = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--quiet", "--output-format", "concise", "--no-cache", str(ROOT)],
        capture_output=True, text=True, check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-500:]


def python_functions(path: Path) -> list[tuple[str, int]]:
    """Functions of a Python file and their lines."""
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    functions = [node for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return [(f"{shown(path)}:{node.lineno}: {node.name}", (node.end_lineno or 0) - node.lineno + 1) for node in functions]


def all_functions() -> list[tuple[str, int]]:
    """Every function of the tree with its lines, longest first."""
    found = [(f"{shown(path)}:{f.line}: {f.name}", f.lines) for path in C_FILES for f in c_functions(path)]
    for path in PYTHON_FILES:
        found += python_functions(path)
    return sorted(found, key=lambda item: -item[1])


def test_functions_are_short(capsys: pytest.CaptureFixture[str]) -> None:
    """Functions above the aim are listed, those above the maximum fail."""
    functions = all_functions()
    above = [f"{lines:4} lines  {where}" for where, lines in functions if lines > FUNCTION_LINES]
    with capsys.disabled():
        if above:
            print(f"\n{len(above)} of {len(functions)} functions are longer than {FUNCTION_LINES} lines:", *above, sep="\n  ")
    too_long = [line for line, (_, lines) in zip(above, functions, strict=False) if lines > FUNCTION_LINES_MAX]
    assert not too_long, "\n".join(too_long)


def test_files_are_short() -> None:
    """A seam is looked for long before a file gets here."""
    found = []
    for path in [*C_FILES, *PYTHON_FILES]:
        lines = len(path.read_text(encoding="utf-8").splitlines())
        if lines > FILE_LINES_MAX and not LONG_FILES.search(shown(path)):
            found.append(f"{shown(path)}: {lines} lines")
    assert not found, "\n".join(found)


def test_firmware_has_few_conditionals() -> None:
    """#ifdef is the last resort: in the firmware, tables and headers that hide a member apart."""
    found = []
    for path in c_files(FIRMWARE):
        text = path.read_text(encoding="utf-8")
        count = len(re.findall(r"^\s*#\s*(?:if|elif)\b", text, re.MULTILINE))
        if path.suffix == ".c" and count > CONDITIONALS_MAX:
            found.append(f"{shown(path)}: {count} conditionals")
    assert not found, "\n".join(found)
