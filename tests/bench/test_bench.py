"""The programs of `mote bench` do the same natively and in motert; the arithmetic behind the tables is right.

Nothing here judges a time. Each program runs with one unit of work, which is about a millisecond in an interpreter.
"""

import shutil
from pathlib import Path

import pytest

from mote.bench import compiled, count, engines, load, process, programs, report, timing
from mote.bench.table import Cell, Table, geometric_mean
from mote.errors import UserError
from support.builds import Build

SOURCES = programs.sources_in(programs.source_folder())
STARTUP_SOURCES = programs.sources_in(programs.startup_folder())
STATS = """\
motert: x.wasm: no exported function nothing; it exports _start
module: 12 functions
  file                            20570 bytes
  function bodies                 15000 bytes
  register code                   33000 bytes   2.20 times the bodies
time
  decode                          0.100 ms
  validate and translate          0.500 ms   30.0 MB/s
RAM
  register code                   33000 bytes
"""


def names(paths: list[Path]) -> list[str]:
    """What pytest calls the programs."""
    return [path.stem for path in paths]


@pytest.mark.parametrize("source", [*SOURCES, *STARTUP_SOURCES], ids=names([*SOURCES, *STARTUP_SOURCES]))
def test_program_prints_the_same_natively_and_in_motert(source: Path, build: Build) -> None:
    program = programs.Builder().build(source)
    ours = [str(build.program("motert")), str(program.module), "1"]
    native, guest = (process.run(command) for command in ([str(program.native), "1"], ours))
    assert native.ok, native.failure()
    assert guest.ok, guest.failure()
    assert guest.output == native.output


@pytest.mark.builds("tail-guard")
def test_native_code_prints_the_same_and_its_instructions_are_counted(build: Build) -> None:
    program = programs.Builder().build(programs.source_folder() / "integer.c")
    compiled.compile_programs([program], ["guard"], lambda _: None)
    ours = engines.Engine("aot", (str(build.program("motert")), "--native-only"), bounds="guard")
    both = [engines.Engine("native"), ours]
    table = timing.measure([program.with_arguments("1")], both, timing.Options(runs=1), lambda _: None)
    assert not table.failed(), table.problems()
    if shutil.which("valgrind"):
        counted = count.count([count.Pair.of(program)], both, timing.Options(), lambda _: None)
        assert 0.5 < (counted.ratio("integer", "aot", "native") or 0) < 2


def test_work_is_a_multiple_of_what_the_program_says() -> None:
    program = programs.Program("p", Path("p.wasm"), full=300)
    assert program.with_work(10).arguments == ("3000",)
    assert program.with_work(1).arguments == ()
    assert programs.Program("other", Path("p.wasm"), arguments=("-x",)).with_work(10).arguments == ("-x",)


def test_every_program_says_its_usual_work() -> None:
    builder = programs.Builder()
    assert [source.stem for source in SOURCES if not builder.build(source, native=False).full] == []


@pytest.mark.parametrize("source", SOURCES, ids=names(SOURCES))
def test_program_prints_its_name_the_work_and_a_checksum_that_depends_on_the_work(source: Path) -> None:
    program = programs.Builder().build(source)
    lines = [process.run([str(program.native), work]).output.split() for work in ("1", "2")]
    assert [line[:2] for line in lines] == [[source.stem, "1"], [source.stem, "2"]]
    assert lines[0][2] != lines[1][2]


def test_there_are_the_ten_programs_that_the_documents_name() -> None:
    text = (programs.source_folder().parents[1] / "docs" / "design" / "benchmarks.md").read_text()
    assert [name for name in names(SOURCES) if f"| `{name}` |" not in text] == []


def test_a_program_is_compiled_again_only_when_something_changed(tmp_path: Path) -> None:
    compiled: list[str] = []
    source = tmp_path / "tiny.c"
    source.write_text("int main(void) { return 0; }\n")
    builder = programs.Builder(tmp_path / "out", programs.find_native_compiler(), compiled.append)
    builder.build(source)
    builder.build(source)
    assert compiled == ["tiny.wasm", "tiny"]
    source.write_text("int main(void) { return 1; }\n")
    builder.build(source)
    assert compiled == ["tiny.wasm", "tiny"] * 2


def test_a_program_that_does_not_compile_is_a_line_that_names_it(tmp_path: Path) -> None:
    source = tmp_path / "wrong.c"
    source.write_text("int main(void) { return nowhere; }\n")
    with pytest.raises(UserError, match=r"wrong\.c.*nowhere"):
        programs.Builder(tmp_path / "out").build(source)


