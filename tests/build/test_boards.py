"""Boards are data: one that is described by a board.json alone is built and runs; what is wrong in one is named in a line."""

import json
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from build.scons import build, refusal
from mote.device.board_emulator import emulator_words
from mote.device.emulator import SERIAL, ProcessLink
from mote.device.find import Device, meet
from mote.package.manifest import write_manifest
from support.guests import assemble
from support.places import ROOT, scratch

sys.path.append(str(ROOT / "site_scons"))

Data = dict[str, Any]
Change = Callable[[Data], object]
PORT_OPTIONS = (ROOT / "ports" / "bare" / "Kconfig").read_text()
DONE = '(module (func (export "_start")))'


def board_data(name: str) -> Data:
    """The data of a board of the tree."""
    return json.loads((ROOT / "boards" / name / "board.json").read_text())


def other_riscv() -> Data:
    """A machine like qemu_riscv32 with an eighth of its memory, and partitions elsewhere and in another order."""
    data = board_data("qemu_riscv32")
    data["description"] = "a smaller machine"
    data["memory"] = {
        "flash": {"address": "0x80000000", "size": "512K"},
        "ram": {"address": "0x80100000", "size": "7M"},
        "stack": {"size": "12K"},
    }
    data["partitions"] = {
        "files": {"address": "0x22000000", "size": "2M"},
        "store": {"address": "0x22400000", "size": "4M"},
    }
    data["emulator"]["arguments"][-1] = "8M"
    return data


def other_thumb() -> Data:
    """A machine like mps2_an385 with less memory, RAM and flash elsewhere, and its console on the second UART."""
    data = board_data("mps2_an385")
    data["description"] = "a smaller machine"
    data["memory"] = {
        "flash": {"address": "0x00000000", "size": "256K"},
        "ram": {"address": "0x20080000", "size": "384K"},
        "stack": {"size": "8K"},
    }
    data["devices"]["console"] |= {"address": "0x40005000", "interrupt": 2}
    data["devices"]["flash"] |= {"address": "0x21800000", "size": "1M"}
    data["partitions"] = {
        "store": {"address": "0x21800000", "size": "512K"},
        "files": {"address": "0x21880000", "size": "512K"},
    }
    data["emulator"]["arguments"] += ["-serial", "null"]
    return data


