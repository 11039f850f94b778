"""base/config.h: ENABLED() is 1 or 0 wherever C and the preprocessor may ask."""

import subprocess
import sys
from pathlib import Path

import pytest

from support.places import FIRMWARE

HEADER = "#define CONFIG_ON 1\n#define CONFIG_NUMBER 16\n#define CONFIG_ZERO 0\n"
CHECKS = """
#include "base/config.h"
_Static_assert(ENABLED(CONFIG_ON) == 1, "on");
_Static_assert(ENABLED(CONFIG_OFF) == 0, "not defined");
_Static_assert(ENABLED(CONFIG_ZERO) == 0, "zero");
_Static_assert(CONFIG_NUMBER == 16, "numbers as they are");
_Static_assert(ENABLED(CONFIG_ON) + ENABLED(CONFIG_ON) == 2 && !ENABLED(CONFIG_OFF), "in expressions");
#if !ENABLED(CONFIG_ON) || ENABLED(CONFIG_OFF)
#error "in #if"
#endif
#define ROW(name, on) enum { name = (on) };
ROW(PASSED_ON, ENABLED(CONFIG_ON))
ROW(PASSED_OFF, ENABLED(CONFIG_OFF))
_Static_assert(PASSED_ON == 1 && PASSED_OFF == 0, "through another macro, as in tables");
"""


@pytest.mark.parametrize("flags", [[], ["-x", "c++"]])
def test_enabled(flags: list[str], tmp_path: Path) -> None:
    checks = CHECKS.replace("_Static_assert", "static_assert") if flags else CHECKS
    (tmp_path / "autoconf.h").write_text(HEADER)
    (tmp_path / "checks.c").write_text(checks)
    command = [sys.executable, "-m", "ziglang", "cc", *flags, "-Wall", "-Wextra", "-Wundef", "-Wpedantic", "-Werror",
               f"-I{FIRMWARE}", f"-I{tmp_path}", "-c", str(tmp_path / "checks.c"), "-o", str(tmp_path / "checks.o")]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
