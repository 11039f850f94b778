"""`mote size`: what a board's firmware takes of flash and RAM, alone or compared with another."""

import subprocess
import sys
import tarfile
import tempfile
import webbrowser
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import click

from mote import checkout
from mote.errors import ExitCode, UserError

FIGURES, PICTURE = "size.json", "size.html"


@dataclass(frozen=True)
class Firmware:
    """What is to be built and measured."""

    board: str
    toolchain: str

    @property
    def name(self) -> str:
        """Its folder within build/."""
        name = Path(self.board).name
        return name if self.toolchain == "zig" else f"{name}-{self.toolchain}"

    @property
    def arguments(self) -> list[str]:
        """What scons is told to measure it."""
        return [f"BOARD={self.board}", f"TOOLCHAIN={self.toolchain}", f"BUILD=build/{self.name}", "size"]


@click.command(short_help="Show flash and RAM of the firmware by part, file and symbol.")
@click.option("-b", "--board", default="linux", show_default=True, help="Which board's firmware.")
@click.option("--toolchain", default="zig", show_default=True, metavar="NAME", help="What compiles it: zig, gcc or clang.")
@click.option("--files", is_flag=True, help="List files as well.")
@click.option("--html", is_flag=True, help="Open the picture of it in a browser.")
@click.option("--diff", metavar="FILE|REV", help="Compare with a size.json from before, or with a revision of this checkout.")
@click.option("--features", is_flag=True, help="Build each feature off in turn and print what it costs.")
@click.option("--json", "as_json", is_flag=True, help="Print all figures as JSON.")
def command(
    board: str, toolchain: str, files: bool, html: bool, diff: str | None, features: bool, as_json: bool
) -> int:
    """Build a board's firmware and show what it takes of flash and RAM, every byte as it is linked."""
    from mote.console import Report
    from mote.footprint import read_footprints, show, show_difference
    from mote.runtime import scons

    firmware = Firmware(board, toolchain)
    if features:
        return scons([*firmware.arguments, "FEATURES=1"])
    before = read_footprints(figures_before(firmware, diff)) if diff else {}
    found = measure(firmware, checkout.root())
    if as_json:
        print(found.read_text(encoding="utf-8"), end="")
        return ExitCode.OK
    after = read_footprints(found)
    out = Report()
    for name, program in after.items():
        if name in before:
            show_difference(name, before[name], program, out)
        else:
            show(name, program, files, out)
        out.line()
    picture = found.with_name(PICTURE)
    if not (html and webbrowser.open(picture.as_uri())):
        out.line(f"{checkout.shown(picture)} shows it by part, file and symbol", "dim")
    return ExitCode.OK


def measure(firmware: Firmware, root: Path) -> Path:
    """Build and measure in a checkout; the figures."""
    words = firmware.arguments
    print(f"mote: scons {' '.join(words)}", file=sys.stderr, flush=True)
    command = [sys.executable, "-m", "SCons", "-C", str(root), "-Q", *words]
    done = subprocess.run(command, env=checkout.compiler_environment(), capture_output=True, text=True, check=False)
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if "error: " in line] or done.stderr.splitlines() or ["it failed"]
        raise UserError(said[0].partition("error: ")[2] or said[0], f"scons {' '.join(words)}")
    return root / "build" / firmware.name / FIGURES


def figures_before(firmware: Firmware, other: str) -> Path:
    """A file with figures as it is, or what a revision of this checkout comes to."""
    if Path(other).is_file():
        return Path(other)
    return measure(firmware, unpack_revision(other))


def unpack_revision(name: str) -> Path:
    """The files of a revision in a folder of build/, where they stay for the next time."""
    root = checkout.root()
    where = "--diff " + name
    commit = git("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}").decode().strip()
    if not commit:
        raise UserError("is neither a file nor a revision", where, "Name a size.json, or what git log shows.", ExitCode.USAGE)
    tree = root / "build" / "revisions" / commit[:12]
    if not tree.is_dir():
        tree.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=tree.parent) as scratch:
            half = Path(scratch) / "half"
            with tarfile.open(fileobj=BytesIO(git("archive", "--format=tar", commit))) as archive:
                archive.extractall(half, filter="data") if hasattr(tarfile, "data_filter") else archive.extractall(half)
            (half / "build").mkdir(exist_ok=True)
            (half / "build" / "packages").symlink_to(root / "build" / "packages")
            half.rename(tree)
    return tree


def git(*words: str) -> bytes:
    """What git prints in this checkout; nothing when it fails."""
    try:
        return subprocess.run(["git", "-C", str(checkout.root()), *words], capture_output=True, check=False).stdout
    except FileNotFoundError as error:
        raise UserError("git is not installed", remedy="Run: apt-get install git") from error
