"""One run of scons: from the command line to the graph of what depends on what."""

import os
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from SCons.Script import Alias, AlwaysBuild, Default, Environment, Exit, GetOption, Help, SConscript, SConsignFile, SetOption

from arguments import Arguments, help_text, read_arguments
from boards import find_place, list_boards
from component import TEST_LIBRARY, Build, Program, Source, read_sources
from edit import edit_config
from flat_image import write_image
from image import board_file, module_source, number, write_if_new
from kconfig import Config
from linker_script import linker_script
from option_use import OptionUse
from problem import Problem
from sizes import SizeGoal
from toolchain import find_toolchain

EDITING = ("menuconfig", "guiconfig", "savedefconfig")
MAP_OF = "${TARGET}.map"  # the linker's map of a program, which `size` reads
PASSED_ON = ("PATH", "HOME", "TMPDIR", "LANG", "SOURCE_DATE_EPOCH")


def run(root: Path, given: Mapping[str, str], goals: list[str]) -> None:
    """Do what the command line asks for: answer or edit at once and exit, or tell scons what to build."""
    Help(help_text())
    if GetOption("help"):
        return
    arguments = read_arguments(given)
    if "boards" in goals:
        print(list_boards(root))
        Exit(0)
    session = Session(root, arguments)
    for goal in filter(EDITING.__contains__, goals):
        print(edit_config(session.config, goal))
        Exit(0)
    session.plan()


