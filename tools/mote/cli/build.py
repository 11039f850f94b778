"""`mote build`: compile C to a small module, then say what came out."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from mote import console
from mote.build import CompileError, Request, compile_guest
from mote.cli.inspect import inspect_file, memory_row, stack_text
from mote.console import Report, number, printable, size
from mote.errors import ExitCode, UserError
from mote.project import DEFAULT_STACK, FILE, OPTIMIZE, load_project


class Build(click.Command):
    """Everything behind `--` goes to the compiler as it is."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take the words behind `--` away before the options are read."""
        if "--" in args:
            at = args.index("--")
            args, ctx.obj = args[:at], tuple(args[at + 1 :])
        return super().parse_args(ctx, args)


@click.command(cls=Build, options_metavar="[OPTIONS]", epilog="Words behind `--` go to the compiler as they are.")
@click.argument("sources", nargs=-1, type=click.Path(path_type=Path), metavar="[SOURCES]... [-- FLAGS]")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="The module; default: named as the source.")
@click.option("-O", "--optimize", type=click.Choice(OPTIMIZE), help="Optimisation level; default: s, for size.")
@click.option("--stack-size", type=int, metavar="BYTES", help=f"Size of the C stack; default: {DEFAULT_STACK}.")
@click.option("--freestanding", is_flag=True, help="No C library and no WASI; export functions by attribute.")
@click.option("--strip", is_flag=True, help="Leave out the function names as well.")
@click.option("-g", "--debug", is_flag=True, help="Keep the compiler's debug data.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@click.pass_context
def command(ctx: click.Context, sources: tuple[Path, ...], as_json: bool, **options: Any) -> int:
    """Compile SOURCES, or the project whose folder (with a mote.toml) is named or current, to a module."""
    request = make_request(sources, options, ctx.obj or ())
    try:
        compile_guest(request)
    except CompileError:
        return ExitCode.FAILED
    report = inspect_file(request.output)
    if as_json:
        console.print_json(report)
    else:
        show(report)
    return ExitCode.OK


def make_request(sources: tuple[Path, ...], options: dict[str, Any], flags: tuple[str, ...]) -> Request:
    """What to compile: the options given, over the project's, over the defaults."""
    if not sources or (len(sources) == 1 and sources[0].is_dir()):
        request = project_request(sources[0] if sources else Path())
    else:
        output = options["output"] or sources[0].with_suffix(".wasm")
        request = Request(sources=sources, output=output, stack_size=DEFAULT_STACK)
    given = {name: value for name, value in options.items() if value is not None and value is not False}
    return replace(request, flags=request.flags + flags, **given)


def project_request(folder: Path) -> Request:
    """What the mote.toml of a folder asks for."""
    if not (folder / FILE).exists() and folder == Path():
        raise UserError("no input files", remedy="Try: mote build hello.c -o hello.wasm", code=ExitCode.USAGE)
    project = load_project(folder)
    return Request(
        sources=project.sources,
        output=project.output,
        stack_size=project.stack_size,
        optimize=project.optimize,
        freestanding=project.freestanding,
        strip=project.strip,
        flags=project.flags,
    )


def show(report: dict[str, Any]) -> None:
    """The numbers that decide whether a module fits a device, in a few lines."""
    out = Report()
    out.line(f"{printable(report['file'])}: {size(report['size_bytes'])}", style="bold")
    functions = report["functions"]
    rows = [("  code", f"{number(functions['defined'], 'function')}, {size(functions['body_bytes'])}")]
    rows += [memory_row(memory) for memory in report["memory"]["memories"]]
    if report["memory"]["stack"]:
        rows.append(("  stack", stack_text(report["memory"]["stack"])))
    rows.append(("  needs", ", ".join(n["name"] for n in report["features"]["needed"]) or "nothing special"))
    names = [printable(f"{i['module']}.{i['name']}") for i in report["imports"]]
    common = {i["module"] for i in report["imports"]}
    if len(common) == 1:
        names = [f"{printable(common.pop())}:", *(printable(i["name"]) for i in report["imports"])]
    rows.append(("  imports", " ".join(names) or "nothing"))
    out.table(rows, styles=("dim",))
    for unknown in report["features"]["unknown_instructions"]:
        out.line(f"  not known to mote: {printable(unknown['where'])}: opcode {unknown['what']}", style="red")
