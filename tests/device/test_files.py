"""Files on devices: written, read, listed and removed over the line, there again after a power cut."""

import hashlib
import json
import random
from pathlib import Path

import pytest

from device.conftest import fresh
from device.machines import BOARDS, LINUX, Machine, firmware, need_emulator
from device.test_command import done, native, own  # noqa: F401 (a fixture)
from mote.device.board_emulator import boards, make_flash, size_of
from mote.device.client import FILE_GROUP, WRITE, BusyError, Command, DeviceError
from mote.device.emulator import FIRMWARE_VARIABLE
from mote.device.files import DOWNLOAD, FORMAT, FORMAT_ARGV, UPLOAD, Entry, Files
from mote.device.restart import restart
from mote.device.state import VARIABLE
from tools.command import mote_inside as mote
from tools.command import only_line

SIZES = (0, 1, 255, 256, 2000, 9000)


def contents(size: int) -> bytes:
    """Any bytes."""
    return random.Random(size).randbytes(size)


def test_files_stay(machine: Machine) -> None:
    files = Files(machine.on().client)
    for size in SIZES:
        files.write(f"/{size}", contents(size))
        assert files.is_same(f"/{size}", contents(size))
    machine.off()
    files = Files(machine.on().client)
    for size in SIZES:
        assert files.read(f"/{size}") == contents(size)
        assert files.size(f"/{size}") == size
        if size:
            assert files.sha256(f"/{size}") == hashlib.sha256(contents(size)).digest()
        files.write(f"/{size}", b"new")
        assert files.read(f"/{size}") == b"new"


def test_directories(machine: Machine) -> None:
    files = Files(machine.on().client)
    for path in ("/a", "/a/b"):
        files.make_directory(path)
    many = [f"/a/b/file-with-a-rather-long-name-{i:03}" for i in range(40)]
    for path in many:
        files.write(path, path.encode())
    assert [entry.path for entry in files.list("/a/b")] == many
    assert files.list("/a") == [Entry("/a/b", None)]
    assert len(list(files.walk("/a"))) == 41
    with pytest.raises(DeviceError):
        files.remove("/a/b")
    for path in [*many, "/a/b", "/a"]:
        files.remove(path)
    assert files.find("/a") is None
    for missing in (files.read, files.sha256, files.list, files.remove):
        with pytest.raises(DeviceError) as caught:
            missing("/a/x")
        assert str(caught.value).startswith("/a/x: ") and "mote fs ls" in str(caught.value)


def test_the_verbs(native: dict[str, str], tmp_path: Path) -> None:  # noqa: F811
    folder = tmp_path / "data"
    (folder / "sub").mkdir(parents=True)
    (folder / "one.txt").write_bytes(b"one\n")
    (folder / "sub" / "two.bin").write_bytes(contents(3000))
    failed = mote("fs", "cp", folder, ":/", env=native)
    assert failed.status == 2 and "mote fs cp -r" in only_line(failed.err)
    assert done(mote("fs", "cp", "-r", folder, ":/", env=native)) == "2 files copied, 3,004 bytes.\n"
    assert done(mote("fs", "cp", "-r", folder, ":/", env=native)) == "0 files copied, 0 bytes, 2 files there already.\n"
    assert done(mote("fs", "ls", "/data", env=native)).split() == ["4", "one.txt", "sub/"]
    assert done(mote("fs", "tree", env=native)) == "/\n  data/\n    one.txt  4\n    sub/\n      two.bin  3,000\n"
    assert done(mote("fs", "cat", "/data/one.txt", env=native)) == "one\n"
    digest = hashlib.sha256(contents(3000)).hexdigest()
    assert done(mote("fs", "sum", ":/data/sub/two.bin", env=native)) == f"{digest}  /data/sub/two.bin\n"
    assert done(mote("fs", "cp", "-r", ":/data", tmp_path / "back", env=native)) == "2 files copied, 3,004 bytes.\n"
    assert (tmp_path / "back" / "sub" / "two.bin").read_bytes() == contents(3000)
    report = json.loads(done(mote("fs", "df", "--json", env=native)))
    assert report["files"]["used"] > 3004
    done(mote("fs", "mkdir", "/x/y/z", env=native))
    done(mote("fs", "rm", "-r", "/data", "/x", env=native))
    assert done(mote("fs", "ls", env=native)) == ""
    failed = mote("fs", "cat", "/nothing", env=native)
    assert failed.status == 1 and "/nothing: " in only_line(failed.err)
    failed = mote("fs", "cp", "a", "b", env=native)
    assert failed.status == 2 and "mote fs cp notes.txt :/data/" in only_line(failed.err)