def test_a_misspelt_program_gets_a_suggestion() -> None:
    with pytest.raises(UserError, match=r"no program is called 'hahs'\. Did you mean 'hash'\?"):
        programs.sources_in(programs.source_folder(), ["hahs"])


def test_a_module_is_specified_with_arguments_as_in_a_shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module, native = tmp_path / "lua.wasm", tmp_path / "lua"
    module.touch()
    native.touch(mode=0o755)
    monkeypatch.setenv("MOTE_BENCH_NATIVE", str(tmp_path))
    program = programs.from_specification(f"{module}:-e 'print(1 + 1)'")
    assert (program.module, program.native, program.arguments) == (module, native, ("-e", "print(1 + 1)"))
    assert programs.from_specification(str(module)).arguments == ()


def test_an_engine_is_added_by_a_command_and_a_missing_one_says_why() -> None:
    found = engines.Found([engines.Engine("native")], {"wasm3": "not on PATH"})
    program = programs.Program("p", Path("p.wasm"), arguments=("1",))
    (added,) = engines.choose(found, ["other=/bin/echo -n"]).engines
    assert added.command(program) == ["/bin/echo", "-n", "p.wasm", "1"]
    with pytest.raises(UserError, match="wasm3 is not there: not on PATH"):
        engines.choose(found, ["wasm3"])
    with pytest.raises(UserError, match=r"did you mean 'native'\?"):
        engines.choose(found, ["nativ"])


def test_an_engine_that_prints_something_else_or_fails_has_no_value() -> None:
    program = programs.Program("p", Path("p.wasm"))
    shells = {"a": "echo same", "b": "echo same", "c": "echo other", "d": "echo why >&2; exit 3"}
    chosen = [engines.Engine(name, ("sh", "-c", text)) for name, text in shells.items()]
    table = timing.measure([program], chosen, timing.Options(runs=2), lambda _: None)
    assert [len(table.cell("p", name).values) for name in "ab"] == [2, 2]
    assert table.cell("p", "c").problem == "prints 'other' where others print 'same'"
    assert table.cell("p", "d").problem == "status 3: why"
    assert table.failed()


def test_a_run_over_its_limit_is_killed() -> None:
    done = process.run(["sleep", "20"], limit_s=0.1)
    assert done.timed_out and not done.ok and done.wall_s < 5


def test_lines_with_times_need_not_agree() -> None:
    texts = [f"Total ticks : {n}\ncrc : 0x1234  \nIterations/Sec : {n}\n" for n in (1, 2)]
    assert {timing.without_lines(text, timing.DEFAULT_IGNORE) for text in texts} == {"crc : 0x1234"}


def test_geometric_means_go_over_programs_that_both_engines_ran() -> None:
    table = Table("s", ["x", "y", "z"], ["native", "mote"])
    for program, native, ours in (("x", 1.0, 2.0), ("y", 1.0, 8.0)):
        table.cell(program, "native").values, table.cell(program, "mote").values = [native], [ours]
    table.cells["z", "mote"] = Cell(problem="trap")
    assert table.mean_ratio("mote", "native") == (pytest.approx(4.0), 2)
    assert geometric_mean([]) is None
    lines = report.full_report(table, "wasm3", "title", 1)
    assert "(means over fewer programs: mote: 2 of 3)" in lines
    assert lines[-1] == "no value for mote on z: trap"


def test_the_statistics_of_motert_are_read() -> None:
    stats = load.read_stats(STATS, "x.wasm", "mote")
    assert stats == {"file_bytes": 20570, "body_bytes": 15000, "code_bytes": 33000, "decode_ms": 0.1, "translate_ms": 0.5}
    with pytest.raises(UserError, match="mote did not load it: bad magic"):
        load.read_stats("bad magic\n", "x.wasm", "mote")


@pytest.mark.builds("tail-guard")
def test_loading_is_measured_without_running_the_module(build: Build) -> None:
    module = programs.Builder().build(STARTUP_SOURCES[0]).module
    engine = engines.Engine("mote", (str(build.program("motert")),))
    (measured,) = load.measure([str(module)], [engine], 1, 60.0, lambda _: None)
    assert measured.file_bytes == module.stat().st_size
    assert measured.code_ratio > 0 and measured.body_mb_s > 0


@pytest.mark.skipif(not shutil.which("valgrind"), reason="valgrind is not installed (apt install valgrind)")
def test_counting_gives_the_same_number_twice() -> None:
    pair = count.Pair.of(programs.Builder().build(SOURCES[0]))
    tables = [count.count([pair], [engines.Engine("native")], timing.Options(), lambda _: None) for _ in range(2)]
    values = [table.value(pair.name, "native") for table in tables]
    assert values[0] is not None and values[0] > 0 and values[0] == values[1]
