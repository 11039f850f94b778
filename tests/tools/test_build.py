"""`mote build`: what the compiler is told, what comes out, and what a person sees when it does not work."""

import contextlib
import json
import os
from pathlib import Path

import pytest

from mote.errors import UserError
from mote.project import load_project
from mote.wasm.module import load_module
from support.places import ROOT, scratch
from tools.command import Result, mote, only_line

pytest.importorskip("ziglang", reason="guests are compiled by ziglang: pip install ziglang")

ADD = '__attribute__((export_name("add"))) int add(int a, int b) { return a + b; }\n'
PRINT = '#include <stdio.h>\nint main(void) { printf("%d %s\\n", 42, "ok"); return 0; }\n'
BROKEN = "int main(void) { return x; }\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a few sources."""
    for name, text in (("add.c", ADD), ("print.c", PRINT), ("broken.c", BROKEN)):
        (tmp_path / name).write_text(text)
    return tmp_path


def build(folder: Path, *arguments: object, **env: str) -> Result:
    """Build in a folder; the compiler's caches stay where the other tests have theirs."""
    cache = os.environ.get("ZIG_GLOBAL_CACHE_DIR", str(ROOT / "build" / "zig-cache"))
    return mote("build", *arguments, cwd=folder, env={"ZIG_GLOBAL_CACHE_DIR": cache, **env}, timeout=600)


def test_a_program_fits_a_page_and_says_so(folder: Path) -> None:
    done = build(folder, "print.c")
    assert (done.status, done.err) == (0, "")
    assert done.out.startswith("print.wasm: ")
    for text in ("1 page at start: 65,536 bytes", "16,384 bytes; an overflow traps", "bulk-memory", "fd_write"):
        assert text in done.out
    module = load_module(folder / "print.wasm")
    assert len(module.data) < 30000
    assert module.names.module == "print.wasm"
    assert "printf" in module.names.functions.values()
    assert not any(section.name.startswith(".debug") for section in module.sections)


def test_the_numbers_are_there_as_json(folder: Path) -> None:
    report = json.loads(build(folder, "print.c", "-o", "out/p.wasm", "--stack-size", "12288", "--json").out)
    assert report["file"] == "out/p.wasm"
    assert report["memory"]["stack"]["size_bytes"] == 12288
    assert report["memory"]["stack"]["first_in_memory"] is True
    assert {i["module"] for i in report["imports"]} == {"wasi_snapshot_preview1"}
    assert report["features"]["unknown_instructions"] == []


def test_strip_and_debug_choose_what_else_is_in_the_file(folder: Path) -> None:
    sizes = {}
    for flag in ("--strip", "", "-g"):
        assert build(folder, "print.c", *([flag] if flag else [])).status == 0
        sizes[flag] = (folder / "print.wasm").stat().st_size
    assert sizes["--strip"] < sizes[""] < sizes["-g"]
    module = load_module(folder / "print.wasm")
    assert any(section.name == ".debug_line" for section in module.sections)


def test_freestanding_needs_no_import_and_no_main(folder: Path) -> None:
    done = build(folder, "add.c", "--freestanding", "--stack-size", "1024")
    assert done.status == 0
    module = load_module(folder / "add.wasm")
    assert module.imports == []
    assert {export.name for export in module.exports} == {"memory", "add"}
    assert "1,024 bytes; an overflow traps" in done.out


def test_no_program_from_the_path_touches_the_module(folder: Path) -> None:
    """clang runs a wasm-opt that it finds on PATH unless it is told not to; ours must not."""
    tools = folder / "tools"
    tools.mkdir()
    (tools / "wasm-opt").write_text(f"#!/bin/sh\ntouch {folder}/was-run\nexit 1\n")
    (tools / "wasm-opt").chmod(0o755)
    assert build(folder, "add.c", "--freestanding", "-O", "3", PATH=f"{tools}:{os.environ['PATH']}").status == 0
    assert not (folder / "was-run").exists()


def test_words_behind_dashes_go_to_the_compiler(folder: Path) -> None:
    (folder / "flag.c").write_text("#ifndef WANTED\n#error not given\n#endif\n" + ADD)
    assert build(folder, "flag.c", "--freestanding").status == 1
    assert build(folder, "flag.c", "--freestanding", "--", "-DWANTED", "-Wall").status == 0