@pytest.mark.parametrize("board", BOARDS)
def test_an_image_made_here_is_read_on_a_board(board: str, tmp_path: Path) -> None:
    """`mote fs image` makes what lies in the region for files of a new board's flash; the board writes to it, too."""
    need_emulator(board)
    folder, image, flash = tmp_path / "folder", tmp_path / "files.bin", tmp_path / "emulators" / board / "flash.img"
    (folder / "sub").mkdir(parents=True)
    (folder / "sub" / "text").write_text("made on the host\n")
    (folder / "large").write_bytes(contents(20_000))
    done(mote("fs", "image", folder, "-o", image, "--for", board))
    data = boards()[board]
    make_flash(flash, size_of(data["devices"]["flash"]["size"]))
    with flash.open("r+b") as file:
        file.seek(int(data["partitions"]["files"]["address"], 16) - int(data["devices"]["flash"]["address"], 16))
        file.write(image.read_bytes())
    env = {VARIABLE: str(tmp_path), FIRMWARE_VARIABLE: str(firmware(board)), "MOTE_DEVICE": f"qemu:{board}"}
    assert done(mote("fs", "cat", "/sub/text", env=env)) == "made on the host\n"
    digest = hashlib.sha256(contents(20_000)).hexdigest()
    assert done(mote("fs", "sum", "/large", env=env)) == f"{digest}  /large\n"
    assert done(mote("fs", "cp", folder / "sub" / "text", ":/sub/again", env=env)) == "1 file copied, 17 bytes.\n"
    assert done(mote("fs", "cat", "/sub/again", env=env)) == "made on the host\n"
    flash.unlink()


def test_a_full_file_system_says_so_and_keeps_what_it_has(linux: Machine) -> None:
    device = linux.on()
    files = Files(device.client)
    files.write("/keep", b"kept")
    with pytest.raises(DeviceError) as caught:
        files.write("/large", bytes(device.modules.fresh_info()["files"] + 1))
    assert "/large" in str(caught.value) and "is it full?" in str(caught.value)
    with pytest.raises(DeviceError):
        files.write("/keep", bytes(device.modules.fresh_info()["files_free"] + 1))
    assert files.read("/keep") == b"kept"
    assert [entry.path for entry in files.list("/")] == ["/keep"]
    files.write("/small", contents(1000))
    assert files.read("/small") == contents(1000)


@pytest.mark.parametrize("end", ["power", "close", "another"])
def test_a_broken_off_copy_leaves_the_old_file(end: str, linux: Machine) -> None:
    client = linux.on().client
    Files(client).write("/old", b"old")
    told = client.request(UPLOAD, {"off": 0, "name": "/old", "len": 100_000, "data": b"x" * 500})
    assert told["off"] == 500
    with pytest.raises(BusyError):
        client.attempt_now(DOWNLOAD, {"name": "/old", "off": 0}, [1.0])
    if end == "power":
        linux.off()
        client = linux.on().client
    elif end == "close":
        client.request(Command(FILE_GROUP, 4, WRITE, "closing"))
    else:
        Files(client).write("/new", b"new")
    told = client.request(UPLOAD, {"off": 500, "name": "/old", "data": b"x" * 500})
    assert told["off"] == 0, "it begins anew"
    files = Files(client)
    assert files.read("/old") == b"old"
    assert [entry.name for entry in files.list("/")] == (["new", "old"] if end == "another" else ["old"])


def test_a_copy_that_cannot_be_is_refused_at_its_beginning(linux: Machine) -> None:
    client = linux.on().client
    files = Files(client)
    files.make_directory("/folder")
    files.write("/file", b"1")
    for path, rc in (("/folder", 4), ("/none/file", 3), ("/file/below", 3)):
        with pytest.raises(DeviceError) as caught:
            client.request(UPLOAD, {"off": 0, "name": path, "len": 100_000, "data": b"x"})
        assert (caught.value.group, caught.value.rc) == (FILE_GROUP, rc), path


def test_a_damaged_file_system_is_told_and_formatted(tmp_path: Path) -> None:
    """The sectors where it begins are overwritten; its files are in others."""
    for linux in fresh(LINUX, tmp_path):
        Files(linux.on().client).write("/file", contents(9000))
        linux.off()
        (region,) = (path for path in tmp_path.iterdir() if path.suffix == ".files")
        with region.open("r+b") as file:
            file.write(bytes(8192))
        device = linux.on()
        assert "damaged" in device.modules.fresh_info()["files_error"] and device.modules.fresh_info()["files"] == 0
        info = restart(device, FORMAT, {"argv": FORMAT_ARGV})
        assert "files_error" not in info and info["files_free"] > 0
        assert Files(device.client).list("/") == []
        Files(device.client).write("/file", b"2")
        restart(device)
        assert Files(device.client).read("/file") == b"2"
        assert "files_error" not in restart(device, FORMAT, {"argv": FORMAT_ARGV}), "one that is not damaged, too"
        assert Files(device.client).list("/") == []


def test_formatting_wants_a_yes(native: dict[str, str]) -> None:  # noqa: F811
    failed = mote("fs", "format", env=native)
    assert failed.status == 2 and "--yes" in only_line(failed.err)
    assert "has an empty file system" in done(mote("fs", "format", "--yes", env=native))
