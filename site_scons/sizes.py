"""The goal `size`: tables of flash and RAM, of programs as linked or of a core library's objects; the same as data and as a
picture in the build folder; what features cost."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from arguments import Arguments
from component import Source
from features import Scratch, feature_costs
from image import number
from kconfig import Config
from linked import measure_program
from origins import Origins
from report import Size, Sizes, feature_json, feature_text, linked_size, measure, row, size_json, size_text, write_json
from toolchain import Toolchain
from treemap import write_treemap


@dataclass(frozen=True)
class SizeGoal:
    """What is to be measured: `objects` by library, "" for those of programs; `programs` as linked, none for a bare CPU."""

    root: Path
    folder: Path
    arguments: Arguments
    toolchain: Toolchain
    config: Config
    board: dict[str, Any]
    objects: dict[str, dict[Path, Source]]
    programs: list[Path]

    def act(self) -> int:
        """Do what the command line asks for."""
        if self.arguments.features:
            self.report_features()
        else:
            self.report()
        return 0

    def report(self) -> None:
        """Print flash and RAM, and write them down."""
        sizes = {name: object_sizes(files) for name, files in self.objects.items() if name}
        libraries = {name: size_json(files) for name, files in sizes.items()}
        figures = {"libraries": libraries, "features": self.config.features()}
        if self.programs:
            figures["programs"] = self.report_programs()
        else:
            libraries["mote"] |= self.report_objects(sizes)
        write_json(self.folder / "size.json", figures)
        self.write_figures(figures)

    def report_programs(self) -> dict[str, object]:
        """Print the table of each program, and draw them all."""
        origins = Origins(self.root, self.objects)
        found = [measure_program(program, origins, self.limits()) for program in self.programs]
        print("\n\n".join(footprint.text(self.arguments.verbose) for footprint in found))
        picture = self.folder / "size.html"
        write_treemap(picture, f"mote on {Path(self.arguments.board).name}", found)
        print(f"\n{picture} shows it by folder, file and symbol")
        return {footprint.program: footprint.as_data() for footprint in found}

    def report_objects(self, sizes: dict[str, Sizes]) -> dict[str, object]:
        """Print the tables of a core library for a bare CPU; what is left of it when it is linked, if gcc's linker is there."""
        print("\n\n".join(size_text(files, f"lib{name}.a") for name, files in sizes.items()))
        if self.toolchain.name != "gcc":
            return {}
        link = [*self.toolchain.compiler, *self.toolchain.link_flags(self.arguments)]
        header = self.root / "firmware" / "include" / "mote.h"
        size = linked_size(link, list(self.objects["mote"]), header, self.folder / "size.elf")
        print(f"\n{row('libmote.a as linked, without prepared modules', size)}")
        return {"linked": vars(size)}

    def limits(self) -> Size | None:
        """Flash and RAM of a bare board."""
        memory = self.board.get("memory")
        return Size(number(memory["flash"]["size"], "flash"), number(memory["ram"]["size"], "ram")) if memory else None

    def report_features(self) -> None:
        """Print what each feature costs."""
        arguments = self.arguments
        where = [f"{name}={value}" for name, value in (("BOARD", arguments.board), ("TARGET", arguments.target)) if value]
        self.config.save()
        scratch = Scratch(self.root, self.folder, [*where, f"TOOLCHAIN={arguments.toolchain}"])
        names = self.config.chosen_features(arguments.features)
        whole, costs = feature_costs(scratch, names, lambda line: print(line, file=sys.stderr))
        print(feature_text(costs, whole, "what features cost"))
        self.write_figures(feature_json(costs, whole))

    def write_figures(self, figures: dict[str, object]) -> None:
        """Write figures to the file that JSON= names, if it does."""
        if self.arguments.json:
            write_json(self.root / self.arguments.json, figures)


def object_sizes(files: dict[Path, Source]) -> Sizes:
    """The sizes of a library's objects."""
    return measure({str(source.path): path for path, source in files.items()})
