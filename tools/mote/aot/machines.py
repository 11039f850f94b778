"""Which target's code this machine and each board can run."""

import json
import platform
from difflib import get_close_matches
from typing import Any

from mote import checkout
from mote.aot.targets import TARGETS, Target
from mote.errors import ExitCode, UserError

MACHINES = {"amd64": "x86_64", "arm64": "aarch64"}


def this_machine() -> Target:
    """The target of the machine that this runs on."""
    machine = platform.machine().lower()
    found = find_arch(MACHINES.get(machine, machine))
    if found is None:
        raise UserError(f"there is no target for this machine ({machine})", remedy="Choose one with --target; see: mote targets")
    return found


def find_arch(arch: str) -> Target | None:
    """The target of an architecture of which there is only one."""
    found = [target for target in TARGETS.values() if target.arch == arch]
    return found[0] if len(found) == 1 else None


def board_target(name: str) -> Target:
    """The target that a board's board.json names, in the words of site_scons/targets.json."""
    boards = board_names()
    if name not in boards:
        close = get_close_matches(name, boards, n=1)
        hint = f"Did you mean {close[0]}? " if close else ""
        raise UserError(f"there is no board '{name}'", remedy=f"{hint}There are: {', '.join(boards)}.", code=ExitCode.USAGE)
    wanted = read_json("boards", name, "board.json")["target"]
    if wanted == "native":
        return this_machine()
    if wanted in TARGETS:
        return TARGETS[wanted]
    found = find_arch(read_json("site_scons", "targets.json").get(wanted, {}).get("arch", ""))
    if found is None:
        raise UserError(f"board '{name}' has the target {wanted}, for which there is no native code", code=ExitCode.USAGE)
    return found


def board_names() -> list[str]:
    """The boards there are."""
    return sorted(path.parent.name for path in (checkout.root() / "boards").glob("*/board.json"))


def boards_by_target() -> dict[str, list[str]]:
    """For each target the boards that run its code; boards without one are left out."""
    result: dict[str, list[str]] = {name: [] for name in TARGETS}
    for board in board_names():
        try:
            result[board_target(board).name].append(board)
        except UserError:
            continue
    return result


def read_json(*path: str) -> dict[str, Any]:
    """A file of data of the checkout."""
    return json.loads(checkout.root().joinpath(*path).read_text(encoding="utf-8"))
