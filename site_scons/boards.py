"""Boards and CPU targets: data read from boards/<board>/board.json and site_scons/targets.json."""

import json
import platform
from dataclasses import dataclass
from pathlib import Path

from arguments import Arguments, suggestion
from problem import Problem


@dataclass(frozen=True)
class Target:
    """A CPU with its calling convention: a row of targets.json."""

    name: str
    description: str
    arch: str
    bits: int
    zig: list[str]
    clang: list[str]
    gcc: list[str]
    gcc_prefix: str
    gcc_package: str

    @property
    def hosted(self) -> bool:
        """Whether programs for it run under an operating system, this machine's."""
        return "-linux" in self.name


@dataclass(frozen=True)
class Place:
    """What a build is for: a board with its port, or (board and port empty) only a CPU."""

    board: str
    port: str
    target: Target
    defconfig: Path | None


def read_targets(root: Path) -> dict[str, Target]:
    """All targets by name."""
    rows = json.loads((root / "site_scons" / "targets.json").read_text())
    return {name: Target(name=name, **row) for name, row in rows.items()}


def board_names(root: Path) -> list[str]:
    """The boards there are."""
    return sorted(path.parent.name for path in (root / "boards").glob("*/board.json"))


def read_board(root: Path, name: str) -> dict[str, str]:
    """The data of one board."""
    names = board_names(root)
    if name not in names:
        raise Problem(f"BOARD={name}: there is no such board{suggestion(name, names)}; there are {', '.join(names)}")
    return json.loads((root / "boards" / name / "board.json").read_text())


def find_place(root: Path, arguments: Arguments) -> Place:
    """What the command line asks to build for."""
    targets = read_targets(root)
    if arguments.target:
        bare = [name for name, target in targets.items() if not target.hosted]
        if arguments.target not in bare:
            hint = suggestion(arguments.target, bare)
            raise Problem(f"TARGET={arguments.target}: there is no such target{hint}; there are {', '.join(bare)}")
        return Place("", "", targets[arguments.target], None)
    board = read_board(root, arguments.board)
    name = native_target(arguments.board, targets) if board["target"] == "native" else board["target"]
    return Place(arguments.board, board["port"], targets[name], root / "boards" / arguments.board / "defconfig")


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
