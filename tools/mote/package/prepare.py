"""Makes of a person's file what is sent to a device: checked against it, compiled for it when that is asked for,
without debug data, with a manifest when it is to be installed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mote.aot.machines import find_arch
from mote.aot.section import NAME as NATIVE
from mote.aot.section import NativeSection, join, pieces, read_sections
from mote.aot.targets import TARGETS, Target
from mote.device.index import keep
from mote.errors import ExitCode, UserError
from mote.package.check import check_module, interpreted_note
from mote.package.manifest import check_manifest, manifest_of_project, name_from_file, read_manifest, write_manifest
from mote.wasm.model import Module
from mote.wasm.module import load_module

DEBUG = (".debug_", "sourceMappingURL", "external_debug_info")


@dataclass(frozen=True, slots=True)
class Package:
    """What is sent, and the file that it was made from."""

    path: Path
    data: bytes
    original: Module
    manifest: Mapping[str, Any]
    natives: list[NativeSection]

    @property
    def name(self) -> str:
        """Its name on the device."""
        return self.manifest["name"]

    def note(self, info: Mapping[str, Any], engine: str, said: str) -> str:
        """What a person should know about how it runs; `said` is what the device has to say about its native code."""
        return interpreted_note(self.natives, info, str(self.path), said) if engine == "interpreter" else ""


def prepare_run(path: Path, info: Mapping[str, Any], aot: bool) -> Package:
    """A module for RAM."""
    return prepare(path, info, {}, aot, with_manifest=False)


def prepare_install(path: Path, info: Mapping[str, Any], wishes: Mapping[str, Any], aot: bool) -> Package:
    """A package for the store; `wishes` are manifest keys that go before what the file and its mote.toml say."""
    return prepare(path, info, wishes, aot, with_manifest=True)


def prepare(path: Path, info: Mapping[str, Any], wishes: Mapping[str, Any], aot: bool, with_manifest: bool) -> Package:
    """Check, compile, strip, describe; and remember what it was made from."""
    source = compiled(path, info) if aot else path
    original = load_module(source)
    check_module(original, info, str(path))
    data = without_debug(original.data)
    manifest = read_manifest(data) if with_manifest else {}
    if with_manifest:
        wanted = manifest_of_project(path.resolve().parent, path) | manifest | dict(wishes)
        wanted.setdefault("name", name_from_file(path))
        check_manifest({key: value for key, value in wanted.items() if key not in manifest or key in wishes}, str(path))
        if wanted != manifest:
            data = write_manifest(data, wanted)
        manifest = wanted
    keep(data, original, path)
    return Package(path, data, original, manifest, read_sections(data))


def without_debug(data: bytes) -> bytes:
    """The module without what only debuggers read; it stays on this machine. Native sections keep their alignment."""
    if not any(not kind and name.startswith(DEBUG) for kind, name, _, _ in pieces(data)):
        return data
    return join(
        data, [(name, part) for kind, name, _, part in pieces(data) if kind or name == NATIVE or not name.startswith(DEBUG)]
    )


def compiled(path: Path, info: Mapping[str, Any]) -> Path:
    """The file with native code for the device's CPU, from the cache when it was made before."""
    from mote.aot.runnable import runnable

    load_module(path)
    return runnable(path, target_of(info))


def target_of(info: Mapping[str, Any]) -> Target:
    """What native code for the device is made for."""
    name = str(info.get("target", ""))
    found = TARGETS.get(name) or find_arch(name.partition("-")[0])
    if found is None:
        raise UserError(f"there is no native code for this device's target '{name}'", "--aot", "Leave --aot out.", ExitCode.USAGE)
    return found
