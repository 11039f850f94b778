"""`mote flash`: which tool is started how, and what a person reads when one is missing, hangs or fails. The tools themselves are
played by small scripts; the drive of a UF2 boot loader by a folder.
"""

import os
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from mote.errors import UserError
from mote.flash import runner, uf2
from mote.flash.image import check_image
from mote.flash.job import TOOLS, Job, need_board

IMAGE = bytes(range(256)) * 600
REMEDY = "Run: scons BOARD=lamp"
MEMORY = {"flash": {"address": "0x08000000", "size": "1M"}}


def job(folder: Path, port: str = "", **flasher: Any) -> Job:
    """Something to flash, with a list of what the progress was."""
    image = folder / "firmware.bin"
    image.write_bytes(IMAGE)
    steps: list[tuple[int, int]] = []
    made = Job("mine", {"memory": MEMORY, "flasher": flasher}, image, port, lambda done, total: steps.append((done, total)))
    object.__setattr__(made, "steps", steps)
    return made


def fake_tool(folder: Path, name: str, script: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program on PATH that notes how it was called and then does what the script says; the file with its notes."""
    notes = folder / f"{name}.notes"
    program = folder / name
    note = f"open({str(notes)!r}, 'w').write('\\n'.join(sys.argv[1:]))"
    program.write_text(f"#!{sys.executable}\nimport sys, time\n{note}\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return notes


def complaint(made: Job) -> str:
    """The one line that says why it failed."""
    with pytest.raises(UserError) as caught:
        made.run()
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_openocd_writes_verifies_and_starts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    notes = fake_tool(tmp_path, "openocd", "print('** Verified OK **')", monkeypatch)
    made = job(tmp_path, "E660", tool="openocd", config=["interface/cmsis-dap.cfg", "target/stm32f4x.cfg"])
    assert made.run() == "its debug probe"
    assert notes.read_text().split("\n") == [
        "-f", "interface/cmsis-dap.cfg", "-f", "target/stm32f4x.cfg", "-c", "adapter serial E660",
        "-c", f"program {{{made.image}}} verify reset exit 0x08000000",
    ]  # fmt: skip
    assert made.steps[-1] == (len(IMAGE), len(IMAGE))


def test_pyocd_does_not_wait_for_a_probe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    notes = fake_tool(tmp_path, "pyocd", "", monkeypatch)
    made = job(tmp_path, tool="pyocd", target="stm32f407vg")
    made.run()
    assert notes.read_text().split("\n") == [
        "load", "--no-wait", "--target", "stm32f407vg", "--base-address", "0x08000000", str(made.image)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("script", "line"),
    [
        ("print('Info : x'); print('Error: unable to find a matching CMSIS-DAP device'); print('bye'); sys.exit(1)",
         "openocd: Error: unable to find a matching CMSIS-DAP device. Is the probe plugged in"),
        ("sys.exit(3)", "openocd: failed with 3. Is the probe"),
        ("time.sleep(30)", "openocd: did not finish in 1 s. Is the probe"),
    ],
)  # fmt: skip
def test_a_tool_that_fails_is_one_line(script: str, line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner.run_tool, "__defaults__", (1.0,))
    fake_tool(tmp_path, "openocd", script, monkeypatch)
    assert line in complaint(job(tmp_path, tool="openocd", config=["a.cfg"]))


def test_a_tool_that_is_missing_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("mote.flash.esp.find_spec", lambda name: None)
    assert complaint(job(tmp_path, tool="openocd", config=[])) == "openocd is not installed. Run: apt-get install openocd"
    assert complaint(job(tmp_path, tool="pyocd", target="x")) == "pyocd is not installed. Run: pip install pyocd"
    assert complaint(job(tmp_path, tool="esptool", chip="esp32c3", offset=0)) == (
        "the Python package esptool is not installed. Run: pip install esptool"
    )


def test_an_unknown_tool_is_refused(tmp_path: Path) -> None:
    assert complaint(job(tmp_path, tool="magic")) == (
        f"mine: board.json: flasher: there is no tool 'magic'. There are: {', '.join(TOOLS)}."
    )


def test_esptool_names_a_port_that_is_not_there(tmp_path: Path) -> None:
    pytest.importorskip("esptool", reason="needs: pip install esptool")
    line = complaint(job(tmp_path, str(tmp_path / "tty"), tool="esptool", chip="esp32c3", offset=0))
    assert line.startswith(f"{tmp_path / 'tty'}: ") and line.endswith("and try again.")


def test_uf2_is_copied_to_a_boot_loader_that_then_leaves(tmp_path: Path) -> None:
    drive = tmp_path / "RPI-RP2"
    drive.mkdir()
    info = drive / uf2.INFO
    info.write_text("UF2 Bootloader\nBoard-ID: RPI-RP2\n")
    made = job(tmp_path, str(drive), tool="uf2", label="RPI-RP2", family=1)
    target = drive / made.image.name

    def board() -> None:
        while not (target.exists() and target.stat().st_size == len(IMAGE)):
            time.sleep(0.01)
        info.unlink()

    thread = threading.Thread(target=board)
    thread.start()
    assert made.run() == str(drive)
    thread.join()
    assert target.read_bytes() == IMAGE and made.steps[-1] == (len(IMAGE), len(IMAGE))


def test_uf2_drive_that_is_none_or_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = job(tmp_path, str(tmp_path), tool="uf2", label="RPI-RP2", family=1)
    assert "no drive of a board's boot loader" in complaint(made)
    (tmp_path / uf2.INFO).touch()
    monkeypatch.setattr(uf2.wait_until_gone, "__defaults__", (0.2,))
    assert "did not take the image. Is it an image for this board?" in complaint(made)
    monkeypatch.setattr(uf2, "DRIVES", (f"{tmp_path}/*",))
    assert complaint(job(tmp_path, tool="uf2", label="RPI-RP2", family=1)).startswith("no drives are named RPI-RP2. ")


def test_board_is_found_or_named(tmp_path: Path) -> None:
    (tmp_path / "board.json").write_text('{"flasher": {"tool": "uf2"}}')
    assert need_board(str(tmp_path)) == (str(tmp_path), {"flasher": {"tool": "uf2"}})
    assert need_board("")[0] == need_board("esp32c3")[0] == "esp32c3"
    for name, line in {
        "esp32c": "--board esp32c: there is no such board. Did you mean esp32c3?",
        "linux": "--board linux: its board.json names no flasher. Say --board and one of: esp32c3.",
    }.items():
        with pytest.raises(UserError) as caught:
            need_board(name)
        assert str(caught.value) == line


def test_image_must_be_firmware_for_the_board(tmp_path: Path) -> None:
    """The name lies across two blocks of the UF2 file, and two lines of the other."""
    text = b"\x93" * 250 + b"mote 0.1.0 on lamp\n\0" + b"\x93" * 100
    plain, blocks, lines, other = (tmp_path / name for name in ("firmware.bin", "firmware.uf2", "firmware.hex", "notes.txt"))
    plain.write_bytes(text)
    pieces = [text[at : at + 256] for at in range(0, len(text), 256)]
    blocks.write_bytes(
        b"".join(b"UF2\n" + bytes(12) + len(p).to_bytes(4, "little") + bytes(12) + p.ljust(480, b"\0") for p in pieces)
    )
    pieces = [text[at : at + 16] for at in range(0, len(text), 16)]
    lines.write_text(":020000040800F2\n" + "".join(f":{len(p):02X}000000{p.hex()}00\n" for p in pieces) + ":00000001FF\n")
    other.write_bytes(b": to do\n")
    for image in (plain, blocks, lines):
        check_image(image, "lamp", REMEDY)
        assert refused(image, "door") == f"{image}: it is firmware for lamp, not for door. {REMEDY}"
    assert refused(other, "lamp") == f"{other}: it is no firmware of mote. {REMEDY}"
    assert refused(tmp_path / "none", "lamp") == f"{tmp_path / 'none'}: there is no such file. {REMEDY}"


def refused(image: Path, board: str) -> str:
    """What a person reads."""
    with pytest.raises(UserError) as caught:
        check_image(image, board, REMEDY)
    return str(caught.value)
