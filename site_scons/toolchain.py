"""Compilers and all their flags, in one place."""

import os
import shutil
import subprocess
from dataclasses import dataclass, field
from importlib import metadata, util
from pathlib import Path

from arguments import Arguments, suggestion
from boards import Target
from kconfig import Config
from problem import Problem

WARNINGS = """-Wall -Wextra -Werror -Wshadow -Wconversion -Wno-sign-conversion -Wstrict-prototypes -Wmissing-prototypes
    -Wold-style-definition -Wvla -Wundef -Wpointer-arith -Wwrite-strings -Wdouble-promotion -Wformat=2
    -Wimplicit-fallthrough""".split()

# Floating point is WebAssembly's: no fused multiply-add, no errno. Sections of their own let the linker drop what is unused.
CODE = """-std=c11 -ffp-contract=off -fno-math-errno -fno-common -fno-stack-protector -ffunction-sections -fdata-sections
    -fno-unwind-tables -fno-asynchronous-unwind-tables""".split()

OPTIMIZE = {"OPTIMIZE_SIZE": ["-Os"], "OPTIMIZE_SPEED": ["-O2"], "OPTIMIZE_DEBUG": ["-Og"]}
# At -Os gcc still copies jumps, keeps values in saved registers around calls and moves constants out of loops: 400 bytes. Tables
# of jumps and copies of small functions cost as much again.
SIZE_GCC = ["-fno-thread-jumps", "-fno-caller-saves", "-fno-move-loop-invariants", "-fno-jump-tables",
            "-fno-inline-small-functions"]
SPEED = ["-O2", "-fomit-frame-pointer"]
# gcc merges the indirect jumps of computed goto into one, which costs their prediction, and moves cold ends of handlers
# behind jumps, unless it is told not to.
SPEED_GCC = ["-fno-gcse", "-fno-crossjumping", "-fno-reorder-blocks"]

# Objects are complete without the second optimisation as well: `size` looks into them.
WHOLE_FILE = ["-flto", "-ffat-lto-objects"]
WHOLE_PROGRAM = ["-flto", "-flto-partition=one"]

COMMANDS = {
    "zig": ("zig", "pip install ziglang (./mote does it)"),
    "gcc": ("gcc", "apt-get install {package}"),
    "clang": ("clang", "apt-get install clang"),
}


@dataclass(frozen=True)
class Toolchain:
    """A compiler for one target. `identity` changes when another version stands behind the same command."""

    name: str
    target: Target
    compiler: list[str]
    archiver: list[str]
    identity: str
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def family(self) -> str:
        """The compiler's family: clang or gcc."""
        return "gcc" if self.name == "gcc" else "clang"

    def compile_flags(self, config: Config, arguments: Arguments, speed: bool, hosted: bool, apart: bool) -> list[str]:
        """All flags for one C file except for include paths. Objects do not tell where the build folder lies."""
        flags = [*self.target_flags(), *CODE, *WARNINGS]
        flags += ["-D_GNU_SOURCE="] if hosted and self.target.hosted else ["-ffreestanding"]
        if self.target.hosted:
            flags += ["-fPIE"] if config.value("POSITION_INDEPENDENT") == "y" else ["-fno-pie"]
        if config.value("DEBUG_INFO") == "y":
            flags += ["-g", f"-fdebug-prefix-map={config.header.parent.parent}=build"]
        if self.is_whole(config) and not apart:
            flags += WHOLE_FILE
        return flags + self.optimize_flags(config, arguments, speed) + self.instrument_flags(arguments)

    def is_whole(self, config: Config) -> bool:
        """Whether programs are optimised once more when they are linked."""
        return self.name == "gcc" and config.value("OPTIMIZE_WHOLE_PROGRAM") == "y"

    def target_flags(self) -> list[str]:
        """The flags that choose the CPU."""
        return {"zig": self.target.zig, "clang": self.target.clang, "gcc": self.target.gcc}[self.name]

    def optimize_flags(self, config: Config, arguments: Arguments, speed: bool) -> list[str]:
        """How to optimise. Dispatch (speed) needs optimisation even to be correct: tail calls must not pile up."""
        if speed:
            return SPEED + (SPEED_GCC if self.family == "gcc" else [])
        if arguments.coverage:
            return ["-O0"]
        if arguments.sanitize:
            return ["-O1", "-fno-omit-frame-pointer"]
        chosen = next(flags for name, flags in OPTIMIZE.items() if config.value(name) == "y")
        if self.family == "gcc" and config.value("OPTIMIZE_SIZE") == "y":
            chosen = [*chosen, *SIZE_GCC]
            if self.target.arch == "riscv32":
                # Registers are saved by shared code: 3.5 % smaller. Strings begin at any byte: 0.5 %.
                chosen += ["-msave-restore", "-malign-data=natural"]
        return [*chosen, "-fomit-frame-pointer"]

    def instrument_flags(self, arguments: Arguments) -> list[str]:
        """Flags of sanitizers and coverage, for compiling and for linking."""
        flags = ["-fno-sanitize=all"] if self.name == "zig" and not arguments.sanitize else []
        if arguments.sanitize:
            flags += [f"-fsanitize={','.join(arguments.sanitize)}", "-fno-sanitize-recover=all"]
        if self.name == "gcc" and "thread" in arguments.sanitize:
            flags += ["-Wno-tsan"]  # fences, of which it knows nothing: they order what is atomic all the same
        return flags + (["--coverage"] if arguments.coverage else [])

    def link_flags(self, arguments: Arguments, config: Config | None = None) -> list[str]:
        """All flags for linking a program, or without a configuration for linking objects as they are."""
        if not self.target.hosted:
            # gcc chooses its library by the architecture without the newer names of what was once part of it.
            cpu = [flag.replace("_zicsr", "") for flag in self.target_flags()] if self.name == "gcc" else self.target_flags()
            whole = WHOLE_PROGRAM if config and self.is_whole(config) else []
            return [*cpu, *self.instrument_flags(arguments), *whole, "-nostdlib", "-static", "-Wl,--gc-sections"]
        return [*self.target_flags(), *self.instrument_flags(arguments), "-no-pie", "-pthread", "-Wl,--gc-sections"]

    def support_library(self) -> list[str]:
        """The compiler's own library of helpers, where it is not linked by itself."""
        if self.target.hosted:
            return []
        return ["-lcompiler_rt"] if self.name == "zig" else ["-lgcc"]


