"""`mote demo`: from a checkout to a running program, two failures and an emulated board; each step with its command."""

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import click

from mote import checkout
from mote.cli.run import HERE
from mote.console import Report
from mote.device.board_emulator import boards, need_program
from mote.device.find import VARIABLE
from mote.device.state import load_state, save_state
from mote.errors import UserError
from mote.runtime import DEADLINE, TRAPPED

HELLO = "examples/hello/hello.wasm"
BOARD = "qemu_riscv32"
DEVICE = f"qemu:{BOARD}"


@dataclass(frozen=True, slots=True)
class Step:
    """One command: `words` as a person types them in the checkout, and the exit status that is right."""

    title: str
    why: str
    words: tuple[str, ...]
    status: int = 0


STEPS = (
    Step(
        "Build the runtime for Linux",
        "C sources become build/linux/motert, one executable; a second build does nothing.",
        ("scons", "BOARD=linux"),
    ),
    Step(
        "Compile a C program to WebAssembly",
        "The first compile also makes the C library, which takes up to a minute.",
        ("./mote", "build", "examples/hello"),
    ),
    Step(
        "Look into the module",
        "What it needs decides whether a device can run it.",
        ("./mote", "inspect", "--functions=5", HELLO),
    ),
    Step(
        "Check it",
        "The same validation as before each run.",
        ("./mote", "validate", HELLO),
    ),
    Step(
        "Run it",
        "Its output and its exit status are its own.",
        ("./mote", "run", HELLO),
    ),
    Step(
        "Run it with arguments and numbers",
        "--stats tells time and memory of the run.",
        ("./mote", "run", "--stats", HELLO, "primes", "100000"),
    ),
    Step(
        "See a failure",
        f"It divides by zero, three calls deep: a trap, with exit status {TRAPPED}.",
        ("./mote", "run", HELLO, "trap"),
        TRAPPED,
    ),
    Step(
        "Stop an endless loop",
        f"Whatever runs can be stopped from outside: --timeout ends it with exit status {DEADLINE}.",
        ("./mote", "run", "--timeout", "1", HELLO, "spin"),
        DEADLINE,
    ),
)

DEVICE_STEPS = (
    Step(
        "Build the firmware of a board",
        "The whole device: interpreter, native code, WASI, packages and files in flash, console, management.",
        ("scons", f"BOARD={BOARD}"),
    ),
    Step(
        "Install the module on it",
        "The board runs in its emulator. The module goes over its serial line into its flash, and runs from there.",
        ("./mote", "install", "-d", DEVICE, "--autostart", HELLO),
    ),
    Step(
        "Restart the board",
        "Its flash was kept: the module is there, and starts by itself.",
        ("./mote", "monitor", "-d", DEVICE, "--reset", "--name", "hello", "--seconds", "1"),
    ),
    Step(
        "Ask the board what it has",
        "A serial port in place of the emulator, and the same commands speak to a board on your desk.",
        ("./mote", "ls", "-d", DEVICE),
    ),
)

NEXT = (
    ("./mote run " + HELLO + " sort 5 3 9", "the program has more verbs"),
    ("./mote build my.c -o my.wasm", "a program of your own"),
    ("./mote inspect --json my.wasm", "the same report for a script"),
    (f"./mote run -d {DEVICE} {HELLO} primes 5000", "run a module on the board, from its RAM"),
    ("./mote config", "what the firmware can do, and what that costs"),
    ("./mote test", "everything that passes the tests"),
    ("./mote doctor", "what more could be installed"),
)


@click.command()
def command() -> None:
    """Build the runtime and an example, run it here and on an emulated board, and show what a failure looks like."""
    out = Report()
    start = time.monotonic()
    problem = emulator_problem()
    steps = STEPS if problem else STEPS + DEVICE_STEPS
    state = load_state()
    try:
        for number, step in enumerate(steps, 1):
            run_step(out, f"{number}/{len(steps)}", step)
    finally:
        save_state(state)  # which device the person used last is none of the demo's business
    if problem:
        out.heading("A device, too")
        out.line(f"      {problem} Then run the demo again.")
    out.heading(f"That was mote, in {time.monotonic() - start:.1f} s. What to try next, in {checkout.root()}:")
    out.table(((f"  {words}", what) for words, what in NEXT), styles=("cyan", "dim"))


def emulator_problem() -> str:
    """Why no emulated board can be shown, and the line that mends it; empty when one can. Installs the emulator where
    that may be done.
    """
    emulator = boards()[BOARD]["emulator"]
    try:
        need_program(emulator["program"], emulator["package"])
    except UserError as error:
        return f"{error}."
    return ""


def run_step(out: Report, number: str, step: Step) -> None:
    """Say what comes, run it, say how long it took; a wrong exit status ends the demo."""
    out.heading(f"[{number}] {step.title}")
    out.line(f"      {step.why}", style="dim")
    out.line(f"$ {typed(step.words)}", style="cyan")
    sys.stdout.flush()
    start = time.monotonic()
    status = subprocess.run(
        real_command(step.words), cwd=checkout.root(), env=environment(), stdin=subprocess.DEVNULL, check=False
    ).returncode
    seconds = time.monotonic() - start
    if status != step.status:
        raise UserError(
            f"step {number.partition('/')[0]} ended with status {status} instead of {step.status}",
            where=typed(step.words),
            remedy="Run it alone to see more; ./mote doctor shows what is missing.",
        )
    ended = f", exit status {status} as it should be" if status else ""
    out.line(f"      {seconds:.1f} s{ended}", style="dim")


def typed(words: tuple[str, ...]) -> str:
    """A command as a person can type it in the checkout: scons is where this Python's packages are."""
    scons = Path(sys.executable).parent / "scons"
    if words[0] == "scons" and scons.is_relative_to(checkout.root()):
        words = (str(scons.relative_to(checkout.root())), *words[1:])
    return " ".join(words)


def real_command(words: tuple[str, ...]) -> list[str]:
    """The command line behind a step: this Python runs both tools, wherever the person's shell would find them."""
    if words[0] == "scons":
        return [sys.executable, "-m", "SCons", *words[1:]]
    return [sys.executable, "-m", "mote", *words[1:]]


def environment() -> dict[str, str]:
    """The environment of a step: the compiler's caches, and this package for the Python that is started."""
    result = checkout.compiler_environment()
    paths = [str(checkout.root() / "tools"), os.environ.get("PYTHONPATH", "")]
    result[VARIABLE] = HERE
    result["PYTHONPATH"] = os.pathsep.join(path for path in paths if path)
    return result
