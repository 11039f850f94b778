"""Boards are data: the build makes what it needs from board.json, and names what is wrong in one."""

import json
from pathlib import Path
from typing import Any

import pytest
from elftools.elf.elffile import ELFFile

from build.scons import build, refusal
from support.places import ROOT

BOARDS = sorted(path.parent.name for path in (ROOT / "boards").glob("*/board.json") if "memory" in path.read_text())
MODULE = b"\0asm\1\0\0\0" + b"\0\4\1xyz"


def change(checkout: Path, board: str, **changes: Any) -> None:
    """Another board.json for a board of a checkout."""
    path = checkout / "boards" / board / "board.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def symbols(program: Path) -> dict[str, int]:
    """The symbols of a program."""
    with program.open("rb") as file:
        return {symbol.name: symbol["st_value"] for symbol in ELFFile(file).get_section_by_name(".symtab").iter_symbols()}


@pytest.mark.parametrize("board", BOARDS)
def test_image_holds_the_module_and_keeps_to_the_memory_map(board: str, tmp_path: Path) -> None:
    module = tmp_path / "m.wasm"
    module.write_bytes(MODULE)
    build(f"BOARD={board}", f"BUILD={tmp_path / 'b'}", f"MODULE={module}", str(tmp_path / "b" / "firmware.elf"))
    memory = json.loads((ROOT / "boards" / board / "board.json").read_text())["memory"]
    (flash, flash_end), (ram, ram_end) = (span(memory[name]) for name in ("flash", "ram"))
    found = symbols(tmp_path / "b" / "firmware.elf")
    assert found["link_guard_start"] % 256 == 0 and ram <= found["link_guard_start"] < ram + 2048
    assert found["link_pool_end"] == found["link_retained_start"] and found["link_retained_end"] == ram_end
    assert found["link_module_start"] % 64 == 0
    with (tmp_path / "b" / "firmware.elf").open("rb") as file:
        loaded = [segment for segment in ELFFile(file).iter_segments() if segment["p_filesz"] and segment["p_type"] == "PT_LOAD"]
        assert any(MODULE in segment.data() for segment in loaded)
        assert min(segment["p_paddr"] for segment in loaded) == flash
        assert all(segment["p_paddr"] + segment["p_filesz"] <= flash_end for segment in loaded)


def span(memory: dict[str, str]) -> tuple[int, int]:
    """The first address of a piece of memory, and that behind it."""
    size = memory["size"]
    return int(memory["address"], 0), int(memory["address"], 0) + int(size[:-1]) * {"K": 2**10, "M": 2**20}[size[-1]]


def test_a_board_is_added_without_code(checkout: Path) -> None:
    (checkout / "boards" / "mine").mkdir()
    (checkout / "boards" / "mine" / "defconfig").touch()
    data = json.loads((checkout / "boards" / "mps2_an385" / "board.json").read_text())
    data["memory"]["ram"] = {"address": "0x20100000", "size": "512K"}
    data["devices"]["console"]["address"] = "0x40005000"
    (checkout / "boards" / "mine" / "board.json").write_text(json.dumps(data))
    build("BOARD=mine", "build/mine/firmware.elf", root=checkout)
    assert symbols(checkout / "build/mine/firmware.elf")["link_retained_end"] == 0x20180000
    assert "CONFIG_BARE_CONSOLE_ADDRESS 0x40005000" in (checkout / "build/mine/include/autoconf.h").read_text()


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"devices": {"console": {"driver": "ns16551"}}},
         "console: no Kconfig file has an option BARE_CONSOLE_NS16551, did you mean BARE_CONSOLE_NS16550?"),
        ({"memory": {"flash": {"address": "0x0", "size": "4M"}}}, "memory: 'ram' is missing"),
        ({"memory": {"flash": {"address": "here", "size": "4M"}, "ram": {}, "stack": {}}}, "'here' is no number"),
    ],
)
def test_mistakes_in_a_board_are_named(changes: dict[str, Any], line: str, checkout: Path) -> None:
    change(checkout, "mps2_an386", **changes)
    assert f"boards/mps2_an386/board.json: {line}" in refusal("BOARD=mps2_an386", root=checkout)


def test_module_must_be_there_and_is_for_bare_boards(tmp_path: Path) -> None:
    where = f"BUILD={tmp_path}"
    assert refusal(where, "BOARD=qemu_riscv32", "MODULE=no.wasm") == "MODULE=no.wasm: there is no such file"
    assert refusal(where, "BOARD=linux", "MODULE=no.wasm") == "MODULE=no.wasm: only the image of a bare board holds a module"
