"""`mote symbolize`: what lies at places of native code, and what a trap report without names means."""

import re
import sys
from pathlib import Path

import click

from mote.aot.section import NativeSection, read_sections
from mote.aot.symbols import Symbols, instruction_at
from mote.console import printable
from mote.errors import ExitCode, UserError
from mote.wasm.model import Module
from mote.wasm.module import load_module

IN_IMAGE = re.compile(r"\b(?:image|native)\s?\+\s?0x([0-9a-fA-F]+)")
FUNCTION = re.compile(r"\bfunc(?:tion)? (\d+)(?! ?`)\b")
OFFSET = re.compile(r"\(offset 0x([0-9a-fA-F]+)\)")


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.argument("addresses", nargs=-1, metavar="[ADDRESS]...")
@click.option("-t", "--target", metavar="TARGET", help="Which native section; needed where there are several.")
@click.option("--base", metavar="ADDRESS", default="0", help="Where the image lies, when ADDRESSES are those of the machine.")
def command(file: Path, addresses: tuple[str, ...], target: str | None, base: str) -> int:
    """Say which function and instruction of FILE each ADDRESS in its native code belongs to.

    Without addresses it reads a report from standard input, such as a trap's call stack, and prints it again with the
    names of functions (`func 12`), the instructions at offsets (`(offset 0x1b2)`) and what lies at `image+0x..`.
    """
    module = load_module(file)
    places = [number(address) - number(base) for address in addresses]
    if not places:
        annotate(module, target, file)
        return ExitCode.OK
    symbols = Symbols(module, choose_section(module, target, file))
    texts = [symbols.find(place) for place in places]
    outside = f"outside of the image, which has {symbols.image_size} bytes"
    for given, found in zip(addresses, texts, strict=True):
        print(f"{given}: {printable(str(found), 200) if found else outside}")
    return ExitCode.OK if all(texts) else ExitCode.FAILED


def number(text: str) -> int:
    """An address: hexadecimal, with 0x or without."""
    try:
        return int(text, 16)
    except ValueError as error:
        raise UserError(f"'{text}' is no hexadecimal number", code=ExitCode.USAGE) from error


def choose_section(module: Module, target: str | None, file: Path) -> NativeSection:
    """The native section of a target, or the only one."""
    sections = {section.target: section for section in read_sections(module.data)}
    if not sections:
        raise UserError("it has no native code", str(file), "Give the file that mote aot wrote.")
    known = ", ".join(printable(name) for name in sections)
    if target is None and len(sections) > 1:
        raise UserError(f"it has native code for {known}", str(file), "Choose one with --target.", ExitCode.USAGE)
    if target is not None and target not in sections:
        raise UserError(f"it has no native code for {target}", str(file), f"It has some for {known}.", ExitCode.USAGE)
    return sections[target] if target else next(iter(sections.values()))


def annotate(module: Module, target: str | None, file: Path) -> None:
    """Copy a report from standard input, with what its numbers mean."""
    sections = read_sections(module.data)
    symbols = Symbols(module, choose_section(module, target, file)) if target or len(sections) == 1 else None

    def place(match: re.Match[str]) -> str:
        found = symbols.find(int(match[1], 16)) if symbols else None
        return f"{match[0]} {found}" if found else match[0]

    def function(match: re.Match[str]) -> str:
        index = int(match[1])
        name = module.function_name(index) if index < len(module.function_types()) else ""
        return f"{match[0]} `{name}`" if name else match[0]

    def offset(match: re.Match[str]) -> str:
        text = instruction_at(module, int(match[1], 16))
        return f"{match[0][:-1]}: {text})" if text else match[0]

    for line in sys.stdin:
        print(printable(OFFSET.sub(offset, IN_IMAGE.sub(place, FUNCTION.sub(function, line.rstrip("\n")))), 1000))
