"""What is compiled again after a change: exactly what depends on it."""

import re
import subprocess
from pathlib import Path

import pytest

from build.scons import build, commands, objects
from support.places import ROOT

TARGET = "TARGET=thumbv7em"
COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A complete build of the core library, with the compiler's command lines."""
    folder = tmp_path_factory.mktemp("incremental")
    assert build(TARGET, f"BUILD={folder}", "lib", f"{folder}/compile_commands.json")
    return folder


def again(folder: Path, *arguments: str) -> set[str]:
    """Build once more and return what was compiled."""
    return build(TARGET, f"BUILD={folder}", "lib", *arguments)


def dependants(folder: Path, option: str) -> set[str]:
    """The core's sources that mention an option or include something that does, as the compiler sees it."""
    texts: dict[Path, str] = {}
    found = set()
    for source, command in commands(folder).items():
        if "/host/" in source:
            continue
        at = command.index("-o")
        listing = subprocess.run([*command[:at], *command[at + 3:], "-M"], cwd=ROOT, capture_output=True, text=True, check=True)
        for name in listing.stdout.replace("\\\n", " ").split()[1:]:
            path = (ROOT / name).resolve()
            if path.name != "autoconf.h" and path.is_relative_to(ROOT):
                text = texts.setdefault(path, COMMENT.sub("", path.read_text()))
                found |= {source} if re.search(rf"\b{option}\b", text) else set()
    return found


def test_second_build_compiles_nothing(folder: Path) -> None:
    assert again(folder) == set()


@pytest.mark.parametrize("option", ["WASM_NAMES", "WASM_BULK_MEMORY", "ASSERT"])
def test_option_compiles_what_mentions_it_and_nothing_else(folder: Path, option: str) -> None:
    expected = dependants(folder, f"CONFIG_{option}")
    before = "n" if option == "ASSERT" else "y"
    after = "y" if before == "n" else "n"
    assert expected and expected < set(commands(folder))
    changed = again(folder, f"SET={option}={after}")
    # An option may take others with it: without bulk memory there are no reference types.
    along = dependants(folder, "CONFIG_WASM_REFERENCE_TYPES") if option == "WASM_BULK_MEMORY" else set()
    assert changed == expected | along
    assert again(folder) == set()
    assert again(folder, f"SET={option}={before}") == expected | along


def test_changed_option_leaves_no_stale_object(folder: Path, tmp_path: Path) -> None:
    off = "SET=WASM_FLOATING_POINT=n,WASM_MULTI_VALUE=n,TRAP_CALL_STACK=n"
    assert again(folder, off)
    assert again(tmp_path, off)
    fresh = objects(tmp_path)
    assert {name: data for name, data in objects(folder).items() if name in fresh} == fresh
    assert again(folder, off.replace("=n", "=y"))


def test_option_that_changes_flags_compiles_everything(folder: Path) -> None:
    everything = {source for source in commands(folder) if "/host/" not in source}
    slow_parts = again(folder, "SET=OPTIMIZE_SPEED=y")
    assert slow_parts < everything, "what is always compiled for speed stays as it is"
    assert {Path(source).stem for source in everything - slow_parts} >= {"dispatch_goto"}
    assert again(folder, "SET=OPTIMIZE_SIZE=y") == slow_parts


def test_configuration_keeps_what_was_set(folder: Path) -> None:
    again(folder, "SET=WASM_NAMES=n")
    assert "CONFIG_WASM_NAMES is not set" in (folder / ".config").read_text()
    assert "CONFIG_WASM_NAMES" not in (folder / "include" / "autoconf.h").read_text()
    again(folder)
    assert "CONFIG_WASM_NAMES is not set" in (folder / ".config").read_text()
    again(folder, "SET=CONFIG_WASM_NAMES=y")
    assert "WASM_NAMES" not in (folder / ".config").read_text(), "defaults are not written down"
