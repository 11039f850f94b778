"""`mote bench --board`: what is read from a board's console, and what is made of it; tests/board runs real boards."""

from pathlib import Path

import pytest

from mote.bench import board, board_build, board_console, board_report
from mote.errors import UserError

INTERPRETED = """\
engine: interpreter
module: 8000 bytes
code: 9600 bytes
load: 2000000 instructions
instantiate: 50000 instructions
> run 1
run 1 = 59156, 350000 instructions
> run 11
run 11 = 47955, 3350000 instructions
>\x20
RAM module: 600 bytes
RAM code: 9600 bytes
RAM instance: 400 bytes
RAM stack: 8192 bytes
RAM other: 300 bytes
RAM machine stack: 1700 bytes
"""
IN_C = "engine: C\n> run 1\nrun 1 = 59156, 40000 instructions\n> run 11\nrun 11 = 47955, 340000 instructions\n> \n"


def measurement(*rows: board.Row) -> board.Measurement:
    """Rows of an imagined board."""
    return board.Measurement(board_console.Board("b", "rv32imac", {}), "zig", "m.wasm", 8000, list(rows))


def rows() -> list[board.Row]:
    """C, and a module that takes ten times as long."""
    in_c, interpreted = (board_console.read_figures(text) for text in (IN_C, INTERPRETED))
    return [board.Row(board.C, in_c), board.Row(board.INTERPRETER, interpreted)]


def test_figures_are_read_from_the_console() -> None:
    figures = board_console.read_figures(INTERPRETED)
    assert figures.engine == "interpreter"
    assert figures.instructions == {"load": 2000000, "instantiate": 50000}
    assert figures.sizes["RAM machine stack"] == 1700
    assert figures.calls["run 11"] == board_console.Call(47955, 3350000)


def test_an_iteration_is_the_difference_of_two_calls_and_a_multiple_of_c() -> None:
    measured = measurement(*rows())
    assert [row.iteration for row in measured.rows] == [30000, 300000]
    assert [measured.ratio(row) for row in measured.rows] == [1, 10]
    data = measured.as_data()["rows"]["interpreter"]
    assert (data["instructions_per_iteration"], data["ratio"], data["engine"]) == (300000, 10, "interpreter")


def test_report_shows_speed_and_space_and_what_is_missing() -> None:
    lines = board_report.board_lines(measurement(*rows(), board.Row(board.NATIVE, problem="no compiler")))
    assert lines[4].split() == ["interpreter", "300,000.0", "10.00", "2,000,000", "50,000"]
    assert lines[8].split() == ["interpreter", "9,600", "1.20", "10,900", "8,192", "1,700"]
    assert lines[-1] == "no value for native: no compiler"


def test_a_row_with_other_results_has_no_figures() -> None:
    measured = measurement(*rows())
    measured.rows[1].figures = board_console.read_figures(INTERPRETED.replace("59156", "59157"))
    board.compare(measured)
    assert measured.rows[0].figures and not measured.rows[1].figures
    assert measured.rows[1].problem == "returns [59157, 47955] where others return [59156, 47955]"


def test_board_must_have_an_emulator_that_counts() -> None:
    assert board_console.read_board("mps2_an385").target == "thumbv7m"
    with pytest.raises(UserError, match=r"no such board\. Did you mean 'qemu_riscv32'\?"):
        board_console.read_board("qemu_riscv")
    with pytest.raises(UserError, match="no emulator counts its instructions"):
        board_console.read_board("linux")


def test_missing_emulator_is_named_with_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(UserError, match=r"qemu-system-arm is not installed\. Run: apt-get install qemu-system-arm"):
        board_console.read_board("mps2_an386").command(Path("x"))


def test_sources_of_coremark_are_asked_for(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(board_build.VARIABLE, raising=False)
    assert board_build.find_sources() == []
    with pytest.raises(UserError, match="MOTE_BENCH_COREMARK names no folder with CoreMark's sources"):
        board_build.compile_sources(["cc"], [], tmp_path / "x")
    monkeypatch.setenv(board_build.VARIABLE, str(tmp_path / "nowhere"))
    with pytest.raises(UserError, match="is no folder"):
        board_build.find_sources()
