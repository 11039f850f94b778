"""Editing the configuration: menuconfig, guiconfig, savedefconfig."""

import sys
from importlib import import_module

from kconfig import Config
from problem import Problem


def edit_config(config: Config, goal: str) -> str:
    """Do what `goal` says and return the line to print about it."""
    if goal == "savedefconfig":
        return f"wrote {config.save_defconfig()}"
    if goal == "menuconfig" and not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise Problem("menuconfig: needs a terminal; use SET=OPTION=value, or edit " + str(config.file))
    config.save()
    try:
        getattr(import_module(goal), goal)(config.kconfig)
    except ImportError as error:
        raise Problem(f"{goal}: needs the Python module {error.name}: apt-get install python3-tk") from error
    except Exception as error:
        if type(error).__name__ == "TclError":
            raise Problem(f"{goal}: {error}; use menuconfig") from error
        raise
    config.reload()
    config.save()
    return f"{config.file} holds the configuration"
