"""`mote aot`: native code for one or more CPUs into the same file."""

import sys
from pathlib import Path
from typing import Any

import click

from mote import console
from mote.aot.compile import How, Native, compile_native, default_cache, write_module
from mote.aot.emit import EMITTED, emit
from mote.aot.machines import board_target, this_machine
from mote.aot.options import BOUNDS, LEVELS, Options, parse_call_stack
from mote.aot.report import call_stack_costs, describe
from mote.aot.targets import Target, find_target
from mote.cli.validate import verdict
from mote.console import Report, printable, size
from mote.errors import ExitCode, UserError
from mote.output import check_output, write_output
from mote.progress import Progress
from mote.runtime import need_runtime
from mote.wasm.model import Module
from mote.wasm.module import load_module

WARNINGS = {
    "mask": "an access outside of the memory wraps around instead of trapping; this is not WebAssembly's behaviour",
    "none": "nothing keeps the module inside its memory: for trusted code only; firmware refuses it unless it is told otherwise",
}


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("-t", "--target", "names", multiple=True, metavar="TARGET", help="A CPU, see mote targets; may be given again.")
@click.option("--board", "--for", "boards", multiple=True, metavar="BOARD", help="The CPU of a board; may be given again.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="The module to write; default: FILE with .aot.wasm.")
@click.option("-O", "--optimize", "level", type=click.Choice(LEVELS), default="2", show_default=True, help="Optimisation level.")
@click.option("--bounds", type=click.Choice(BOUNDS), help="How memory accesses are checked; default: as the target says.")
@click.option("--no-interrupt", is_flag=True, help="Leave out the polls that let loops be interrupted.")
@click.option("--growable", is_flag=True, help="Let other modules that import the memory grow it, though this one does not.")
@click.option("--call-stack", metavar="LIST", help="What traps tell: func-idx,ip,trap-ip or none.")
@click.option("--strip-code", is_flag=True, help="Empty the WebAssembly bodies: only native code can run.")
@click.option("--stats", is_flag=True, help="Print the time of each phase and the size of each part.")
@click.option("--call-stack-costs", "costs", is_flag=True, help="Compile again for each part of call stacks: what does it cost?")
@click.option("--emit", "kind", type=click.Choice(EMITTED), help="Write LLVM IR, assembly or an object file instead.")
@click.option("--function", metavar="NAME|INDEX", help="Only this function, with --emit.")
@click.option("-j", "--jobs", type=click.IntRange(min=1), metavar="N", help="Processes; default: one for each CPU.")
@click.option("--no-cache", is_flag=True, help="Compile every function again.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def command(file: Path, names: tuple[str, ...], boards: tuple[str, ...], as_json: bool, **given: Any) -> int:
    """Compile FILE ahead of time: write it again with native code for each TARGET, or for this machine."""
    targets = choose_targets(names, boards)
    call_stack = given["call_stack"]
    options = Options(
        level=given["level"],
        bounds=given["bounds"],
        interrupt=not given["no_interrupt"],
        growable=given["growable"],
        call_stack=None if call_stack is None else parse_call_stack(call_stack),
    )
    module = load_module(file)
    check_valid(file)
    if given["kind"]:
        return emit(module, targets, options, given["kind"], given["function"], given["output"])
    if given["function"]:
        raise UserError("--function goes with --emit only", code=ExitCode.USAGE)
    warn(options)
    output = given["output"] or file.with_suffix(".aot.wasm")
    report = compile_file(module, targets, options, output, given)
    if as_json:
        console.print_json(report)
    else:
        show(report, given["stats"] or given["costs"])
    return ExitCode.OK


def choose_targets(names: tuple[str, ...], boards: tuple[str, ...]) -> list[Target]:
    """The targets that are asked for, each once; without any this machine's."""
    chosen = [find_target(name) for name in names] + [board_target(board) for board in boards]
    return list(dict.fromkeys(chosen)) or [this_machine()]


def check_valid(file: Path) -> None:
    """Refuse a module that the runtime refuses."""
    judged = verdict(need_runtime(), file)
    if not judged["valid"]:
        raise UserError(judged["message"])


def warn(options: Options) -> None:
    """Say what is dangerous in what is asked for."""
    if options.bounds in WARNINGS:
        print(f"mote: warning: --bounds={options.bounds}: {WARNINGS[options.bounds]}", file=sys.stderr)


def compile_file(module: Module, targets: list[Target], options: Options, output: Path, given: dict[str, Any]) -> dict[str, Any]:
    """Compile for every target and write the output; the report."""
    check_output(output)
    cache = None if given["no_cache"] else default_cache()
    natives: list[Native] = []
    costs = {}
    for target in targets:
        with Bar(target.name) as bar:
            how = How(given["jobs"] or 0, cache, bar.show)
            natives.append(compile_native(module, target, options, how))
            costs[target.name] = call_stack_costs(module, natives[-1], how) if given["costs"] else []
    data = write_module(module.data, natives, given["strip_code"])
    write_output(output, data)
    rows = [describe(native) | {"call_stack": costs[native.target.name]} for native in natives]
    return {"file": str(output), "size_bytes": len(data), "stripped": given["strip_code"], "targets": rows}


class Bar:
    """The functions that are done, on a terminal."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.progress = Progress(0, estimate=False)  # the largest functions come first

    def __enter__(self) -> "Bar":
        return self

    def __exit__(self, *error: Any) -> None:
        self.progress.__exit__(*error)

    def show(self, done: int, total: int, name: str) -> None:
        """So many functions are done, this one last."""
        self.progress.total, self.progress.done = total, done
        self.progress.note(f"{self.title} {printable(name, 40)}")


def show(report: dict[str, Any], with_stats: bool) -> None:
    """A line for the file and one for each target."""
    out = Report()
    stripped = ", without its WebAssembly code" if report["stripped"] else ""
    out.line(f"{printable(report['file'], 1000)}: {size(report['size_bytes'])}{stripped}", style="bold")
    out.table((target_row(row) for row in report["targets"]), right=(1, 2, 3), styles=("cyan", "", "", "", "dim"))
    for row in report["targets"] if with_stats else ():
        show_stats(out, row)


def target_row(row: dict[str, Any]) -> tuple[str, ...]:
    """One target: bytes, against the module's code, time, how much of it was there already."""
    ratio = "-" if row["ratio"] is None else f"{row['ratio']:.2f} x wasm"
    cached = f"{row['cached']:,} of {row['functions']:,} functions from the cache"
    return f"  {row['target']}", size(row["section_bytes"]), ratio, f"{row['seconds']:.2f} s", cached


def show_stats(out: Report, row: dict[str, Any]) -> None:
    """Where the time went, and what call stacks cost."""
    out.heading(row["target"])
    rows = [(f"  {name}", f"{seconds:.3f} s") for name, seconds in row["phases"].items()]
    rows += [(f"  {name}", size(count)) for name, count in row["parts"].items()]
    for cost in row["call_stack"]:
        chosen = "" if cost["chosen"] else " (not chosen)"
        rows.append((f"  call stack: {cost['feature']}", f"{cost['bytes']:+,} bytes{chosen}"))
    out.table(rows, right=(1,), styles=("", "dim"))
