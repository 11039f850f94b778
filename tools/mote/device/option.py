"""What every verb for devices takes."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

Function = TypeVar("Function", bound=Callable[..., Any])


def device_option(function: Function) -> Function:
    """-d DEVICE."""
    text = "A serial port, pty, socket://HOST:PORT, alias, qemu:BOARD or native; default: the one used last."
    return click.option("-d", "--device", metavar="DEVICE", help=text)(function)


def json_option(function: Function) -> Function:
    """--json."""
    return click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")(function)


def stop_option(function: Function) -> Function:
    """--stop."""
    return click.option("--stop", "stop_first", is_flag=True, help="Stop it first if it runs.")(function)
