"""Compiles C to a small module with the pip-installed compiler (clang in `ziglang`).

The defaults suit small targets: a stack of a few KiB that lies first in memory, so that its overflow traps; one page of
memory where that is enough; only instructions of the default firmware; function names kept, other debug data left out.
"""

import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from mote import checkout
from mote.errors import ExitCode, UserError, reason
from mote.wasm.reader import MalformedError
from mote.wasm.rewrite import without_custom

# The instructions that LLVM's "lime1" may emit are those of the features that firmware has by default.
CPU = "lime1"
# The names of functions come with the debug data, which is made for this and then left out of the file.
COMMON = ("-fno-sanitize=all", "-g")
DEBUG_SECTIONS = (".debug_",)


@dataclass(frozen=True, slots=True)
class Request:
    """What to compile, and how."""

    sources: tuple[Path, ...]
    output: Path
    stack_size: int
    optimize: str = "s"
    freestanding: bool = False
    strip: bool = False
    debug: bool = False
    flags: tuple[str, ...] = ()


class CompileError(Exception):
    """The compiler has said what is wrong; `code` is its exit status."""

    def __init__(self, code: int) -> None:
        super().__init__(f"the compiler ended with status {code}")
        self.code = code


def compile_guest(request: Request) -> None:
    """Compile and write the output. The compiler's own messages go to the person as they are."""
    check_request(request)
    with tempfile.TemporaryDirectory(prefix="mote-") as folder:
        made = Path(folder) / request.output.name  # the linker makes this the module's name
        command = compiler_command(request, made)
        code = subprocess.run(command, env=checkout.compiler_environment(), check=False).returncode
        if code:
            raise CompileError(code)
        if not made.is_file():
            raise UserError(
                "the compiler made no module", where=str(request.output), remedy="Leave out flags like -c or -E."
            )
        data = finished(made.read_bytes(), request)
    try:
        request.output.parent.mkdir(parents=True, exist_ok=True)
        request.output.write_bytes(data)
    except OSError as error:
        raise UserError(f"cannot write the file: {reason(error)}", where=str(request.output)) from error


def check_request(request: Request) -> None:
    """Everything that can be said before a compiler starts."""
    if not find_spec("ziglang"):
        raise UserError("the compiler is not installed", remedy="Run: pip install ziglang", code=ExitCode.FAILED)
    if not request.sources:
        raise UserError("no input files", remedy="Try: mote build hello.c -o hello.wasm", code=ExitCode.USAGE)
    for source in request.sources:
        if not source.is_file():
            what = "is a folder" if source.is_dir() else "there is no such file"
            raise UserError(what, where=str(source))
    if request.output.is_dir():
        raise UserError("is a folder", str(request.output), "Name a file: -o hello.wasm", ExitCode.USAGE)
    if any(source.resolve() == request.output.resolve() for source in request.sources):
        raise UserError("input and output are the same file", str(request.output), code=ExitCode.USAGE)
    if request.stack_size <= 0 or request.stack_size % 16:
        raise UserError(f"a stack of {request.stack_size} bytes: it must be a multiple of 16", code=ExitCode.USAGE)


def compiler_command(request: Request, output: Path) -> list[str]:
    """The command line that compiles and links."""
    kind = ["-target", "wasm32-freestanding", "-nostdlib", "-Wl,--no-entry"]
    if not request.freestanding:
        kind = ["-target", "wasm32-wasi"]
    return [
        *(sys.executable, "-m", "ziglang", "cc"),
        *kind,
        f"-mcpu={CPU}",
        f"-O{request.optimize}",
        *COMMON,
        f"-Wl,-z,stack-size={request.stack_size}",
        *(str(source) for source in request.sources),
        *("-o", str(output)),
        *request.flags,
    ]


def finished(data: bytes, request: Request) -> bytes:
    """The module without what the person did not ask for."""
    if request.debug:
        return data
    unwanted: Sequence[str] = ("",) if request.strip else DEBUG_SECTIONS
    try:
        return without_custom(data, lambda name: name.startswith(tuple(unwanted)))
    except MalformedError as error:
        raise UserError(f"the compiler made no module: {error}", where=str(request.output)) from error
