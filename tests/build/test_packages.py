"""C code of others: fetched as it is pinned, named when it cannot be, never run, never in the tree."""

import io
import json
import os
import sys
import tarfile
from hashlib import sha256
from pathlib import Path

import pytest

from build.scons import COMPILED, refusal, scons
from mote.lock import locked
from support.places import ROOT

sys.path.insert(0, str(ROOT / "site_scons"))
import packages
from problem import Problem

GOAL = ["TARGET=thumbv7em", "build/thumbv7em/obj/firmware/host/wasi/littlefs.o"]


@pytest.fixture
def littlefs() -> packages.Package:
    """The row of littlefs."""
    return packages.read_packages(ROOT)["littlefs"]


def test_pins_are_those_of_the_lock_file(littlefs: packages.Package) -> None:
    """The package that makes images and the archive that the firmware is compiled from are one version."""
    assert littlefs.version in [pin.version for pin in locked() if pin.name == littlefs.archive]
    assert littlefs.sha256 in (ROOT / "requirements.lock").read_text()


def test_nothing_of_it_is_in_the_tree(littlefs: packages.Package) -> None:
    ours = [path for path in ROOT.rglob("*.[ch]") if path.relative_to(ROOT).parts[0] not in ("build", ".venv")]
    assert ours and not [path for path in ours if path.name in littlefs.files]


def test_folder_that_lacks_the_files_is_named(tmp_path: Path) -> None:
    line = refusal(*GOAL, f"BUILD={tmp_path}/build", LITTLEFS_DIR=str(tmp_path))
    assert line == f"{tmp_path} lacks lfs.c, lfs.h: LITTLEFS_DIR is to name the folder of littlefs 2.11, BSD-3-Clause"


def test_folder_of_ones_own_is_compiled(checkout: Path, tmp_path: Path) -> None:
    """What the variable names is what is included."""
    for name in ("lfs.c", "lfs.h"):
        (tmp_path / name).write_text(f'#error "this is my {name}"\n')
    result = scons(*GOAL, root=checkout, LITTLEFS_DIR=str(tmp_path))
    assert result.returncode and "this is my lfs.h" in result.stdout + result.stderr


def test_without_a_package_index_one_line_says_what_to_do(checkout: Path) -> None:
    for folder in (checkout / "build").glob("packages/*"):
        folder.rename(checkout / folder.name)
    nowhere = {"PIP_INDEX_URL": "http://127.0.0.1:9/", "PIP_EXTRA_INDEX_URL": "", "PIP_RETRIES": "0", "PIP_NO_CACHE_DIR": "1",
               "PIP_FIND_LINKS": "", "PIP_CONFIG_FILE": os.devnull}
    line = refusal(*GOAL, root=checkout, **nowhere)
    assert line.startswith("littlefs 2.11, BSD-3-Clause is missing, and pip could not fetch littlefs-python==")
    assert line.endswith("check the network and `pip config list`, or let LITTLEFS_DIR name a folder with lfs.c, lfs.h")


def archive(path: Path, files: dict[str, bytes]) -> None:
    """A source archive as a package index has them."""
    with tarfile.open(path, "w:gz") as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))


def test_archive_is_fetched_checked_and_not_run(checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An archive whose build would leave a trace; its hash must be the pinned one."""
    trace = tmp_path / "it-was-run"
    harmful = f"open({str(trace)!r}, 'w')\n".encode()
    build = b'[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n'
    file = tmp_path / "index" / "thing_package-1.5.tar.gz"
    file.parent.mkdir()
    archive(file, {"thing_package-1.5/pyproject.toml": build, "thing_package-1.5/setup.py": harmful,
                   "thing_package-1.5/PKG-INFO": b"Metadata-Version: 2.1\nName: thing-package\nVersion: 1.5\n",
                   "thing_package-1.5/src/thing.c": b"int thing;\n", "thing_package-1.5/src/deep/other.c": b"int other;\n"})
    digest = sha256(file.read_bytes()).hexdigest()
    row = {"archive": "thing-package", "version": "1.5", "sha256": digest, "folder": "src", "files": ["thing.c"],
           "what": "a thing", "variable": "THING_DIR"}
    (checkout / "site_scons/packages.json").write_text(json.dumps({"thing": row, "other": {**row, "sha256": "0" * 64}}))
    for name, value in {"PIP_FIND_LINKS": str(file.parent), "PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": os.devnull}.items():
        monkeypatch.setenv(name, value)
    folder = packages.package_folder(checkout, "thing", "SConscript")
    assert [path.name for path in folder.iterdir()] == ["thing.c"]
    assert not trace.exists() and folder == packages.package_folder(checkout, "thing", "SConscript")
    with pytest.raises(Problem, match="the package index gives another file"):
        packages.package_folder(checkout, "other", "SConscript")
    with pytest.raises(Problem, match=r"SConscript: site_scons/packages\.json has no package none"):
        packages.package_folder(checkout, "none", "SConscript")


def test_firmware_without_files_compiles_none_of_them(tmp_path: Path) -> None:
    """And asks nobody for a package."""
    goal = ["TARGET=thumbv7em", f"BUILD={tmp_path}", "-n", f"{tmp_path}/libmote_host.a"]
    with_files = set(COMPILED.findall(scons(*goal).stdout))
    result = scons(*goal, "SET=HOST_WASI_FILES=n,HOST_FILES=n", LITTLEFS_DIR="/nowhere")
    assert result.returncode == 0, result.stderr
    gone = {Path(name).stem for name in with_files - set(COMPILED.findall(result.stdout))}
    assert gone == {"directory", "file", "littlefs", "littlefs_mount", "path", "vfs_littlefs", "wasi_file", "wasi_path"}
