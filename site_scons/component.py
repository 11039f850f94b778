"""The one list of sources: what the SConscript files say, filtered by the configuration.

An SConscript calls `build.rooms`, `build.component` and `build.program`, nothing else, so any build system can read it.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from image import write_if_new
from kconfig import Config
from packages import package_folder
from problem import Problem

TEST_LIBRARY = "mote_test"
CORE_ROOMS = ("aot", "base", "interp", "runtime", "tables", "wasm")


@dataclass(frozen=True)
class Source:
    """A C file to compile; `speed`: always for speed, whatever the configuration prefers. It may include what is in `package`.

    `apart`: finished when it is compiled, even where the program is optimised as a whole.
    """

    path: Path
    speed: bool
    hosted: bool
    package: Path | None = None
    apart: bool = False


@dataclass(frozen=True)
class Program:
    """A program to link from its own sources and all libraries; `by_name`: only built when it is named."""

    name: str
    sources: tuple[Source, ...]
    for_tests: bool
    by_name: bool


@dataclass
class Build:
    """What the SConscript files ask for. `read` runs one of them with this object as `build`."""

    root: Path
    config: Config
    read: Callable[[Path, "Build"], None]
    libraries: dict[str, list[Source]] = field(default_factory=dict)
    programs: list[Program] = field(default_factory=list)
    registries: dict[str, list[str]] = field(default_factory=dict)
    folder: Path = field(default_factory=Path)
    library: str = ""

    def rooms(self, library: str, names: Sequence[str]) -> None:
        """Read the SConscript of each folder `names`; what they list goes into `library`."""
        before = self.folder, self.library
        for name in names:
            self.folder, self.library = before[0] / name, library
            script = self.root / self.folder / "SConscript"
            if not script.is_file():
                raise Problem(f"{before[0] / 'SConscript'}: {name}/SConscript does not exist")
            self.read(script, self)
        self.folder, self.library = before

    def component(
        self,
        sources: Sequence[str],
        needs: str | Sequence[str] = (),
        otherwise: Sequence[str] = (),
        speed: bool = False,
        provides: tuple[str, str] | None = None,
        package: str = "",
        library: str = "",
        apart: bool = False,
    ) -> None:
        """Add `sources` when every option of `needs` is on, `otherwise` the others.

        `package` is a row of packages.json, C code of others: while the sources are in, they may include its files.
        `library` is for files outside of a room. `apart` is for files whose symbols the compiler itself or assembly in them uses.
        `provides` is a registry and a name, ("HOST_MODULE", "wasi"): while the sources are in, the header
        host_modules.inc has the row HOST_MODULE(wasi).
        """
        needs = [needs] if isinstance(needs, str) else needs
        switches = [self.config.enabled(name, self.where()) for name in needs]  # each name is checked
        wanted = all(switches)
        folder = package_folder(self.root, package, self.where()) if package and wanted else None
        self.libraries.setdefault(library or self.library, []).extend(
            self.source(name, speed, folder, apart) for name in (sources if wanted else otherwise)
        )
        if provides:
            rows = self.registries.setdefault(provides[0], [])
            rows += [provides[1]] if wanted else []

    def program(self, name: str, sources: Sequence[str], by_name: bool = False) -> None:
        """Link `sources` with all libraries to the program `name`; `by_name`, as for all tests, only when it is named."""
        files = tuple(self.source(source, False) for source in sources)
        for_tests = self.folder.parts[0] == "tests"
        self.programs.append(Program(name, files, for_tests, by_name or for_tests))

    def source(self, name: str, speed: bool, package: Path | None = None, apart: bool = False) -> Source:
        """A file of the current folder, which must exist."""
        path = self.folder / name
        if not (self.root / path).is_file():
            raise Problem(f"{self.where()}: {name} does not exist")
        hosted = path.parts[0] != "firmware"
        return Source(path, speed, hosted, package, apart or hosted)

    def where(self) -> str:
        """The SConscript that is being read."""
        return str(self.folder / "SConscript")

    def write_registries(self, folder: Path) -> None:
        """Write each registry's rows to <folder>/<registry in lower case>s.inc, unless they are there already.

        sources.inc is a number that changes with any source of the core.
        """
        for registry, names in self.registries.items():
            text = "/* Written by the build: one row per chosen component. */\n"
            text += "".join(f"{registry}({name})\n" for name in names)
            write_if_new(folder / f"{registry.lower()}s.inc", text)
        write_if_new(folder / "sources.inc", f"{self.core_hash()}u /* written by the build: hash of the core's sources */\n")

    def core_hash(self) -> str:
        """32 bits of a hash of all sources of the core, whether they are compiled or not."""
        digest = hashlib.sha256()
        for room in CORE_ROOMS:
            for path in sorted((self.root / "firmware" / room).glob("*.[chd]*")):
                digest.update(path.name.encode() + b"\0" + path.read_bytes())
        return f"0x{digest.hexdigest()[:8]}"


def read_sources(root: Path, config: Config, port: str, read: Callable[[Path, Build], None]) -> Build:
    """Everything that firmware/, the port and the tests want built; without a port only the libraries."""
    build = Build(root, config, read)
    build.rooms("", ["firmware"])
    if port:
        build.rooms("mote_port", [f"ports/{port}"])
    if port and (root / "tests" / "SConscript").is_file():
        build.rooms(TEST_LIBRARY, ["tests"])
    build.libraries = {name: sources for name, sources in build.libraries.items() if sources}
    return build
