"""`mote validate`: the runtime's own verdict on files, one line each."""

import subprocess
from pathlib import Path
from typing import Any

import click

from mote import console
from mote.console import printable
from mote.errors import ExitCode
from mote.runtime import need_runtime

TIMEOUT_SECONDS = 60


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@click.option("--json", "as_json", is_flag=True, help="Print the verdicts as JSON.")
def command(files: tuple[Path, ...], as_json: bool) -> int:
    """Check whether each FILE is a valid module; exit code 1 when one is not."""
    runtime = need_runtime()
    verdicts = [verdict(runtime, file) for file in files]
    if as_json:
        console.print_json(verdicts)
    for each in () if as_json else verdicts:
        print(f"{printable(each['file'], 1000)}: valid" if each["valid"] else each["message"])
    return ExitCode.OK if all(each["valid"] for each in verdicts) else ExitCode.FAILED


def verdict(runtime: Path, file: Path) -> dict[str, Any]:
    """Ask the runtime about one file."""
    try:
        done = subprocess.run(
            [str(runtime), "--validate", "--", str(file)],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=TIMEOUT_SECONDS,
            check=False,
        )
        message = (done.stderr or done.stdout).strip()
        status = done.returncode
    except subprocess.TimeoutExpired:
        message, status = f"{file}: no verdict within {TIMEOUT_SECONDS} seconds", -1
    if status and not message:
        message = f"{file}: the runtime ended with status {status}"
    return {"file": str(file), "valid": status == 0, "message": "" if status == 0 else printable(message, 2000)}
