"""Files of a guest: real C programs on an image, with what they must print at their end; images both ways; a full disk."""

import re
from pathlib import Path

import pytest

from mote.fsimage import Shape, make_image, open_image
from support.motert import Motert, Result
from wasi.guests import guest

pytestmark = pytest.mark.builds("tail-guard", "sanitized")

PRINTS = re.compile(r"^/\* prints:\n(.*)^\*/\n\Z", re.MULTILINE | re.DOTALL)
BLOCK = 4096


def expectation(name: str) -> str:
    """What a guest of this room prints, as it says at its end."""
    found = PRINTS.search((Path(__file__).parent / "guests" / f"{name}.c").read_text())
    assert found, name
    return found[1]


def run(motert: Motert, image: Path, name: str, *arguments: object, size: str = "1M") -> Result:
    """Run a guest with the files of an image, made if it is not there."""
    return motert.run("--files", f"{image}:{size}" if not image.exists() else image, guest(name), *arguments)


def read_image(image: Path) -> dict[str, bytes]:
    """All files of an image, read by littlefs' own Python package."""
    data = image.read_bytes()
    files = open_image(Shape(len(data), BLOCK), data)
    found = {}
    for folder, _, names in files.walk("/"):
        for name in names:
            path = f"{folder.rstrip('/')}/{name}"
            with files.open(path, "rb") as file:
                found[path] = file.read()
    return found


@pytest.mark.parametrize("name", ["files_posix", "files_dirs"])
def test_calls_give_what_posix_says(motert: Motert, tmp_path: Path, name: str) -> None:
    result = run(motert, tmp_path / "image", name)
    assert (result.status, result.err) == (0, "")
    assert result.out == expectation(name)


def test_paths_stay_inside_and_rights_hold(motert: Motert, tmp_path: Path) -> None:
    (tmp_path / "folder/jail").mkdir(parents=True)
    (tmp_path / "folder/secret").write_text("secret")
    (tmp_path / "folder/jail/file").write_text("content")
    image = tmp_path / "image"
    image.write_bytes(make_image(tmp_path / "folder", Shape(1 << 18, BLOCK))[0])
    result = run(motert, image, "files_raw")
    assert (result.status, result.err) == (0, "")
    assert result.out == expectation("files_raw")
    left = read_image(image)
    assert left == {"/secret": b"secret", "/jail/file": b"content", "/jail/" + 63 * "n": b""}


def test_what_the_firmware_writes_the_host_reads(motert: Motert, tmp_path: Path) -> None:
    image = tmp_path / "image"
    result = run(motert, image, "files_stdio")
    assert (result.status, result.out, result.err) == (0, expectation("files_stdio"), "")
    text = "".join(f"line {i}\n" for i in range(1, 301)).replace("line", "LINE", 1) + "appended\n"
    records = b"".join(
        i.to_bytes(4, "little") + (f"number {i}" if i % 111 == 0 else "").encode().ljust(28, b"\0") for i in range(1000)
    )
    assert read_image(image) == {
        "/notes.txt": text.encode(),
        "/moved.txt": text.encode(),
        "/copies/records": records,
        "/left-open": b"never closed by the program",
    }


def test_what_the_host_writes_the_firmware_reads(motert: Motert, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    files = {f"dir-{i % 7}/sub/file-{i}": bytes([i % 251]) * (i * i % 9000) for i in range(80)} | {"empty": b"", "ä€": b"utf-8"}
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    image = tmp_path / "image"
    image.write_bytes(make_image(folder, Shape(1 << 20, BLOCK))[0])
    result = run(motert, image, "files_sums", *(f"/{name}" for name in files))
    assert (result.status, result.err) == (0, "")
    assert result.out.splitlines() == [f"/{name} {len(content)} {checksum(content):08x}" for name, content in files.items()]


def checksum(content: bytes) -> int:
    """What files_sums.c computes."""
    total = 0
    for byte in content:
        total = (total * 31 + byte) & 0xFFFFFFFF
    return total


def test_full_disk_is_an_error_and_keeps_what_was_written(motert: Motert, tmp_path: Path) -> None:
    image = tmp_path / "image"
    result = run(motert, image, "files_full", size="128K")
    assert (result.status, result.err) == (0, "")
    first, second, *rest = result.out.splitlines()
    written = int(re.fullmatch(r"full after (\d+): No space left on device", first)[1])
    assert 100_000 < written < 131_072
    assert second == "grow: No space left on device" and rest == ["removed: 0", "again: ok"]
    left = read_image(image)
    assert left == {"/small": b"x" * 100}


def test_image_that_is_none_is_refused(motert: Motert, tmp_path: Path) -> None:
    image = tmp_path / "image"
    image.write_bytes(b"nothing of the kind " * 4096)
    result = run(motert, image, "hello")
    assert (result.status, result.out) == (1, "")
    assert result.err.endswith("flash memory failed: it is no image of files, or damaged; mote fs image makes one\n")
    image.write_bytes(bytes(5000))
    assert "an image has a multiple of 4096 bytes" in run(motert, image, "hello").err


def test_deadline_ends_a_guest_that_writes_without_end(motert: Motert, tmp_path: Path) -> None:
    result = motert.run("--timeout", "0.5", "--files", f"{tmp_path / 'image'}:1M", guest("files_full"), "for ever")
    assert result.status == 124
    assert read_image(tmp_path / "image").keys() <= {"/big", "/small"}
