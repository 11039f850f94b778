"""Source lines of a module's instructions, from DWARF in its custom sections. With `mote.aot.elf` the file that knows
`pyelftools`.
"""

import io
from bisect import bisect_right
from functools import cached_property
from inspect import signature
from pathlib import PurePosixPath
from typing import Any

from mote.wasm.model import Module

CODE = 10
SUFFIX = "_sec"  # pyelftools' arguments: debug_info_sec for .debug_info


class Lines:
    """Finds the source line of an offset; tables are read when the first is asked for."""

    def __init__(self, module: Module) -> None:
        self.module = module

    def at(self, offset: int) -> tuple[str, int] | None:
        """File and line of the instruction at an offset in the module, None when it is not known."""
        code = next((section.payload for section in self.module.sections if section.id == CODE), None)
        if code is None or not self._rows:
            return None
        i = bisect_right(self._rows, (offset - code, "\U0010ffff", 0)) - 1
        if i < 0 or not self._rows[i][2]:
            return None
        return self._rows[i][1], self._rows[i][2]

    @cached_property
    def _rows(self) -> list[tuple[int, str, int]]:
        """Address, file, line, in the order of addresses; line 0 ends a sequence."""
        if not any(section.name == ".debug_line" for section in self.module.sections):
            return []
        try:
            return sorted(self._read())
        except Exception:  # it is a convenience, and anything may stand in those sections
            return []

    def _read(self) -> list[tuple[int, str, int]]:
        """All rows of all line programs."""
        rows = []
        for unit in self._dwarf().iter_CUs():
            program = unit.dwarfinfo.line_program_for_CU(unit)
            for entry in program.get_entries() if program else ():
                state = entry.state
                if state and state.end_sequence:
                    rows.append((state.address, "", 0))
                elif state:
                    rows.append((state.address, file_of(program.header, state.file), state.line))
        return rows

    def _dwarf(self) -> Any:
        """The sections as pyelftools wants them."""
        from elftools.dwarf.dwarfinfo import DebugSectionDescriptor, DwarfConfig, DWARFInfo

        found = {
            section.name: self.module.data[section.payload : section.end] for section in self.module.sections if not section.id
        }
        config = DwarfConfig(little_endian=True, machine_arch="wasm", default_address_size=4)
        wanted = [name for name in signature(DWARFInfo.__init__).parameters if name.endswith(SUFFIX)]
        parts: dict[str, Any] = {}
        for name in wanted:
            data = found.get("." + name.removesuffix(SUFFIX))
            parts[name] = DebugSectionDescriptor(io.BytesIO(data), name, 0, len(data), 0) if data else None
        return DWARFInfo(config, **parts)


def file_of(header: Any, number: int) -> str:
    """The path of a file in a line program's table; folders of this machine's system are left as they are."""
    version = header.version
    files = header.file_entry
    entry = files[number if version >= 5 else number - 1]
    name = entry.name.decode(errors="replace")
    folders = header.include_directory
    index = entry.dir_index if version >= 5 else entry.dir_index - 1
    folder = folders[index].decode(errors="replace") if 0 <= index < len(folders) else ""
    return str(PurePosixPath(folder) / name)
