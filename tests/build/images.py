"""Firmware images as the tests of this room build them: one folder for each board and compiler, built once and kept."""

import json
import os
import shutil
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from build.scons import scons
from support.places import ROOT, scratch


@dataclass(frozen=True)
class Image:
    """The firmware of a board, made by one compiler."""

    board: str
    toolchain: str

    @property
    def folder(self) -> Path:
        """Where it is built."""
        return scratch("images") / f"{self.board}-{self.toolchain}"

    @property
    def program(self) -> Path:
        """The linked program."""
        return self.folder / "firmware.elf"

    @property
    def data(self) -> dict[str, Any]:
        """What board.json says."""
        return json.loads((ROOT / "boards" / self.board / "board.json").read_text())

    def scons(self, *arguments: str) -> str:
        """Run scons for it, which must succeed; the pip-installed compiler must do without the system's. What scons printed."""
        where = [f"BOARD={self.board}", f"TOOLCHAIN={self.toolchain}", f"BUILD={self.folder}"]
        done = scons(*where, *arguments, PATH=shell_alone() if self.toolchain == "zig" else os.environ["PATH"])
        if done.returncode == 2 and "is not on PATH" in done.stderr:
            pytest.skip(done.stderr.strip().removeprefix("error: "))
        assert done.returncode == 0, done.stdout[-1000:] + done.stderr[-3000:]
        return done.stdout


@cache
def measured(image: Image) -> tuple[str, dict[str, Any]]:
    """The image without a module: the table that `size` prints, and its figures."""
    printed = image.scons("size")
    figures = json.loads((image.folder / "size.json").read_text())["programs"]["firmware.elf"]
    return printed[printed.index("firmware.elf  ") :], figures


@cache
def shell_alone() -> str:
    """A folder for PATH that has nothing but the shell that scons starts compilers with."""
    folder = scratch("shell")
    if not (folder / "sh").exists():
        (folder / "sh").symlink_to(shutil.which("sh") or "/bin/sh")
    return str(folder)
