"""The launcher ./mote in a fresh clone. The copy under test installs nothing from an index, so no network is needed."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from support.places import ROOT

COMMAND = """import json, os, sys
print(json.dumps({"cwd": os.getcwd(), "arguments": sys.argv[1:], "path": sys.path}))
sys.exit(3)
"""


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A checkout with the launcher, a lock file without packages, and a command that tells what it sees."""
    folder = tmp_path / "clone"
    (folder / "tools" / "mote").mkdir(parents=True)
    shutil.copy(ROOT / "mote", folder)
    (folder / "requirements.lock").write_text("# no packages\n")
    (folder / "tools" / "mote" / "__init__.py").touch()
    (folder / "tools" / "mote" / "__main__.py").write_text(COMMAND)
    return folder


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty virtual environment, made once: that takes a few seconds."""
    folder = tmp_path_factory.mktemp("environment") / ".venv"
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    (folder / "installed").write_text(f"# {sys.version_info.major}.{sys.version_info.minor} elsewhere\n")
    return folder


@pytest.fixture
def installed(clone: Path, environment: Path) -> Path:
    """The same, after its first run."""
    shutil.copytree(environment, clone / ".venv", symlinks=True)
    assert launch(clone).returncode == 3
    return clone


def launch(clone: Path, *arguments: str, cwd: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the launcher with the Python of the tests."""
    command = [sys.executable, str(clone / "mote"), *arguments]
    return subprocess.run(
        command, cwd=cwd or clone, capture_output=True, text=True, env=os.environ | environment, check=False
    )


def test_first_run_installs_and_second_only_starts(clone: Path, tmp_path: Path) -> None:
    first = launch(clone, "run", "a b", cwd=tmp_path)
    assert first.returncode == 3
    seen = json.loads(first.stdout)
    assert (seen["cwd"], seen["arguments"]) == (str(tmp_path), ["run", "a b"])
    assert "mote: installed\n" in first.stderr
    again = launch(clone, "run", "a b", cwd=tmp_path)
    assert (again.returncode, again.stdout, again.stderr) == (3, first.stdout, "")


def test_modules_elsewhere_are_not_in_the_way(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "mote.py").write_text("raise SystemExit('wrong module')")
    result = launch(installed, cwd=tmp_path, PYTHONPATH=str(tmp_path))
    assert result.returncode == 3
    path = json.loads(result.stdout)["path"]
    assert str(installed / "tools") in path
    assert not {"", str(tmp_path)} & set(path)


def test_second_run_costs_less_than_a_tenth_of_a_second(installed: Path) -> None:
    def fastest(command: list[str]) -> float:
        times = []
        for _ in range(8):
            start = time.perf_counter()
            subprocess.run(command, cwd=installed, stdout=subprocess.DEVNULL, check=False)
            times.append(time.perf_counter() - start)
        return min(times)

    launched = fastest([sys.executable, str(installed / "mote")])
    assert launched - fastest([str(installed / ".venv" / "bin" / "python"), "-I", "-m", "mote"]) < 0.1


def test_changed_lock_file_is_installed(installed: Path) -> None:
    marker = installed / ".venv" / "marker"
    marker.touch()
    (installed / "requirements.lock").write_text("# still no packages\n")
    assert "installed" in launch(installed).stderr
    assert marker.exists(), "a complete environment is brought up to date, not made again"
    assert launch(installed).stderr == ""


def test_interrupted_installation_is_made_again(installed: Path) -> None:
    (installed / ".venv" / "installed").unlink()
    marker = installed / ".venv" / "lib" / "half-made"
    marker.touch()
    assert launch(installed).returncode == 3
    assert not marker.exists()


def test_moved_checkout_still_works(installed: Path, tmp_path: Path) -> None:
    moved = installed.rename(tmp_path / "moved")
    assert launch(moved).returncode == 3
    assert str(moved / "tools") in launch(moved).stdout


def test_killed_launcher_leaves_nothing_that_blocks(clone: Path) -> None:
    child = subprocess.Popen([sys.executable, str(clone / "mote")], stderr=subprocess.DEVNULL)
    time.sleep(0.7)
    child.send_signal(signal.SIGKILL)
    child.wait()
    assert launch(clone).returncode == 3


def test_two_launchers_wait_for_each_other(clone: Path) -> None:
    command = [sys.executable, str(clone / "mote")]
    children = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    said = [child.communicate()[1] for child in children]
    assert [child.returncode for child in children] == [3, 3, 3]
    assert sum("mote: installed" in text for text in said) == 1


def test_interrupt_says_how_to_go_on(clone: Path) -> None:
    child = subprocess.Popen([sys.executable, str(clone / "mote")], stderr=subprocess.PIPE, text=True, start_new_session=True)
    assert child.stderr
    assert "installing" in child.stderr.readline()
    os.killpg(child.pid, signal.SIGINT)
    assert "mote: interrupted; run it again to go on\n" in child.stderr.read()
    assert child.wait() == 130


@pytest.mark.parametrize(
    ("retries", "line"),
    [
        ("1", "mote: pip cannot reach the package index: check the network, or name a mirror with PIP_INDEX_URL"),
        ("0", "mote: no package index that pip asks has click==8.1.7: check the network"),
    ],
)
def test_no_network_is_one_line(installed: Path, retries: str, line: str) -> None:
    (installed / "requirements.lock").write_text("click==8.1.7 --hash=sha256:" + "0" * 64 + "\n")
    index = {"PIP_INDEX_URL": "https://127.0.0.1:9/simple", "PIP_RETRIES": retries, "PIP_CONFIG_FILE": os.devnull}
    result = launch(installed, **index, PIP_FIND_LINKS="", PIP_EXTRA_INDEX_URL="", PIP_NO_CACHE_DIR="1")
    assert result.returncode == 1
    lines = result.stderr.splitlines()
    assert lines[-1].startswith(line)
    assert all(text.startswith("mote: ") for text in lines)


def test_unwritable_checkout_is_one_line(clone: Path) -> None:
    (clone / ".venv").write_text("a file where a folder should be")
    result = launch(clone)
    assert result.returncode == 1
    assert re.fullmatch(r"mote: cannot write to .*: use a copy of the checkout that is yours\n", result.stderr)


def test_old_python_is_one_line(clone: Path) -> None:
    pretend = f"import sys; sys.version_info = (3, 9, 2); sys.argv = ['mote']; exec(open({str(clone / 'mote')!r}).read())"
    source = (clone / "mote").read_text()
    (clone / "mote").write_text(source.replace("__file__", repr(str(clone / "mote"))))
    result = subprocess.run([sys.executable, "-c", pretend], capture_output=True, text=True, check=False)
    assert result.returncode == 1
    assert result.stderr == f"mote: needs Python 3.10 or newer; this is 3.9: {sys.executable}\n"


def test_lock_file_pins_what_the_project_needs() -> None:
    lock = (ROOT / "requirements.lock").read_text()
    project = (ROOT / "pyproject.toml").read_text()
    launched = re.sub(r"^clients = \[.*?^\]", "", project, flags=re.MULTILINE | re.DOTALL)  # those a test installs
    names = re.findall(r'^    "([a-z-]+)[>=]', launched, re.MULTILINE)
    assert {"scons", "ziglang", "pytest"} <= set(names)
    for name in names:
        assert re.search(rf"^{name}==[\d.]+ (;.*)?\\$", lock, re.MULTILINE), name
    assert all("--hash=sha256:" in block for block in re.split(r"\n(?=[a-z])", lock) if "==" in block.split("\n")[0])
