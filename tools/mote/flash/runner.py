"""Runs a flashing tool that is a program of its own: a tool that is missing, hangs or fails is one line."""

import shutil
import subprocess

from mote.errors import ExitCode, UserError

LIMIT_S = 120.0
LINE_MAX = 200


def need_tool(program: str, remedy: str) -> str:
    """The program's path."""
    found = shutil.which(program)
    if not found:
        raise UserError(f"{program} is not installed", remedy=remedy, code=ExitCode.NO_DEVICE)
    return found


def run_tool(words: list[str], complaint: str, remedy: str, limit_s: float = LIMIT_S) -> str:
    """What a tool printed. `complaint` is how its own error lines begin."""
    name = words[0].rpartition("/")[2]
    try:
        done = subprocess.run(
            words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
            timeout=limit_s, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise UserError(f"did not finish in {limit_s:.0f} s", name, remedy, ExitCode.LINK) from error
    if done.returncode:
        raise UserError(last_complaint(done.stdout, complaint) or f"failed with {done.returncode}", name, remedy, ExitCode.LINK)
    return done.stdout


def last_complaint(output: str, complaint: str) -> str:
    """The first line of what went wrong, or the last that was said at all."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    said = [line for line in lines if complaint in line] or lines[-1:]
    return said[0][:LINE_MAX].rstrip(".") if said else ""
