"""`mote size`: the firmware's figures as a table, as JSON, and compared with others."""

import json
from pathlib import Path
from typing import Any

import pytest

from mote import checkout
from mote.cli.size import unpack_revision
from mote.errors import ExitCode, UserError
from mote.footprint import Size, read_footprints
from tools.command import mote

Row = list[Any]


def figures(path: Path, *rows: Row, **others: Any) -> Path:
    """A size.json with one program."""
    flash, ram = (sum(row[at] for row in rows) for at in (3, 4))
    parts = {part: {"flash": 0, "ram": 0} for part, *_ in rows}
    for part, _, _, *size in rows:
        parts[part] = {"flash": parts[part]["flash"] + size[0], "ram": parts[part]["ram"] + size[1]}
    program = {"total": {"flash": flash, "ram": ram}, "limits": None, "pool": 0, "parts": parts, "symbols": list(rows)}
    path.write_text(json.dumps({"programs": {"motert": program | others}}))
    return path


def test_figures_are_summed_by_file_and_symbol(tmp_path: Path) -> None:
    rows = [["a/", "x.c", "f", 5, 0], ["a/", "x.c", "strings", 2, 0], ["a/", "x.c", "strings", 3, 0], ["b/", "y.c", "v", 1, 8]]
    program = read_footprints(figures(tmp_path / "size.json", *rows))["motert"]
    assert program.files == {("a/", "x.c"): Size(10, 0), ("b/", "y.c"): Size(1, 8)}
    assert program.symbols["a/", "x.c", "strings"] == Size(5, 0)
    assert program.total == Size(11, 8)


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"programs": {"x": {"symbols": 1}}}'])
def test_other_files_are_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "other.json"
    path.write_text(text)
    done = mote("size", "--diff", str(path))
    assert done.status == ExitCode.FAILED
    remedy = "Name one that mote size has written into a build folder."
    assert done.err == f"mote: {path}: it is no size.json with linked programs. {remedy}\n"


def test_what_is_neither_file_nor_revision_is_refused() -> None:
    done = mote("size", "--diff", "no-such-thing")
    assert done.status == ExitCode.USAGE
    assert done.err == "mote: --diff no-such-thing: is neither a file nor a revision. Name a size.json, or what git log shows.\n"


def test_a_board_that_is_not_there_is_refused() -> None:
    done = mote("size", "--board", "linus")
    assert done.status == ExitCode.FAILED
    assert "BOARD=linus: there is no such board, did you mean linux?" in done.err.splitlines()[-1]


def test_the_linux_firmware_is_shown_and_compared(tmp_path: Path) -> None:
    plain = mote("size", "--files")
    assert plain.status == 0, plain.err
    found = checkout.build_folder("linux") / "size.json"
    program = read_footprints(found)["motert"]
    lines = [line.split() for line in plain.out.splitlines()]
    assert ["total", f"{program.total.flash:,}", f"{program.total.ram:,}"] in lines
    assert any(line[:2] == ["runtime.c", f"{program.files['firmware/runtime/', 'runtime.c'].flash:,}"] for line in lines)

    data = json.loads(found.read_text())
    before = data["programs"]["motert"]
    row = next(row for row in before["symbols"] if row[2] == "mote_runtime_new")
    row[3] -= 40
    before["parts"]["firmware/runtime/"]["flash"] -= 40
    before["total"]["flash"] -= 40
    (tmp_path / "before.json").write_text(json.dumps(data))
    compared = mote("size", "--diff", str(tmp_path / "before.json"))
    assert compared.status == 0, compared.err
    lines = [line.split() for line in compared.out.splitlines()]
    assert ["firmware/runtime/", f"{program.parts['firmware/runtime/'].flash:,}", "+40", "0"] in lines
    assert ["+40", "firmware/runtime/", "runtime.c", "mote_runtime_new"] in lines


def test_a_revision_is_unpacked_beside_the_build() -> None:
    try:
        tree = unpack_revision("HEAD")
    except UserError:
        pytest.skip("this checkout is not a git repository")
    assert (tree / "SConstruct").is_file() and tree.parent == checkout.root() / "build" / "revisions"
    assert unpack_revision("HEAD") == tree
