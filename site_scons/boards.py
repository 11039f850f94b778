"""Boards and CPU targets: data from boards/<board>/board.json, or from a folder elsewhere, and from site_scons/targets.json."""

import json
import platform
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from arguments import Arguments, suggestion
from board_check import check_keys
from board_regions import check_regions
from problem import Problem

NATIVE = "native"  # the target of a board that is the machine itself


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
    where: str = ""  # the same file, as messages name it


def read_targets(root: Path) -> dict[str, Target]:
    """All targets by name."""
    rows = json.loads((root / "site_scons" / "targets.json").read_text())
    return {name: Target(name=name, **row) for name, row in rows.items()}


def board_names(root: Path) -> list[str]:
    """The boards there are."""
    return sorted(path.parent.name for path in (root / "boards").glob("*/board.json"))


def board_folder(root: Path, name: str) -> Path:
    """The folder of a board: BOARD= names one of boards/, or by a path any other."""
    if "/" in name:
        folder = root / name
        if not (folder / "board.json").is_file():
            raise Problem(f"BOARD={name}: there is no {name.rstrip('/')}/board.json")
        if folder.resolve().parent != (root / "boards").resolve() and folder.resolve().name in board_names(root):
            raise Problem(f"BOARD={name}: boards/{folder.resolve().name} has that name already; rename the folder")
        return folder
    names = board_names(root)
    if name not in names:
        raise Problem(f"BOARD={name}: there is no such board{suggestion(name, names)}; there are {', '.join(names)}")
    return root / "boards" / name


def board_file(root: Path, folder: Path) -> str:
    """The file with a board's data, as messages name it."""
    file = folder / "board.json"
    return str(file.relative_to(root) if file.is_relative_to(root) else file)


def read_board(root: Path, folder: Path, targets: dict[str, Target]) -> dict[str, Any]:
    """The data of one board, checked."""
    where = board_file(root, folder)
    try:
        data = json.loads((folder / "board.json").read_text(encoding="utf-8"))
    except ValueError as error:
        raise Problem(f"{where}: {error}") from error
    name = data.get("target") if isinstance(data, dict) else None
    target = targets.get(name) if isinstance(name, str) else None
    check_keys(data, where, is_bare=bool(target and not target.hosted))
    if not target and name != NATIVE:
        names = [*targets, NATIVE]
        raise Problem(f"{where}: target: there is no '{name}'{suggestion(name, names)}; there are {', '.join(names)}")
    check_port(root, data["port"], where)
    if target and not target.hosted:
        check_regions(data, where)
    return data


def check_port(root: Path, port: str, where: str) -> None:
    """A port is a folder of ports/."""
    ports = sorted(path.parent.name for path in (root / "ports").glob("*/SConscript"))
    if port not in ports:
        raise Problem(f"{where}: port: there is no '{port}'{suggestion(port, ports)}; there are {', '.join(ports)}")


def find_place(root: Path, arguments: Arguments) -> Place:
    """What the command line asks to build for."""
    targets = read_targets(root)
    if arguments.board:
        folder = board_folder(root, arguments.board)
        board = read_board(root, folder, targets)
        name = arguments.target or board["target"]
        if name == NATIVE:
            name = native_target(arguments.board, targets)
        elif arguments.target:
            check_board_target(arguments, board, targets)
        where = board_file(root, folder)
        return Place(folder.resolve().name, board["port"], targets[name], folder / "defconfig", board, where)
    check_target(arguments, targets, hosted=False, remedy=f"it runs Linux; say BOARD=linux TARGET={arguments.target}")
    return Place("", "", targets[arguments.target], None)


def check_board_target(arguments: Arguments, board: dict[str, str], targets: dict[str, Target]) -> None:
    """BOARD= and TARGET= together: a board that is a process may be built for another machine."""
    if board["target"] != NATIVE:
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
    targets = read_targets(root)
    boards = {name: read_board(root, root / "boards" / name, targets) for name in board_names(root)}
    width = max(map(len, boards), default=0)
    return "\n".join(f"{name:{width}}  {board['description']}" for name, board in boards.items())
