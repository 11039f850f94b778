"""`scons size`: the figures add up, and features cost what they cost."""

import json
import shutil
from pathlib import Path

import pytest
from elftools.elf.elffile import ELFFile

from build.scons import scons

TARGET = "TARGET=thumbv7em"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A build with its figures in size.json and the table in size.txt."""
    folder = tmp_path_factory.mktemp("size")
    result = scons(TARGET, f"BUILD={folder}", "size", f"JSON={folder / 'size.json'}")
    assert result.returncode == 0, result.stderr
    (folder / "size.txt").write_text(result.stdout[result.stdout.index("libmote.a  "):])
    return folder


def figures(folder: Path) -> dict[str, dict[str, int]]:
    """Flash and RAM of each file of the core."""
    return json.loads((folder / "size.json").read_text())["libraries"]["mote"]["files"]


def test_total_is_the_sum_of_files_and_of_folders(folder: Path) -> None:
    core = json.loads((folder / "size.json").read_text())["libraries"]["mote"]
    for kind in ("flash", "ram"):
        assert core["total"][kind] == sum(size[kind] for size in core["files"].values())
        assert core["total"][kind] == sum(size[kind] for size in core["folders"].values())
    assert core["total"]["flash"] > 10_000


def test_table_shows_the_same(folder: Path) -> None:
    lines = [line.split() for line in (folder / "size.txt").read_text().splitlines()]
    core = json.loads((folder / "size.json").read_text())["libraries"]["mote"]
    assert ["total", str(core["total"]["flash"]), str(core["total"]["ram"])] in lines
    assert ["firmware/wasm/", *(str(core["folders"]["firmware/wasm"][kind]) for kind in ("flash", "ram"))] in lines


def test_a_file_counts_code_constants_and_variables(folder: Path) -> None:
    for source, size in figures(folder).items():
        with (folder / "obj" / source).with_suffix(".o").open("rb") as file:
            loaded = [section for section in ELFFile(file).iter_sections() if section["sh_flags"] & 2]
        assert size["flash"] == sum(section["sh_size"] for section in loaded if section["sh_type"] != "SHT_NOBITS")


def test_features_have_a_price(folder: Path) -> None:
    figures = folder / "features.json"
    names = ["WASM_FLOATING_POINT", "WASM_BULK_MEMORY", "WASM_REFERENCE_TYPES"]
    result = scons(TARGET, f"BUILD={folder}", "size", f"FEATURES={','.join(names)}", f"JSON={figures}")
    assert result.returncode == 0, result.stderr
    prices = json.loads(figures.read_text())["features"]
    assert list(prices) == names
    assert prices["WASM_FLOATING_POINT"]["flash"] > 1000
    assert prices["WASM_FLOATING_POINT"]["along"] == ["WASM_NONTRAPPING_FPTOINT"]
    assert prices["WASM_BULK_MEMORY"]["along"] == ["WASM_REFERENCE_TYPES"]
    assert prices["WASM_BULK_MEMORY"]["flash"] > prices["WASM_REFERENCE_TYPES"]["flash"] > 0
    assert "WASM_FLOATING_POINT" in result.stdout


def test_price_of_an_unknown_feature_is_refused(tmp_path: Path) -> None:
    result = scons(TARGET, f"BUILD={tmp_path}", "size", "FEATURES=WASM_MAGIC")
    assert result.returncode == 2
    assert "error: FEATURES=WASM_MAGIC: WASM_MAGIC is not on; there are WASM_FLOATING_POINT" in result.stderr


# Flash of the core for a RISC-V device in KiB as it is linked, by what is switched off.
PROMISES = {"ENGINE_NATIVE=n": 52, "ENGINE_INTERP=n": 24}


@pytest.mark.parametrize("off", PROMISES)
def test_core_with_one_engine_keeps_its_promise(off: str, tmp_path: Path) -> None:
    if not shutil.which("riscv64-unknown-elf-gcc"):
        pytest.skip("riscv64-unknown-elf-gcc is not installed: apt-get install gcc-riscv64-unknown-elf")
    json_file = tmp_path / "size.json"
    settings = f"SET={off},SMALL_ARITHMETIC=n"  # what the compiler's library would have is not counted
    result = scons("TARGET=rv32imc", "TOOLCHAIN=gcc", settings, f"BUILD={tmp_path}", "size", f"JSON={json_file}")
    assert result.returncode == 0, result.stderr
    core = json.loads(json_file.read_text())["libraries"]["mote"]
    assert core["linked"]["flash"] < core["total"]["flash"]
    assert f"libmote.a as linked, without prepared modules {core['linked']['flash']:11}" in result.stdout
    assert core["linked"]["flash"] <= PROMISES[off] * 1024 and core["linked"]["ram"] == 0
