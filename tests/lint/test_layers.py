"""The floors of the firmware: who may include whom, and that nothing below the ports knows an operating system."""

from collections import Counter
from pathlib import Path

import pytest

from lint.sources import c_files, includes, room, shown
from support.places import FIRMWARE, ROOT

PUBLIC = {"mote.h", "mote_wasi.h", "mote_version.h"}
GENERATED = {"autoconf.h"}
FREESTANDING = {"stdbool.h", "stddef.h", "stdint.h", "stdatomic.h", "stdarg.h", "stdalign.h", "limits.h", "float.h"}

# Room -> rooms whose files it may include. A room may include itself.
DOORS = {
    "tables": set(),
    "include": {"tables"},
    "base": {"tables"},
    "hal": {"base"},
    "wasm": {"base", "tables"},
    "runtime": {"base", "hal", "wasm", "tables"},
    "interp": {"base", "hal", "wasm", "runtime", "tables"},
    "aot": {"base", "hal", "wasm", "runtime", "tables"},
    "host": {"base", "hal", "runtime", "tables"},
    "app": {"base", "hal", "wasm", "runtime", "interp", "aot", "host", "tables"},
    "shell": {"base", "hal", "app", "tables"},
    "main": {"base", "hal", "app", "shell", "host", "runtime"},
    "ports": {"base", "hal"},
}
# Single headers that open a door which the room as a whole does not have.
SPECIAL = {"main": {"main.h"}, "shell": {"host/wasi/vfs.h"}, "ports": {"main.h", "host/wasi/vfs.h"}, "host": {"lfs.c", "lfs.h"}}
# Registries that the build writes into its include folder.
REGISTRY_SUFFIX = "s.inc"


def violations(path: Path) -> list[str]:
    """The includes of a file that lead through no door."""
    where = room(path)
    found = []
    for bracket, name in includes(path):
        if bracket == "<":
            allowed = where == "ports" or name in FREESTANDING
        elif "/" in name:
            allowed = name.split("/")[0] in DOORS[where] | {where} or name in SPECIAL.get(where, ())
        else:
            allowed = is_plain_name_allowed(path, name)
        if not allowed:
            found.append(f"{shown(path)}: {name}")
    return found


def is_plain_name_allowed(path: Path, name: str) -> bool:
    """A name without a folder: public, generated, or (in ports only) a neighbour."""
    if name in PUBLIC or (name in GENERATED and shown(path) == "firmware/base/config.h"):
        return True
    return name in SPECIAL.get(room(path), ()) or name.endswith(REGISTRY_SUFFIX) or (
        room(path) == "ports" and (path.parent / name).exists()
    )


def test_files_include_only_floors_below() -> None:
    """Siblings are strangers; wasm needs no machine; ports see hal, base and the public headers."""
    found = [line for path in c_files(FIRMWARE, ROOT / "ports") for line in violations(path)]
    assert not found, "\n".join(found)


def test_every_room_is_known() -> None:
    """A new room needs a row above."""
    rooms = {room(path) for path in c_files(FIRMWARE)}
    assert rooms <= set(DOORS), rooms - set(DOORS)


def test_base_names_are_unique_in_the_firmware() -> None:
    """foo.c and foo.h are one name; two rooms do not share one."""
    names = Counter((path.stem, path.suffix) for path in c_files(FIRMWARE))
    twice = {"".join(name) for name, count in names.items() if count > 1}
    assert not twice, twice
    homes: dict[str, set[str]] = {}
    for path in (path for path in c_files(FIRMWARE) if path.suffix in (".c", ".h")):
        homes.setdefault(path.stem, set()).add(shown(path.parent))
    torn = {stem: folders for stem, folders in homes.items() if len(folders) > 1}
    assert not torn, torn


@pytest.mark.parametrize("port", sorted(path for path in (ROOT / "ports").iterdir() if path.is_dir()), ids=lambda path: path.name)
def test_port_implements_the_hal(port: Path) -> None:
    """One .c per header, of the same base name; a port may leave out what not every machine has."""
    wanted = {path.stem for path in (FIRMWARE / "hal").glob("*.h")} - {"pages", "net"}
    assert wanted <= {path.stem for path in port.glob("*.c")}


def test_checker_notices_wrong_includes(tmp_path: Path) -> None:
    """A rule that nothing can break would be worth nothing."""
    assert "runtime" not in DOORS["wasm"] and "hal" not in DOORS["wasm"]
    bad = FIRMWARE / "wasm" / "imagined.c"
    copy = tmp_path / "imagined.c"
    copy.write_text('#include "runtime/agent.h"\n#include <stdio.h>\n#include "base/bits.h"\n')

    class Imagined(type(bad)):  # type: ignore[misc]
        def read_text(self, *args: object, **kwargs: object) -> str:
            return copy.read_text()

    assert violations(Imagined(bad)) == ["firmware/wasm/imagined.c: runtime/agent.h", "firmware/wasm/imagined.c: stdio.h"]
