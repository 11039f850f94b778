"""`mote inspect`: what is in a module, what it needs, and what takes the room."""

from pathlib import Path
from typing import Any

import click

from mote import console
from mote.console import Report, number, printable, size
from mote.errors import UserError
from mote.report import describe
from mote.wasm.module import load_module
from mote.wasm.reader import MalformedError

OFFERS = {
    "": "",
    "mote": "offered by mote",
    "nosys": "not offered yet: it answers NOSYS",
    "unknown": "not of WASI preview 1: does not link",
}


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@click.option("--functions", default=10, show_default=True, metavar="N", help="List the N largest functions.")
def command(file: Path, as_json: bool, functions: int) -> None:
    """Show sections, imports, exports, needed features, memory and sizes of FILE."""
    report = inspect_file(file, functions)
    if as_json:
        console.print_json(report)
    else:
        show(report)


def inspect_file(file: Path, largest: int = 10) -> dict[str, Any]:
    """The report on a file; a malformed one is told in one line."""
    module = load_module(file)
    try:
        return describe(module, file, max(largest, 0))
    except MalformedError as error:
        raise UserError(str(error), where=str(file)) from error


def show(report: dict[str, Any]) -> None:
    """Print the report for a person."""
    out = Report()
    title = f"{printable(report['file'])}: {size(report['size_bytes'])}"
    name = report["module_name"]
    out.line(f"{title}, named '{printable(name)}'" if name else title, style="bold")
    show_sections(out, report)
    show_features(out, report["features"])
    show_imports(out, report["imports"])
    show_exports(out, report["exports"])
    show_memory(out, report)
    show_functions(out, report["functions"])
    show_native(out, report["native"])
    for note in report["notes"]:
        out.line(f"\nNote: {printable(note, 200)}", style="yellow")


def show_sections(out: Report, report: dict[str, Any]) -> None:
    """A bar for each section."""
    if not report["sections"]:
        return
    out.heading("Sections")
    whole = report["size_bytes"]
    out.table(
        (
            (
                f"  {s['name']}" + (f" {printable(s['custom'], 40)}" if s["custom"] else ""),
                f"0x{s['offset']:x}",
                f"{s['size_bytes']:,}",
                f"{100 * s['size_bytes'] / whole:.1f} %",
                out.bar(s["size_bytes"], whole),
            )
            for s in report["sections"]
        ),
        right=(1, 2, 3),
        styles=("", "dim", "", "dim", "cyan"),
    )


def show_features(out: Report, features: dict[str, Any]) -> None:
    """What the firmware must have switched on, and what it cannot have."""
    out.heading("Needs")
    rows = [
        (
            f"  {n['name']}",
            n["symbol"],
            f"{printable(n['where'])} at 0x{n['offset']:x}: {printable(n['what'])}",
        )
        for n in features["needed"]
    ]
    if not rows and not features["unknown_instructions"]:
        rows = [("  nothing beyond WebAssembly 1.0 without floating point",)]
    out.table(rows, styles=("", "cyan", "dim"))
    for unknown in features["unknown_instructions"]:
        where = f"{printable(unknown['where'])} at 0x{unknown['offset']:x}"
        out.line(f"  not known to mote: {where}: opcode {unknown['what']}", style="red")


def show_imports(out: Report, imports: list[dict[str, Any]]) -> None:
    """What others must offer."""
    if not imports:
        return
    out.heading(number(len(imports), "import"))
    out.table(
        (
            (
                f"  {i['kind']}",
                printable(f"{i['module']}.{i['name']}"),
                printable(i["type"], 100),
                i["symbol"] or OFFERS[i["offered"]],
            )
            for i in imports
        ),
        styles=("dim", "", "dim", "cyan"),
    )


def show_exports(out: Report, exports: list[dict[str, Any]]) -> None:
    """What the module offers."""
    if not exports:
        return
    out.heading(number(len(exports), "export"))
    out.table(
        ((f"  {e['kind']}", printable(e["name"]), printable(e["type"], 100)) for e in exports),
        styles=("dim", "", "dim"),
    )


def show_memory(out: Report, report: dict[str, Any]) -> None:
    """RAM that the module asks for when it starts."""
    rows = [memory_row(memory) for memory in report["memory"]["memories"]]
    stack = report["memory"]["stack"]
    if stack:
        rows.append(("  stack", stack_text(stack)))
    if report["memory"]["data_segments"]:
        count = number(report["memory"]["data_segments"], "segment")
        rows.append(("  data", f"{size(report['memory']['data_bytes'])} in {count}"))
    rows += [(f"  table {t['index']}", t["type"]) for t in report["tables"]]
    if rows:
        out.heading("Memory")
        out.table(rows)


def memory_row(memory: dict[str, Any]) -> tuple[str, str]:
    """A memory's name and its numbers."""
    pages = number(memory["initial_pages"], "page")
    most = "no maximum" if memory["maximum_pages"] is None else f"at most {number(memory['maximum_pages'], 'page')}"
    imported = ", imported" if memory["imported"] else ""
    return f"  memory {memory['index']}", f"{pages} at start: {size(memory['initial_bytes'])} of RAM; {most}{imported}"


def stack_text(stack: dict[str, Any]) -> str:
    """The C stack's size and what its overflow does."""
    overflow = "an overflow traps" if stack["first_in_memory"] else "an overflow runs into the data"
    guess = ", if global 0 is the stack pointer" if stack["found_by"] == "guess" else ""
    return f"{size(stack['size_bytes'])}; {overflow}{guess}"


def show_functions(out: Report, functions: dict[str, Any]) -> None:
    """The largest functions with a bar each."""
    if not functions["largest"]:
        return
    total = functions["body_bytes"]
    out.heading(f"{number(functions['defined'], 'function')}, {size(total)}; the largest")
    out.table(
        (
            (
                f"  {f['index']}",
                printable(f["name"], 50) or "(no name)",
                f"{f['size_bytes']:,}",
                f"{100 * f['size_bytes'] / total:.1f} %" if total else "",
                out.bar(f["size_bytes"], functions["largest"][0]["size_bytes"]),
            )
            for f in functions["largest"]
        ),
        right=(0, 2, 3),
        styles=("dim", "", "", "dim", "cyan"),
    )


def show_native(out: Report, native: list[dict[str, Any]]) -> None:
    """For each CPU that there is code for: sizes, how it was made, what it needs, and whether it can be used."""
    if not native:
        return
    out.heading("Native code")
    out.table(
        (
            (
                f"  {printable(n['target'], 20)}",
                f"{n['size_bytes']:,}",
                f"ABI {n['abi']}",
                ", ".join(native_traits(n)),
                f"frames of up to {size(n['largest_frame_bytes'])}",
            )
            for n in native
        ),
        right=(1,),
        styles=("", "", "dim", "", "dim"),
    )
    for n in native:
        if n["problem"]:
            out.line(f"  the code for {printable(n['target'], 20)} cannot be used: {n['problem']}", style="red")


def native_traits(section: dict[str, Any]) -> list[str]:
    """How a section was made and what it needs."""
    bounds = {"guard": "guard pages", "checks": "checks", "mask": "addresses wrap around", "none": "no bounds"}
    flags = [("fixed_memory", "memory of fixed size"), ("stripped", "only with this code")]
    traits = [bounds[section["bounds"]], *(text for flag, text in flags if section[flag])]
    traits += [] if section["interruptible"] else ["cannot be interrupted"]
    needs = [printable(text, 30) for text in section["features"] if text != "fixed-memory"]
    return [*traits, *([f"needs {' and '.join(needs)}"] if needs else [])]
