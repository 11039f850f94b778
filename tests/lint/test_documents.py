"""What documents name is there: links to files, paths and file names in backticks, options of Kconfig, verbs of mote."""

import re
from functools import cache
from pathlib import Path

import pytest

from lint.sources import shown, tree

DOCUMENTS = [path for path in tree() if path.suffix == ".md"]
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
CODE = re.compile(r"`([^`\n]+)`")
BLOCK = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"(?:[\w.-]+/)*[\w.-]+\.(?:c|h|def|py|md|wat|toml|lock)")
OPTION = re.compile(r"\b(?:SET=|CONFIG_)?((?:WASM|HOST|INTERP|MEMORY|TRAP|AGENT|OPTIMIZE)_[A-Z0-9_]+)(=[yn\d]\S*)?")
VERB = re.compile(r"(?:^|[\s`])(?:\./)?mote ([a-z]+)(?=[\s`]|$)", re.MULTILINE)
# Files that a document has its reader make, or that the build makes.
IMAGINED = {"hello.c", "fib.c", "my.c", "app.c", "a.c", "autoconf.h"}
# Words behind `mote` in running text, and parts of options.
WORDS = {"bench", "is", "has", "in", "by", "and", "as", "runs", "does"}


@cache
def paths() -> tuple[str, ...]:
    """All files, from the root."""
    return tuple(f"/{shown(path)}" for path in tree())


@cache
def options() -> set[str]:
    """The symbols of all Kconfig files."""
    files = [path for path in tree() if path.name == "Kconfig"]
    return {name for path in files for name in re.findall(r"^(?:config|choice) (\w+)", path.read_text(), re.MULTILINE)}


def verbs() -> set[str]:
    """The verbs of mote."""
    from mote.cli import VERBS

    return {verb for verb, _, _ in VERBS}


def is_there(name: str) -> bool:
    """Whether a file is meant that exists: by its path from the root, by the end of that, or made by a build."""
    return name in IMAGINED or name.startswith("build/") or any(path.endswith("/" + name) for path in paths())


def missing(document: Path) -> list[str]:
    """What the document names and is not there."""
    text = document.read_text(encoding="utf-8")
    prose = BLOCK.sub("", text)
    links = [link for link in LINK.findall(prose) if "://" not in link and not (document.parent / link).exists()]
    quoted = CODE.findall(prose)
    files = [name for name in quoted if FILE.fullmatch(name) and not is_there(name)]
    known = options()
    symbols = [name for name, _ in OPTION.findall(text) if name not in known and not name.endswith("_")]
    used = [verb for verb in VERB.findall("\n".join([*quoted, *BLOCK.findall(text)])) if verb not in verbs() | WORDS]
    return [*links, *files, *symbols, *(f"mote {verb}" for verb in used)]


@pytest.mark.parametrize("document", DOCUMENTS, ids=shown)
def test_document_names_what_is_there(document: Path) -> None:
    found = missing(document)
    assert not found, f"{shown(document)} names {', '.join(dict.fromkeys(found))}"


def test_checker_notices_what_is_not_there(tmp_path: Path) -> None:
    """A rule that nothing can break would be worth nothing."""
    document = tmp_path / "x.md"
    wrong = "[a](b.md) `runtime/cellar.c` `cellar.py` `WASM_CELLAR`\n```\n./mote dig\n```\n"
    document.write_text(wrong + "`runtime/call.c` `call.c` `mote run` `WASM_NAMES`\n")
    assert missing(document) == ["b.md", "runtime/cellar.c", "cellar.py", "WASM_CELLAR", "mote dig"]