def test_the_compilers_words_are_left_as_they_are(folder: Path) -> None:
    done = build(folder, "broken.c")
    assert (done.status, done.out) == (1, "")
    assert "broken.c:1:25: error: use of undeclared identifier 'x'" in done.err
    assert "mote:" not in done.err
    assert not (folder / "broken.wasm").exists()


@pytest.mark.parametrize(
    ("arguments", "line", "status"),
    [
        (["add.c", "-o", "add.c"], "mote: add.c: input and output are the same file", 2),
        (["add.c", "-o", "."], "mote: .: is a folder. Name a file: -o hello.wasm", 2),
        (["add.c", "--stack-size", "100"], "mote: a stack of 100 bytes: it must be a multiple of 16", 2),
        (["add.c", "--stack-size", "0"], "mote: a stack of 0 bytes: it must be a multiple of 16", 2),
        (["add.c", "--", "-E"], "mote: add.wasm: the compiler made no module: malformed: magic header not detected "
         "(offset 0x0)", 1),
    ],
)  # fmt: skip
def test_a_wrong_request_is_one_line(arguments: list[str], line: str, status: int, folder: Path) -> None:
    done = build(folder, *arguments)
    assert only_line(done.err) == line
    assert done.status == status
    assert (folder / "add.c").read_text() == ADD


def test_a_project_folder_is_built_by_its_mote_toml(folder: Path) -> None:
    (folder / "mote.toml").write_text(
        '[package]\nname = "adder"\n[build]\nsources = ["add.c"]\nfreestanding = true\nstack-size = 2048\n'
    )
    for arguments, cwd in (([], folder), ([folder], ROOT)):
        done = build(cwd, *arguments)
        assert (done.status, done.err) == (0, "")
        assert "2,048 bytes; an overflow traps" in done.out
        (folder / "adder.wasm").unlink()
    assert "4,096 bytes" in build(folder, "--stack-size", "4096").out


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[build\n", "not TOML"),
        ("", "[build] names no sources"),
        ("build = 3\n", "'build' is not a table"),
        ('[build]\nsources = ["a.c"]\nstak-size = 3\n', "[build] has no key 'stak-size'"),
        ("[build]\nsources = [1]\n", "'sources' in [build] is not a list of texts"),
        ('[build]\nsources = ["a.c"]\nstack-size = true\n', "'stack-size' in [build] is not a number"),
        ('[build]\nsources = ["a.c"]\noptimize = "9"\n', "'optimize' in [build] is no level"),
    ],
)
def test_a_wrong_mote_toml_is_told_with_its_place(text: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "mote.toml").write_text(text)
    with pytest.raises(UserError) as caught:
        load_project(tmp_path)
    assert message in caught.value.what
    assert caught.value.where == str(tmp_path / "mote.toml")


@pytest.fixture(scope="module")
def hello() -> Path:
    """The example, compiled with all warnings as errors."""
    module = scratch("tools") / "hello.wasm"
    done = build(ROOT, "examples/hello", "-o", module, "--", "-Wall", "-Wextra", "-Werror")
    assert (done.status, done.err) == (0, "")
    return module


@pytest.mark.parametrize(
    ("arguments", "printed"),
    [
        ([], "Hello from WebAssembly!\nsorted: -3 0 7 42 1000\nprimes: 168 up to 1000, the largest is 997\ntry: "),
        (["sort", "5", "3", "9"], "sorted: 3 5 9\n"),
        (["primes", "5000"], "primes: 669 up to 5000, the largest is 4999\n"),
        (["args", "a", "b"], "argument 1: a\nargument 2: b\n"),
    ],
)
def test_hello_does_in_wasmtime_what_its_readme_says(
    arguments: list[str], printed: str, hello: Path, tmp_path: Path
) -> None:
    wasmtime = pytest.importorskip("wasmtime", reason="another engine runs the example: pip install wasmtime")
    engine = wasmtime.Engine()
    wasi = wasmtime.WasiConfig()
    wasi.argv = ["hello", *arguments]
    wasi.stdout_file = str(tmp_path / "out")
    store = wasmtime.Store(engine)
    store.set_wasi(wasi)
    linker = wasmtime.Linker(engine)
    linker.define_wasi()
    instance = linker.instantiate(store, wasmtime.Module.from_file(engine, str(hello)))
    with contextlib.suppress(wasmtime.ExitTrap):
        instance.exports(store)["_start"](store)
    assert (tmp_path / "out").read_text().startswith(printed)
