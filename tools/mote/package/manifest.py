"""The section `mote.manifest` of a package (docs/formats/manifest.md): read, checked, written, and made from a
mote.toml.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mote.aot.leb import unsigned
from mote.aot.section import join, pieces
from mote.cbor import CborError, decode, encode
from mote.errors import ExitCode, UserError
from mote.wasm.module import check_header, section_header
from mote.wasm.reader import Reader

SECTION = "mote.manifest"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,30}")
VERSION_BYTES, ARGS_BYTES, NUMBER_MAX = 23, 255, 0x7FFFFFFF
NUMBERS_MAX = {"machine_stack": 1 << 20, "output": 1 << 16}
CHOICES = {"restart": ("never", "on-failure", "always"), "files": ("none", "own", "all", "read")}
TYPES: dict[str, type] = {
    "name": str, "version": str, "autostart": bool, "restart": str, "args": list, "stack": int, "machine_stack": int,
    "memory": int, "time": int,
    "files": str, "output": int,
}  # fmt: skip
TYPE_TEXTS = {str: "a text", bool: "true or false", list: "a list of texts", int: "a number"}

Manifest = dict[str, Any]


def read_manifest(module: bytes) -> Manifest:
    """The manifest of a module; empty when it has none. UserError when there is one that is no manifest."""
    data = find_section(module)
    if data is None:
        return {}
    try:
        manifest = decode(data)
    except CborError as error:
        raise UserError(f"the manifest is {error}", SECTION, "Leave it out: mote install writes a new one.") from error
    if not isinstance(manifest, dict):
        raise UserError("the manifest is no map", SECTION)
    return {str(key): value for key, value in manifest.items()}


def find_section(module: bytes) -> bytes | None:
    """What the first section of that name contains."""
    reader = Reader(module)
    check_header(reader)
    while reader.left:
        section, payload = section_header(reader)
        if not section.id and section.name == SECTION:
            return payload.take(payload.left)
    return None


def write_manifest(module: bytes, manifest: Mapping[str, Any]) -> bytes:
    """The module with this manifest at its end in place of the one it had; native sections keep their alignment."""
    kept = [(name, part) for _, name, _, part in pieces(module) if name != SECTION]
    name = SECTION.encode()
    contents = bytes([len(name)]) + name + encode(dict(manifest))
    return join(module, [*kept, (SECTION, b"\0" + unsigned(len(contents)) + contents)])


def check_manifest(manifest: Mapping[str, Any], where: str) -> None:
    """Refuse what a device would refuse, or would not understand."""
    for key, value in manifest.items():
        kind = TYPES.get(key)
        if kind is None:
            raise UserError(f"a manifest has no key '{key}'", where, f"Keys: {', '.join(TYPES)}.", ExitCode.USAGE)
        if type(value) is not kind or (kind is list and not all(isinstance(item, str) for item in value)):
            raise UserError(f"'{key}' is not {TYPE_TEXTS[kind]}", where, code=ExitCode.USAGE)
        most = NUMBERS_MAX.get(key, NUMBER_MAX)
        if kind is int and not 0 <= value <= most:
            raise UserError(f"'{key}' is not a number from 0 to {most}", where, code=ExitCode.USAGE)
        if key in CHOICES and value not in CHOICES[key]:
            raise UserError(f"'{key}' is '{value}'", where, f"Choose one of: {', '.join(CHOICES[key])}.", ExitCode.USAGE)
    check_texts(manifest, where)


def check_texts(manifest: Mapping[str, Any], where: str) -> None:
    """Name, version and arguments fit."""
    name = manifest.get("name", "x")
    if not NAME.fullmatch(name):
        remedy = "1 to 31 letters, digits, '-', '_' and '.', the first a letter or digit. Give another with --name."
        raise UserError(f"'{name}' is no name", where, remedy, ExitCode.USAGE)
    if len(manifest.get("version", "").encode()) > VERSION_BYTES:
        raise UserError(f"the version is longer than {VERSION_BYTES} bytes", where, code=ExitCode.USAGE)
    size = sum(len(word.encode()) + 1 for word in manifest.get("args", ()))
    if size > ARGS_BYTES + 1:
        raise UserError(f"the arguments take {size} bytes, {ARGS_BYTES} at most", where, code=ExitCode.USAGE)


def manifest_of_project(folder: Path, output: Path) -> Manifest:
    """What the mote.toml of a folder says of a module that it makes: name and version of [package], all of
    [manifest]; keys with dashes.
    """
    from mote.project import FILE, load_project, read_toml, table

    path = folder / FILE
    if not path.is_file():
        return {}
    project = load_project(folder)
    if project.output.resolve() != output.resolve():
        return {}
    manifest: Manifest = {"name": project.name} | ({"version": project.version} if project.version else {})
    manifest |= {key.replace("-", "_"): value for key, value in table(read_toml(path), "manifest", path).items()}
    check_manifest(manifest, str(path))
    return manifest


def name_from_file(path: Path) -> str:
    """A name made from a file's, for modules that have none."""
    stem = path.name.partition(".")[0]
    return re.sub(r"[^A-Za-z0-9_-]", "-", stem).lstrip("-_")[:31] or "module"
