"""`mote test`: build everything that tests need, run all of them, say what failed and what was left out and why."""

import sys
from importlib import util

import click

from mote import checkout
from mote.errors import ExitCode, UserError

NEEDED = ("pytest", "hypothesis", "wasmtime", "SCons")


def check_needed() -> None:
    """Name the Python packages that are missing."""
    missing = [name for name in NEEDED if util.find_spec(name) is None]
    if missing:
        raise UserError(
            f"the tests need {', '.join(missing)}",
            remedy="Run ./mote test, which installs them, or: pip install -r requirements.lock",
        )


@click.command()
@click.option("--all", "long_run", is_flag=True, help="Long runs as well: hours of generated modules and cycles, then coverage.")
@click.option("-k", "keyword", metavar="EXPR", default="", help="Only tests whose names match, as pytest's -k.")
@click.option("--suite", metavar="NAME", default="", help="Only one room of tests/: spec, unit, fault, ...")
@click.option("--coverage", is_flag=True, help="Measure which lines of the firmware the tests reach.")
def command(long_run: bool, keyword: str, suite: str, coverage: bool) -> int:
    """Run everything that passes the tests.

    Builds the runtime in all its forms (both dispatch styles, both bounds modes, sanitizers) and runs each room of tests/
    against them. Takes about half an hour; a room or a name alone takes seconds.
    """
    check_needed()
    sys.path.insert(0, str(checkout.root() / "tests"))
    from support.session import Options, UnknownSuite, run

    try:
        return run(Options(long_run, keyword, suite, coverage))
    except UnknownSuite as error:
        raise UserError(str(error), where="--suite", code=ExitCode.USAGE) from error