class Session:
    """Everything that one run knows: arguments, board or target, toolchain, configuration, sources."""

    def __init__(self, root: Path, arguments: Arguments) -> None:
        """Find what the arguments name and read the configuration."""
        self.root = root
        self.arguments = arguments
        self.folder = root / arguments.build
        self.place = find_place(root, arguments)
        self.toolchain = find_toolchain(root, arguments, self.place.target)
        instrumented = bool(arguments.sanitize) or arguments.coverage
        self.config = Config(root, self.folder, self.place, self.toolchain.family, instrumented)
        self.config.override(arguments.overrides)
        for line in self.config.warnings():
            print(f"warning: {line}", file=sys.stderr)

    def plan(self) -> None:
        """Declare all targets."""
        self.config.write()
        sources = read_sources(self.root, self.config, self.place.port, read_sconscript)
        sources.write_registries(self.config.header.parent)
        SConsignFile(str(self.folder / ".sconsign"))
        SetOption("num_jobs", os.cpu_count() or 1)
        self.env = self.environment()
        self.uses = OptionUse(self.root, self.config, self.include_folders())
        self.announce_first_use()
        objects = {name: self.objects(files) for name, files in sources.libraries.items()}
        libraries = {name: self.env.Library(str(self.folder / f"lib{name}.a"), nodes) for name, nodes in objects.items()}
        if self.arguments.module and not self.place.data.get("memory"):
            raise Problem(f"MODULE={self.arguments.module}: only the image of a bare board holds a module")
        extra = self.image_parts() if self.place.data.get("memory") else []
        programs = {program: self.program(program, libraries, extra) for program in sources.programs}
        database = self.env.CompilationDatabase(str(self.folder / "compile_commands.json"))
        Alias("lib", libraries["mote"])
        firmware = [node for program, node in programs.items() if not program.by_name]
        all_images = {program: self.image(node) for program, node in programs.items()} if self.place.data.get("memory") else {}
        images = [node for program, node in all_images.items() if not program.by_name]
        Default(*[node for name, node in libraries.items() if name != TEST_LIBRARY], *firmware, *images, database)
        self.plan_size(sources, objects, {program: node for program, node in programs.items() if not program.by_name})
        self.plan_commands(firmware, images)

    def environment(self) -> Environment:
        """The one scons environment; flags of single files are added per object."""
        env = Environment(
            tools=["cc", "gnulink", "ar", "compilation_db"],
            ENV={name: os.environ[name] for name in PASSED_ON if name in os.environ} | self.toolchain.environment,
            CC=quoted(self.toolchain.compiler),
            LINK=quoted(self.toolchain.compiler),
            AR=quoted(self.toolchain.archiver),
            ARFLAGS="qcs",  # append: two files of the same name in different rooms must not replace each other
            RANLIB="",
            CPPPATH=[str(folder) for folder in self.include_folders()],
            LINKFLAGS=self.toolchain.link_flags(self.arguments, self.config),
            LINKCOM="$LINK -o $TARGET $LINKFLAGS -Wl,--start-group $SOURCES -Wl,--end-group $SUPPORT",
            SUPPORT=self.toolchain.support_library(),
            IMPLICIT_COMMAND_DEPENDENCIES=False,  # the toolchain's identity stands for it
        )
        if not self.arguments.verbose:
            env.Replace(CCCOMSTR="  CC    $SOURCE", ARCOMSTR="  AR    $TARGET", LINKCOMSTR="  LINK  $TARGET")
            env.Replace(COMPILATIONDB_COMSTR="  JSON  $TARGET")
        return env

    def include_folders(self) -> list[Path]:
        """Where #include looks."""
        return [self.root / "firmware", self.root / "firmware" / "include", self.config.header.parent]

    def objects(self, files: Iterable[Source]) -> list[object]:
        """The object files of some sources."""
        return [self.object(file) for file in files]

    def object(self, file: Source) -> object:
        """One object file. It depends on the options that its source uses, not on the header that has them all."""
        flags = self.toolchain.compile_flags(self.config, self.arguments, file.speed, file.hosted, file.apart)
        target = self.folder / "obj" / file.path.with_suffix(".o")
        folders = [*self.env["CPPPATH"], *([str(file.package)] if file.package else [])]
        (node,) = self.env.StaticObject(str(target), str(file.path), CCFLAGS=flags, CPPPATH=folders)
        self.env.Depends(node, self.env.Value(self.uses.fingerprint(self.root / file.path)))
        self.env.Depends(node, self.env.Value(self.toolchain.identity))
        self.env.Ignore(node, str(self.config.header))
        return node

    def program(self, program: Program, libraries: dict[str, object], extra: list[object]) -> object:
        """A program linked from its own files, the libraries and, for a bare board, what image_parts made."""
        wanted = [node for name, node in libraries.items() if program.for_tests or name != TEST_LIBRARY]
        target = str(self.folder / program.name)
        mapped = {} if program.by_name else {"LINKCOM": f"{self.env['LINKCOM']} -Wl,--print-map > {MAP_OF}"}
        node = self.env.Program(target, [*self.objects(program.sources), *extra, *wanted], **mapped)
        if mapped:
            self.env.SideEffect(f"{target}.map", node)
        if self.place.data.get("memory"):
            self.env.Depends(node, str(self.folder / "board.ld"))
        return node

    def image_parts(self) -> list[object]:
        """Make the linker script of a bare board; what MODULE= names, as an object to link."""
        script = self.folder / "board.ld"
        write_if_new(script, linker_script(self.place.board, self.place.data))
        self.env.Append(LINKFLAGS=[f"-Wl,-T,{script}", "-Wl,-e,start"])
        if not self.arguments.module:
            return []
        module = self.root / self.arguments.module
        if not module.is_file():
            raise Problem(f"MODULE={self.arguments.module}: there is no such file")
        if module.suffix in (".o", ".a"):
            return [self.env.File(str(module))]
        source = self.folder / "module.c"
        write_if_new(source, module_source(module))
        flags = self.toolchain.compile_flags(self.config, self.arguments, speed=False, hosted=False, apart=True)
        (node,) = self.env.StaticObject(str(self.folder / "obj" / "module.o"), str(source), CCFLAGS=flags)
        self.env.Depends(node, str(module))
        return [node]

    def image(self, program: object) -> object:
        """What of a program is written to the board: its bytes in flash, or a UF2 file of them."""
        family = number(self.place.data.get("flasher", {}).get("family", 0), board_file(self.place.board))
        suffix = ".uf2" if family else ".bin"

        def write(target: list[Any], source: list[Any], env: object) -> None:
            write_image(Path(source[0].abspath), Path(target[0].abspath), family)

        target = str(Path(program[0].abspath).with_suffix(suffix))
        return self.env.Command(target, program, self.env.Action(write, lambda target, source, env: f"  IMAGE {target[0]}"))

    def announce_first_use(self) -> None:
        """Say why the very first compilation is slow."""
        cache = self.toolchain.environment.get("ZIG_GLOBAL_CACHE_DIR")
        if cache and not Path(cache).exists():
            print("The compiler prepares its libraries once; the first files take up to a minute.")

    def plan_size(self, sources: Build, objects: dict[str, list[object]], programs: dict[Program, object]) -> None:
        """Declare `size`."""
        groups = {name: (sources.libraries[name], nodes) for name, nodes in objects.items() if name != TEST_LIBRARY}
        paths = {
            name: {Path(node.abspath): file for file, node in zip(files, nodes, strict=True)}
            for name, (files, nodes) in groups.items()
        }
        own = [file for program in programs for file in program.sources]
        paths[""] = {self.folder / "obj" / file.path.with_suffix(".o"): file for file in own}
        made = [Path(node[0].abspath) for node in programs.values()]
        goal = SizeGoal(self.root, self.folder, self.arguments, self.toolchain, self.config, self.place.data, paths, made)
        needs = [*programs.values()] if programs else [nodes for _, nodes in groups.values()]
        self.command("size", [] if self.arguments.features else needs, goal.act)

    def plan_commands(self, programs: list[object], images: list[object]) -> None:
        """Declare `run`, `flash` and `test`."""
        words = split_words(self.arguments.args)
        self.command("test", [], lambda: run_python(self.root, ["mote", "test", *words]))
        self.command("run", [*programs, *images], lambda: self.run_firmware(programs, images, words))
        port = ["--port", self.arguments.port] if self.arguments.port else []
        self.command("flash", images, lambda: self.flash_firmware(images, [*port, *words]))

    def run_firmware(self, programs: list[object], images: list[object], words: list[str]) -> int:
        """Start the board's program, in the board's emulator where it has one; `words` are for the one or the other."""
        if not programs:
            raise Problem("run: a bare target has no program; name a BOARD=")
        if not images:
            return subprocess.run([str(programs[0][0].abspath), *words], check=False).returncode
        if "emulator" not in self.place.data:
            raise Problem(f"run: no emulator stands for {self.place.board}; scons BOARD={self.place.board} flash")
        files = [str(nodes[0][0].abspath) for nodes in (programs, images)]
        firmware, flash = files["image" in self.place.data["emulator"]], str(self.folder / "flash.img")
        return run_python(self.root, ["mote.device.run_board", self.board_folder(), firmware, flash, *words])

    def flash_firmware(self, images: list[object], words: list[str]) -> int:
        """Write the board's image to the board."""
        if not images:
            raise Problem("flash: only a board without an operating system is flashed; name one by BOARD=")
        image = ["--image", str(images[0][0].abspath)]
        return run_python(self.root, ["mote", "flash", "--board", self.board_folder(), *image, *words])

    def board_folder(self) -> str:
        """Where the board's data lie."""
        return str(self.place.defconfig.parent.resolve()) if self.place.defconfig else ""

    def command(self, name: str, needs: list[object], action: Callable[[], int]) -> None:
        """Declare a goal that does something each time, after `needs` are built."""

        def act(target: object, source: object, env: object) -> int:
            try:
                return action()
            except Problem as problem:
                print(f"error: {problem}", file=sys.stderr)
                return 2

        AlwaysBuild(Alias(name, needs, self.env.Action(act, None)))


def run_python(root: Path, words: list[str]) -> int:
    """Run a module of tools/ with its arguments; its exit status."""
    tools = {"PYTHONPATH": str(root / "tools")}
    return subprocess.run([sys.executable, "-m", *words], cwd=root, env=os.environ | tools, check=False).returncode


def split_words(text: str) -> list[str]:
    """The words of ARGS=, quoted as in a shell."""
    try:
        return shlex.split(text)
    except ValueError as error:
        raise Problem(f"ARGS={text}: {error}") from error


def read_sconscript(path: Path, build: Build) -> None:
    """Run an SConscript file with `build` to call."""
    SConscript(str(path), exports={"build": build})


def quoted(command: list[str]) -> str:
    """A command as one word list for the shell."""
    return " ".join(shlex.quote(word) for word in command)
