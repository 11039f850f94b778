"""Boards and CPU targets: data read from boards/<board>/board.json and site_scons/targets.json."""

import json
import platform
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from arguments import Arguments, suggestion
from problem import Problem


@dataclass(frozen=True)
class Target:
    """A CPU with its calling convention: a row of targets.json. `emulator` runs its programs on other machines."""

    name: str
    description: str
    arch: str
    bits: int
    zig: list[str]
    clang: list[str]
    gcc: list[str]
    gcc_prefix: str
    gcc_package: str
    emulator: dict[str, Any] = field(default_factory=dict)

    @property
    def hosted(self) -> bool:
        """Whether programs for it run under an operating system."""
        return "-linux" in self.name


@dataclass(frozen=True)
class Place:
    """What a build is for: a board with its port, or (board and port empty) only a CPU."""

    board: str
    port: str
    target: Target
    defconfig: Path | None
    data: dict[str, Any] = field(default_factory=dict)  # board.json


def read_targets(root: Path) -> dict[str, Target]:
    """All targets by name."""
    rows = json.loads((root / "site_scons" / "targets.json").read_text())
    return {name: Target(name=name, **row) for name, row in rows.items()}


def board_names(root: Path) -> list[str]:
    """The boards there are."""
    return sorted(path.parent.name for path in (root / "boards").glob("*/board.json"))


def read_board(root: Path, name: str) -> dict[str, Any]:
    """The data of one board."""
    names = board_names(root)
    if name not in names:
        raise Problem(f"BOARD={name}: there is no such board{suggestion(name, names)}; there are {', '.join(names)}")
    return json.loads((root / "boards" / name / "board.json").read_text())


def find_place(root: Path, arguments: Arguments) -> Place:
    """What the command line asks to build for."""
    targets = read_targets(root)
    if arguments.board:
        board = read_board(root, arguments.board)
        name = arguments.target or board["target"]
        if name == "native":
            name = native_target(arguments.board, targets)
        elif arguments.target:
            check_board_target(arguments, board, targets)
        return Place(arguments.board, board["port"], targets[name], root / "boards" / arguments.board / "defconfig", board)
    check_target(arguments, targets, hosted=False, remedy=f"it runs Linux; say BOARD=linux TARGET={arguments.target}")
    return Place("", "", targets[arguments.target], None)


def check_board_target(arguments: Arguments, board: dict[str, str], targets: dict[str, Target]) -> None:
    """BOARD= and TARGET= together: a board that is a process may be built for another machine."""
    if board["target"] != "native":
        what = f"the CPU of the board {arguments.board} is {board['target']}"
        raise Problem(f"TARGET={arguments.target}: {what}; leave TARGET= out")
    check_target(arguments, targets, hosted=True, remedy=f"it is a bare CPU; leave BOARD={arguments.board} out")


def check_target(arguments: Arguments, targets: dict[str, Target], hosted: bool, remedy: str) -> None:
    """TARGET= names a CPU with or without an operating system; the remedy is for the other kind."""
    name = arguments.target
    names = [other for other, target in targets.items() if target.hosted == hosted]
    if name not in targets:
        raise Problem(f"TARGET={name}: there is no such target{suggestion(name, names)}; there are {', '.join(names)}")
    if name not in names:
        raise Problem(f"TARGET={name}: {remedy}")


def native_target(board: str, targets: dict[str, Target]) -> str:
    """The target that is this machine."""
    machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(platform.machine().lower(), platform.machine().lower())
    name = f"{machine}-{platform.system().lower()}" + ("" if platform.libc_ver()[0] == "glibc" else "-musl")
    if name not in targets:
        hosts = ", ".join(name for name, target in targets.items() if target.hosted)
        raise Problem(f"BOARD={board}: builds for the machine it runs on, which is {name} here; it can be {hosts}")
    return name


def list_boards(root: Path) -> str:
    """One line a board, for `scons boards`."""
    boards = {name: read_board(root, name) for name in board_names(root)}
    width = max(map(len, boards), default=0)
    return "\n".join(f"{name:{width}}  {board['description']}" for name, board in boards.items())
