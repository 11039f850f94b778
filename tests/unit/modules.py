"""Writes modules.c, the bytes of the .wat files in modules/: `python tests/unit/modules.py` after changing one of them."""

from pathlib import Path

import wasmtime

HERE = Path(__file__).resolve().parent
HEAD = """/* Modules for unit tests. Written by modules.py from the .wat files in modules/. */
#include "unit.h"
"""
BYTES_PER_LINE = 20


def array(name: str, module: bytes) -> str:
    """A C array."""
    lines = [
        "    " + ", ".join(f"0x{byte:02X}" for byte in module[at : at + BYTES_PER_LINE]) + ","
        for at in range(0, len(module), BYTES_PER_LINE)
    ]
    return "\n".join([f"static const uint8_t {name}[] = {{", *lines, "};"])


def source() -> str:
    """What modules.c must be."""
    modules = {path.stem: bytes(wasmtime.wat2wasm(path.read_text())) for path in sorted(HERE.glob("modules/*.wat"))}
    rows = [f'    {{"{name}", {name}, sizeof {name}}},' for name in modules]
    table = "\n".join(["const struct unit_module unit_modules[] = {", *rows, "    {NULL, NULL, 0},", "};"])
    return "\n".join([HEAD, *(array(name, module) + "\n" for name, module in modules.items()), table, ""])


if __name__ == "__main__":
    (HERE / "modules.c").write_text(source())
