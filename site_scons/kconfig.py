"""The configuration: reads .config once through kconfiglib, answers what is on, and writes the header for C.

`.config` in the build folder holds what differs from the defaults, so that a default which follows the target or the
compiler keeps following it. The first one comes from the board's defconfig.
"""

import os
import re
from collections.abc import Mapping
from pathlib import Path

from arguments import suggestion
from board_check import check_drivers
from boards import Place
from image import kconfig_variables
from problem import Problem

try:
    import kconfiglib
except ImportError as error:
    raise Problem("the Python package kconfiglib is missing: run ./mote once, or pip install -r requirements.lock") from error

HEADER = "/* Written by the build from .config; edit that with `scons menuconfig`. */\n"
FILE_HEADER = "# What differs from the defaults. Edit with `scons menuconfig`, or here.\n"


class Config:
    """The values of all options for one build folder."""

    def __init__(self, root: Path, build: Path, place: Place, compiler: str, instrumented: bool) -> None:
        """Read the Kconfig files and .config, or the defconfig where there is no .config yet."""
        self.root = root
        self.file = build / ".config"
        self.header = build / "include" / "autoconf.h"
        self.defconfig = place.defconfig
        os.environ.update(
            srctree=str(root),
            KCONFIG_CONFIG=str(self.file),
            MOTE_BOARD=place.board,
            MOTE_PORT=place.port,
            MOTE_TARGET=place.target.name,
            MOTE_ARCH=place.target.arch,
            MOTE_BITS=str(place.target.bits),
            MOTE_COMPILER=compiler,
            MOTE_INSTRUMENTED="y" if instrumented else "n",
            **kconfig_variables(place.board, place.data),
        )
        self.kconfig = read_kconfig(root)
        check_drivers(place.data, place.where, self.switches(), self.kconfig.env_vars)
        self.fresh = not self.file.exists()
        source = self.file if not self.fresh else self.defconfig
        if source and source.is_file():
            self.kconfig.load_config(str(source))

    def override(self, values: Mapping[str, str]) -> None:
        """Set options as on the command line (SET=...); one that is unknown or does not stick is a problem."""
        for name, value in values.items():
            symbol = self.symbol(name, f"SET={name}={value}")
            if not symbol.set_value(value):
                raise Problem(f"SET={name}={value}: {name} takes {kinds(symbol)}")
        for name, value in values.items():
            if self.value(name) != value:
                raise Problem(f"SET={name}={value}: {not_taken(self.symbol(name, ''))}")
        self.fresh = self.fresh or bool(values)

    def warnings(self) -> list[str]:
        """What is wrong with the configuration, one line each: unknown options, values that did not stick."""
        lines = [line.replace("warning: ", "", 1) for line in self.kconfig.warnings]
        for symbol in self.kconfig.unique_defined_syms:
            wanted = symbol.user_value
            if wanted is None or (symbol.choice and symbol.choice.user_selection is not symbol):
                continue
            if symbol.orig_type == kconfiglib.BOOL:
                wanted = "y" if wanted == 2 else "n"
            if wanted != symbol.str_value:
                lines.append(f"{self.file}: {symbol.name}={wanted}: {not_taken(symbol)}")
        return lines

    def symbol(self, name: str, where: str) -> "kconfiglib.Symbol":
        """An option by name; `where` says who asks."""
        symbol = self.kconfig.syms.get(name)
        if symbol is None or not symbol.nodes:
            known = [symbol.name for symbol in self.kconfig.unique_defined_syms]
            raise Problem(f"{where}: no Kconfig file has an option {name}{suggestion(name, known)}")
        return symbol

    def value(self, name: str) -> str:
        """The value of an option as text; y or n for a switch."""
        return self.kconfig.syms[name].str_value

    def enabled(self, name: str, where: str) -> bool:
        """Whether a switch is on; `where` says who asks, for the message when there is no such option."""
        return self.symbol(name, where).str_value == "y"

    def switches(self) -> list[str]:
        """The names of all options that are on or off."""
        return [symbol.name for symbol in self.kconfig.unique_defined_syms if symbol.orig_type == kconfiglib.BOOL]

    def names(self) -> set[str]:
        """The names of all options."""
        return {symbol.name for symbol in self.kconfig.unique_defined_syms}

    def features(self) -> list[str]:
        """The switches that a person can turn off one by one and that are on: for `size FEATURES=1`."""
        prefixes = ("WASM_", "HOST_", "APP_", "TRAP_")
        return [
            symbol.name
            for symbol in self.kconfig.unique_defined_syms
            if symbol.name.startswith(prefixes) and symbol.orig_type == kconfiglib.BOOL
            and not symbol.choice and symbol.str_value == "y" and any(node.prompt for node in symbol.nodes)
        ]

    def chosen_features(self, text: str) -> list[str]:
        """The features that FEATURES= names: "1" for all that are on."""
        features = self.features()
        names = features if text == "1" else [name.removeprefix("CONFIG_") for name in text.split(",")]
        for name in names:
            if name not in features:
                raise Problem(f"FEATURES={text}: {name} is not on; there are {', '.join(features)}")
        return names

    def write(self) -> None:
        """Write the header for C and, when something new is to be kept, .config; nothing is touched without need."""
        self.header.parent.mkdir(parents=True, exist_ok=True)
        self.kconfig.write_autoconf(str(self.header), header=HEADER)
        if self.fresh:
            self.save()

    def save(self) -> None:
        """Write .config."""
        self.file.parent.mkdir(parents=True, exist_ok=True)
        self.kconfig.write_min_config(str(self.file), header=FILE_HEADER)

    def save_defconfig(self) -> Path:
        """Write the board's defconfig from .config."""
        if not self.defconfig:
            raise Problem("savedefconfig: a bare target has no defconfig; name a BOARD=")
        self.kconfig.write_min_config(str(self.defconfig), header="")
        return self.defconfig


def read_kconfig(root: Path) -> "kconfiglib.Kconfig":
    """Parse the Kconfig files; a mistake in them is one line."""
    try:
        kconfig = kconfiglib.Kconfig(str(root / "Kconfig"), warn_to_stderr=False)
    except kconfiglib.KconfigError as error:
        raise Problem(" ".join(str(error).split())) from error
    kconfig.warn_assign_undef = True
    return kconfig


def not_taken(symbol: "kconfiglib.Symbol") -> str:
    """Why an option does not have the value it was given."""
    needs = re.sub(r"<choice (\w+)>", r"\1", kconfiglib.expr_str(symbol.direct_dep))
    if symbol.visibility == 0 and needs != "y":
        return f"not taken, it stays {symbol.str_value}: it depends on {needs}"
    if symbol.visibility == 0:
        return f"not taken, it stays {symbol.str_value}: it follows from the board, the target or the compiler"
    return f"not taken, it stays {symbol.str_value}: out of its range, or another option decides"


def kinds(symbol: "kconfiglib.Symbol") -> str:
    """What values an option takes."""
    return {kconfiglib.BOOL: "y or n", kconfiglib.INT: "a number", kconfiglib.HEX: "a hexadecimal number"}.get(
        symbol.orig_type, "text"
    )