def find_toolchain(root: Path, arguments: Arguments, target: Target) -> Toolchain:
    """The toolchain that TOOLCHAIN= names, checked to be there and able to do what is asked."""
    name = arguments.toolchain
    if name not in COMMANDS:
        hint = suggestion(name, COMMANDS)
        raise Problem(f"TOOLCHAIN={name}: there is no such toolchain{hint}; there are {', '.join(COMMANDS)}")
    check_instruments(arguments, target)
    return find_zig(root, target) if name == "zig" else find_system(name, target)


def check_instruments(arguments: Arguments, target: Target) -> None:
    """Refuse sanitizers and coverage where their run-time libraries do not exist."""
    wanted = [f"SANITIZE={','.join(arguments.sanitize)}"] if arguments.sanitize else []
    wanted += ["COVERAGE=1"] if arguments.coverage else []
    if wanted and not target.hosted:
        raise Problem(f"{wanted[0]}: only for boards that run on this machine, not for {target.name}")
    if arguments.toolchain == "zig" and ("address" in arguments.sanitize or arguments.coverage):
        raise Problem(f"{wanted[-1]}: zig brings no library for that; say TOOLCHAIN=gcc or TOOLCHAIN=clang")


def find_zig(root: Path, target: Target) -> Toolchain:
    """clang as the Python package ziglang brings it."""
    package = util.find_spec("ziglang")
    if package is None or not package.origin:
        raise Problem(f"TOOLCHAIN=zig: the Python package ziglang is missing: {COMMANDS['zig'][1]}, or TOOLCHAIN=gcc")
    zig = str(Path(package.origin).parent / "zig")
    cache = os.environ.get("ZIG_GLOBAL_CACHE_DIR") or str(root / "build" / "zig-cache")
    environment = {"ZIG_GLOBAL_CACHE_DIR": cache, "ZIG_LOCAL_CACHE_DIR": os.environ.get("ZIG_LOCAL_CACHE_DIR") or cache}
    return Toolchain(
        "zig", target, [zig, "cc"], [zig, "ar"], f"ziglang {metadata.version('ziglang')}", environment
    )


def find_system(name: str, target: Target) -> Toolchain:
    """gcc (with the target's prefix) or clang from PATH."""
    prefix = target.gcc_prefix if name == "gcc" else ""
    compiler = shutil.which(prefix + name)
    if not compiler:
        remedy = COMMANDS[name][1].format(package=target.gcc_package)
        raise Problem(f"TOOLCHAIN={name}: {prefix}{name} is not on PATH: {remedy}, or TOOLCHAIN=zig")
    archivers = [f"{prefix}gcc-ar", f"{prefix}ar", "llvm-ar", "ar"] if name == "gcc" else ["ar", "llvm-ar"]
    archiver = next(filter(None, map(shutil.which, archivers)), None)
    if not archiver:
        raise Problem(f"TOOLCHAIN={name}: {prefix}ar is not on PATH: apt-get install binutils")
    version = subprocess.run([compiler, "--version"], capture_output=True, text=True, check=False).stdout
    return Toolchain(name, target, [compiler], [archiver], version.partition("\n")[0])