def write_board(folder: Path, data: Data) -> Path:
    """A folder that is a board."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "board.json").write_text(json.dumps(data, indent=4))
    return folder


def started(data: Data, name: str, program: Path, flash: Path) -> Device:
    """The board, switched on and answering."""
    lock = flash.with_suffix(".lock").open("w")
    return meet(name, ProcessLink(name, [*emulator_words(data, program, flash), *SERIAL], lock, on_stdio=False))


def new_boards(is_long: bool) -> Iterator[tuple[str, Data]]:
    """The boards to make up."""
    yield "other_riscv", other_riscv()
    if is_long:
        yield "other_thumb", other_thumb()


def test_a_board_is_added_without_code(long_run: bool, tmp_path: Path) -> None:
    for name, data in new_boards(long_run):
        emulator = data["emulator"]
        if not shutil.which(emulator["program"]):
            pytest.skip(f"{emulator['program']} is not installed: apt-get install {emulator['package']}")
        folder = write_board(tmp_path / name, data)
        target = scratch("new-boards") / name
        build(f"BOARD={folder}", f"BUILD={target}", str(target / "firmware.elf"))
        package = write_manifest(assemble(DONE).read_bytes(), {"name": "kept"})
        with started(data, name, target / "firmware.elf", tmp_path / f"{name}.img") as device:
            assert device.info["board"] == name
            device.modules.send(package, "kept")
            assert device.modules.wait_until_ready()["state"] == "done"
        with started(data, name, target / "firmware.elf", tmp_path / f"{name}.img") as device:
            assert [row["n"] for row in device.modules.packages()] == ["kept"]


def test_boards_elsewhere_have_names_of_their_own(tmp_path: Path) -> None:
    assert refusal(f"BOARD={tmp_path}/none") == f"BOARD={tmp_path}/none: there is no {tmp_path}/none/board.json"
    taken = write_board(tmp_path / "qemu_riscv32", other_riscv())
    assert refusal(f"BOARD={taken}") == f"BOARD={taken}: boards/qemu_riscv32 has that name already; rename the folder"


def put(path: str, value: Any) -> Change:
    """A change that sets a key."""
    *above, name = path.split(".")

    def change(data: Data) -> None:
        for part in above:
            data = data.setdefault(part, {})
        data[name] = value

    return change


def take(path: str) -> Change:
    """A change that removes a key."""
    *above, name = path.split(".")

    def change(data: Data) -> None:
        for part in above:
            data = data[part]
        del data[name]

    return change


MISTAKES = [
    (take("description"), "description is missing: the board in a line"),
    (take("memory"), "memory.flash.address is missing: where the firmware's image lies"),
    (take("memory.stack"), "memory.stack.size is missing: the main thread's stack, taken from RAM, in bytes"),
    (take("devices.timer"), "devices.timer.driver is missing: the timer behind the clock"),
    (take("devices.flash.address"), "devices.flash.address is missing: where flash for packages and files is read"),
    (take("partitions.files.size"), "partitions.files.size is missing: how large the region is"),
    (put("memori", {}), "memori: there is no such key, did you mean memory?"),
    (put("memory.flash.adress", "0x0"), "memory.flash.adress: there is no such key, did you mean address?"),
    (put("partitions.stores", {}), "partitions.stores: there is no such key, did you mean store?"),
    (put("memory.ram.size", "many"), 'memory.ram.size: "many" is not a size above 0 (bytes, or a number with K or M behind)'),
    (put("memory.ram.size", 0), "memory.ram.size: 0 is not a size above 0"),
    (put("devices.timer.hz", "fast"), 'devices.timer.hz: "fast" is not a whole number'),
    (put("emulator.arguments", "-M virt"), 'emulator.arguments: "-M virt" is not a list of texts'),
    (put("devices.console", "uart"), 'devices.console: "uart" is not a table {...}'),
    (put("memory.ram.address", "0x00300000"),
     "memory.ram (0x300000 up to 0x700000) overlaps memory.flash (0x0 up to 0x400000): move or shrink one of them"),
    (put("partitions.files.address", "0x21100000"),
     "partitions.files (0x21100000 up to 0x21200000) overlaps partitions.store (0x21000000 up to 0x21200000)"),
    (put("memory.stack.size", "4M"),
     "memory.stack.size: make it a multiple of 16 that leaves something of memory.ram (0x20000000 up to 0x20400000)"),
    (put("partitions.files.size", "1023K"),
     "partitions.files (0x21200000 up to 0x212ffc00): begin and end it at sectors of 4096 bytes"),
    (put("partitions.files.size", "4K"), "begin and end it at sectors of 4096 bytes, and give it 2 at least"),
    (put("partitions.files.address", "0x21280000"), "lies outside of devices.flash (0x21000000 up to 0x21300000)"),
    (put("devices.flash.driver", "none"), "partitions.store (0x21000000 up to 0x21200000) needs devices.flash"),
    (put("devices.flash.sector", 3000), "devices.flash: sector and write are powers of two, write at most 32 and a sector"),
    (put("devices.flash.write", 64), "devices.flash: sector and write are powers of two, write at most 32 and a sector"),
    (put("flasher", {"tool": "esptol"}), "flasher.tool: there is no 'esptol', did you mean esptool?; there are esptool, pyocd,"),
    (put("flasher", {"tool": "pyocd"}), "flasher.target is missing: pyocd asks for it"),
    (put("memory.ram.address", "0xFFF00000"), "goes beyond the last address of 32 bits: move or shrink it"),
]


@pytest.mark.parametrize(("change", "line"), MISTAKES, ids=[line.split(":")[0] for _, line in MISTAKES])
def test_mistakes_in_a_board_are_named(change: Change, line: str) -> None:
    from board_check import check_keys
    from board_regions import check_regions
    from problem import Problem

    data = board_data("mps2_an386")
    change(data)
    with pytest.raises(Problem) as caught:
        check_keys(data, "mine/board.json", is_bare=True)
        check_regions(data, "mine/board.json")
    assert line in str(caught.value)
    assert str(caught.value).startswith("mine/board.json: ") and "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (put("devices.console.driver", "cmsdc"), "devices.console.driver: there is no 'cmsdc', did you mean cmsdk?; there are"),
        (put("devices.radio", {"driver": "wifi"}), "devices.radio.driver: there is no 'wifi'; port bare knows no such device"),
        (put("devices.console.bauds", 9600), "devices.console.bauds: no driver asks for it, did you mean baud?"),
        (put("target", "thumbv7"), "target: there is no 'thumbv7', did you mean thumbv7m?; there are"),
        (put("port", "bear"), "port: there is no 'bear', did you mean bare?; there are bare, linux"),
        (take("devices.power"), "devices.power.driver is missing: what resets the board, and in an emulator ends the program"),
    ],
)
def test_mistakes_stop_the_build(change: Change, line: str, tmp_path: Path) -> None:
    data = board_data("mps2_an386")
    change(data)
    folder = write_board(tmp_path / "mine", data)
    assert refusal(f"BOARD={folder}", f"BUILD={tmp_path / 'b'}").startswith(f"{folder}/board.json: {line}")


def test_a_board_that_is_no_json_is_told_where(tmp_path: Path) -> None:
    folder = write_board(tmp_path / "mine", {})
    (folder / "board.json").write_text('{"port": "bare",\n "target" "rv32imc"}')
    assert refusal(f"BOARD={folder}").startswith(f"{folder}/board.json: Expecting ':' delimiter: line 2 column 11")


def test_the_guide_explains_every_key() -> None:
    from board_check import KEYS

    text = (ROOT / "docs" / "guide" / "new-board.md").read_text(encoding="utf-8")
    paths = [key.path for key in KEYS if "*" not in key.path]
    assert not [path for path in paths if f"`{path.split('.', 1)[-1]}`" not in text]
    drivers = {row.lower() for row in re.findall(r'_DRIVER\)" = "(\w+)"', PORT_OPTIONS)} - {"none"}
    assert not [driver for driver in drivers if f"`{driver}`" not in text]
