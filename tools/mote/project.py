"""`mote.toml`: what a program is called and how it is built."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mote.errors import UserError, reason

# The C library's printf alone takes 8 KB of stack: it converts floating point with a table of digits there.
DEFAULT_STACK = 16384
FILE = "mote.toml"
OPTIMIZE = ("0", "1", "2", "3", "s", "z")

# Key of [build] -> its type; keys as the options of `mote build`, without dashes in front.
BUILD_KEYS: dict[str, type] = {
    "sources": list,
    "output": str,
    "stack-size": int,
    "optimize": str,
    "freestanding": bool,
    "strip": bool,
    "flags": list,
}
KIND_TEXTS = {list: "a list of texts", str: "a text", int: "a number", bool: "true or false"}


@dataclass(frozen=True, slots=True)
class Project:
    """A folder with a mote.toml; paths are absolute or relative to the current folder."""

    folder: Path
    name: str
    version: str
    sources: tuple[Path, ...]
    output: Path
    stack_size: int
    optimize: str
    freestanding: bool
    strip: bool
    flags: tuple[str, ...]


def load_project(folder: Path) -> Project:
    """Read the mote.toml of a folder."""
    path = folder / FILE
    document = read_toml(path)
    package, build = table(document, "package", path), table(document, "build", path)
    check_keys(build, path)
    name = package.get("name", folder.resolve().name)
    sources = tuple(folder / source for source in build.get("sources", ()))
    if not sources:
        raise UserError("[build] names no sources", where=str(path), remedy='Add: sources = ["main.c"]')
    return Project(
        folder=folder,
        name=str(name),
        version=str(package.get("version", "")),
        sources=sources,
        output=folder / build.get("output", f"{name}.wasm"),
        stack_size=build.get("stack-size", DEFAULT_STACK),
        optimize=build.get("optimize", "s"),
        freestanding=build.get("freestanding", False),
        strip=build.get("strip", False),
        flags=tuple(build.get("flags", ())),
    )


def read_toml(path: Path) -> dict[str, Any]:
    """The content of a TOML file."""
    try:
        import tomllib
    except ModuleNotFoundError:  # Python 3.10
        import tomli as tomllib
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        remedy = "Name the sources: mote build hello.c -o hello.wasm"
        raise UserError("there is no such file", str(path), remedy) from error
    except OSError as error:
        raise UserError(f"cannot read the file: {reason(error)}", where=str(path)) from error
    except ValueError as error:
        raise UserError(f"not TOML: {error}", where=str(path), remedy="Mend that line.") from error


def table(document: dict[str, Any], name: str, path: Path) -> dict[str, Any]:
    """A table of the document, empty when it is not there."""
    value = document.get(name, {})
    if not isinstance(value, dict):
        raise UserError(f"'{name}' is not a table", where=str(path), remedy=f"Write it as [{name}].")
    return value


def check_keys(build: dict[str, Any], path: Path) -> None:
    """Every key of [build] is known and of the right type."""
    for key, value in build.items():
        if key not in BUILD_KEYS:
            raise UserError(f"[build] has no key '{key}'", where=str(path), remedy=f"Keys: {', '.join(BUILD_KEYS)}.")
        kind = BUILD_KEYS[key]
        if type(value) is not kind or (kind is list and not all(isinstance(item, str) for item in value)):
            raise UserError(f"'{key}' in [build] is not {KIND_TEXTS[kind]}", where=str(path))
    if build.get("optimize", "s") not in OPTIMIZE:
        raise UserError("'optimize' in [build] is no level", str(path), f"Levels: {', '.join(OPTIMIZE)}.")
