"""Editing the configuration: menuconfig, guiconfig, savedefconfig."""

import os
import sys
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

from kconfig import Config
from problem import Problem


def edit_config(config: Config, goal: str) -> str:
    """Do what `goal` says and return the line to print about it."""
    if goal == "savedefconfig":
        return f"wrote {config.save_defconfig()}"
    if goal == "menuconfig" and not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise Problem("menuconfig: needs a terminal; use SET=OPTION=value, or edit " + str(config.file))
    with TemporaryDirectory() as folder:
        run_editor(config, goal, Path(folder) / ".config")
    config.save()
    return f"{config.file} holds the configuration"


def run_editor(config: Config, goal: str, complete: Path) -> None:
    """Let the person edit `complete`, a file with every option as the editors want it, and take the values from there."""
    config.kconfig.write_config(str(complete))
    os.environ["KCONFIG_CONFIG"] = str(complete)
    try:
        import_module(goal).menuconfig(config.kconfig)
    except ImportError as error:
        raise Problem(f"{goal}: needs the Python module {error.name}: apt-get install python3-tk") from error
    except Exception as error:
        if type(error).__name__ == "TclError":
            raise Problem(f"{goal}: {error}; use menuconfig") from error
        raise
    config.kconfig.load_config(str(complete))
