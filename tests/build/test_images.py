"""Images of boards: built by the pip-installed compiler alone and by gcc, laid out as board.json says, of a size that is kept."""

import html
import json
import re
from pathlib import Path
from typing import Any

import pytest
from elftools.elf.elffile import ELFFile

from build.images import Image, measured
from build.scons import refusal, scons
from support.places import ROOT, scratch

MODULE = b"\0asm\1\0\0\0" + b"\0\4\1xyz"
UNITS = {"K": 2**10, "M": 2**20}
# Flash of the whole firmware in bytes, by gcc: the largest that is allowed.
BUDGETS = {"esp32c3": 128 * 1024}
NOT_ATTRIBUTED = "not attributed"


def symbols(program: Path) -> dict[str, tuple[int, int]]:
    """The symbols of a program: value and size."""
    with program.open("rb") as file:
        rows = ELFFile(file).get_section_by_name(".symtab").iter_symbols()
        return {symbol.name: (symbol["st_value"], symbol["st_size"]) for symbol in rows}


def segments(program: Path) -> list[tuple[int, bytes]]:
    """What a loader writes, with the addresses it writes it to."""
    with program.open("rb") as file:
        loaded = [segment for segment in ELFFile(file).iter_segments("PT_LOAD") if segment["p_filesz"]]
        return [(segment["p_paddr"], segment.data()) for segment in loaded]


def span(memory: dict[str, str]) -> tuple[int, int]:
    """The first address of a piece of memory, and that behind it."""
    size = memory["size"]
    return int(memory["address"], 0), int(memory["address"], 0) + int(size[:-1]) * UNITS[size[-1]]


def test_image_holds_the_module_and_keeps_to_the_memory_map(image: Image, tmp_path: Path) -> None:
    module = tmp_path / "m.wasm"
    module.write_bytes(MODULE)
    image.scons(f"MODULE={module}", str(image.program))
    (flash, flash_end), (ram, ram_end) = (span(image.data["memory"][name]) for name in ("flash", "ram"))
    found = {name: value for name, (value, _) in symbols(image.program).items()}
    assert found["link_guard_start"] % 256 == 0 and ram <= found["link_guard_start"] < ram + 2048
    assert found["link_pool_end"] == found["link_retained_start"] and found["link_retained_end"] == ram_end
    assert found["link_module_start"] % 64 == 0
    loaded = segments(image.program)
    assert any(MODULE in data for _, data in loaded)
    assert min(address for address, _ in loaded) == flash
    assert all(address + len(data) <= flash_end for address, data in loaded)


def test_module_must_be_there_and_is_for_bare_boards(tmp_path: Path) -> None:
    bare = refusal(f"BUILD={tmp_path / 'bare'}", "BOARD=qemu_riscv32", "MODULE=no.wasm")
    assert bare == "MODULE=no.wasm: there is no such file"
    linux = refusal(f"BUILD={tmp_path / 'linux'}", "BOARD=linux", "MODULE=no.wasm")
    assert linux == "MODULE=no.wasm: only the image of a bare board holds a module"


def test_every_byte_of_the_firmware_is_accounted_for(image: Image) -> None:
    table, figures = measured(image)
    loaded = segments(image.program)
    first, last = min(address for address, _ in loaded), max(address + len(data) for address, data in loaded)
    assert figures["total"]["flash"] == last - first
    ram, ram_end = span(image.data["memory"]["ram"])
    assert figures["total"]["ram"] + figures["pool"] == ram_end - ram == figures["limits"]["ram"]
    for at, kind in ((3, "flash"), (4, "ram")):
        assert figures["total"][kind] == sum(row[at] for row in figures["symbols"])
        assert figures["total"][kind] == sum(part[kind] for part in figures["parts"].values())
        assert figures["parts"].get(NOT_ATTRIBUTED, {kind: 0})[kind] <= 0.02 * figures["total"][kind]
    lines = [line.rsplit(maxsplit=2) for line in table.splitlines()]
    for part, size in figures["parts"].items():
        assert [part, str(size["flash"]), str(size["ram"])] in lines


def test_bytes_go_to_the_files_they_come_from(image: Image) -> None:
    _, figures = measured(image)
    found = symbols(image.program)
    rows = {(part, file, symbol): flash for part, file, symbol, flash, _ in figures["symbols"]}
    assert rows["firmware/runtime/", "runtime.c", "mote_runtime_new"] == found["mote_runtime_new"][1]
    assert rows["ports/bare/", "thread.c", "hal_lock"] == found["hal_lock"][1]
    assert rows["packages/littlefs/", "lfs.c", "lfs_dir_fetchmatch"] == found["lfs_dir_fetchmatch"][1]
    assert ("firmware/host/wasi/", "littlefs.c", "mote_littlefs_find_open") in rows
    assert figures["parts"]["firmware/shell/"]["flash"] > 10_000
    stack = image.data["memory"]["stack"]["size"]
    assert figures["parts"]["the machine's stack"]["ram"] == int(stack[:-1]) * UNITS[stack[-1]]


def test_picture_shows_the_same_and_needs_nothing_else(image: Image) -> None:
    _, figures = measured(image)
    page = (image.folder / "size.html").read_text(encoding="utf-8")
    assert html.escape(f"mote on {image.board}") in page
    assert not re.search(r"https?:|src=|@import|url\(", page), "it must show itself without a network"
    data = json.loads(re.search(r"^const programs = (.*);$", page, re.MULTILINE)[1])
    assert data == {"firmware.elf": figures}
    assert "prefers-color-scheme: dark" in page


@pytest.mark.parametrize("setting", ["APP_STORE=n", "HOST_FILES=n"])
def test_firmware_links_without(setting: str) -> None:
    folder = scratch("images") / "without"
    done = scons("BOARD=qemu_riscv32", f"BUILD={folder}", f"SET={setting}", str(folder / "firmware.elf"))
    assert done.returncode == 0, done.stderr[-1000:]


@pytest.mark.parametrize("board", BUDGETS)
def test_firmware_keeps_to_its_budget(board: str, capsys: pytest.CaptureFixture[str]) -> None:
    table, figures = measured(Image(board, "gcc"))
    with capsys.disabled():
        print(f"\n{board}, gcc -Os, at most {BUDGETS[board]} bytes of flash:\n{table}")
    assert figures["total"]["flash"] <= BUDGETS[board]


def test_picture_has_all_programs_of_a_board() -> None:
    done = scons("BOARD=linux", "size")
    assert done.returncode == 0, done.stderr
    programs: dict[str, Any] = json.loads((ROOT / "build" / "linux" / "size.json").read_text())["programs"]
    assert set(programs) == {"motert", "mote-device"}
    assert all(program["limits"] is None and program["parts"]["ports/linux/"]["flash"] for program in programs.values())
