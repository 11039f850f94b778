"""What each feature costs: builds the firmware in a scratch folder with one feature after the other switched off."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from problem import Problem
from report import FeatureCost, Size

Show = Callable[[str], None]


class Scratch:
    """A build folder of its own, whose configuration starts as a copy of another's every time."""

    def __init__(self, root: Path, build: Path, arguments: list[str]) -> None:
        """`arguments` are those that chose board, target and toolchain."""
        self.root = root
        self.original = build / ".config"
        self.folder = build / "features"
        self.command = [sys.executable, "-m", "SCons", "-Q", "size", *arguments, f"BUILD={self.folder}"]

    def measure(self, overrides: list[str]) -> tuple[Size, set[str]]:
        """Flash and RAM with these options set, and the features that are on then."""
        self.folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(self.original, self.folder / ".config")
        figures = self.folder / "size.json"
        command = [*self.command, f"JSON={figures}", *(f"SET={text}" for text in overrides)]
        result = subprocess.run(command, cwd=self.root, capture_output=True, text=True, check=False)
        if result.returncode:
            lines = [line for line in (result.stderr + result.stdout).splitlines() if "error" in line]
            raise Problem(f"size with {' '.join(overrides)}: {lines[0] if lines else 'the build failed'}")
        data = json.loads(figures.read_text())
        measured = data.get("programs") or data["libraries"]  # as linked, or the objects of a core library
        return sum((Size(**row["total"]) for row in measured.values()), Size()), set(data["features"])


def feature_costs(scratch: Scratch, names: list[str], show: Show) -> tuple[Size, list[FeatureCost]]:
    """The size with everything that is on, and what switching each feature off saves; `show` tells the progress."""
    whole, features = scratch.measure([])
    costs = []
    for number, name in enumerate(names, 1):
        show(f"[{number}/{len(names)}] without {name}")
        size, left = scratch.measure([f"{name}=n"])
        along = tuple(sorted(features - left - {name}))
        costs.append(FeatureCost(name, Size(whole.flash - size.flash, whole.ram - size.ram), along))
    return whole, costs
