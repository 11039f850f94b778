"""How a module's linear memory is laid out: pages, data, and the C stack that compilers put into it."""

from typing import Any

from mote.tables import tables
from mote.wasm.model import GLOBAL, PAGE_SIZE, Module, Segment

STACK_POINTER = "__stack_pointer"


def memory_report(module: Module) -> dict[str, Any]:
    """Memories with pages and bytes, the data in them, and the stack where it can be found."""
    limits = module.memory_limits()
    imported = len(limits) - len(module.memories)
    return {
        "memories": [
            {
                "index": index,
                "imported": index < imported,
                "initial_pages": limit.minimum,
                "maximum_pages": limit.maximum,
                "initial_bytes": limit.minimum * PAGE_SIZE,
            }
            for index, limit in enumerate(limits)
        ],
        "data_bytes": sum(segment.count for segment in module.segments),
        "data_segments": len(module.segments),
        "stack": stack_report(module),
    }


def stack_report(module: Module) -> dict[str, Any] | None:
    """The stack by its pointer's initial value: it lies below, down to 0 or to the data that ends there."""
    index, how = find_stack_pointer(module)
    if index is None:
        return None
    top = constant(module.globals[index - imported_globals(module)].init)
    if top is None:
        return None
    below = [end for start, end in data_ranges(module) if start < top]
    bottom = max((end for end in below if end <= top), default=0)
    return {
        "global": index,
        "found_by": how,
        "top": top,
        "size_bytes": top - bottom,
        "first_in_memory": not below,
    }


def find_stack_pointer(module: Module) -> tuple[int | None, str]:
    """The stack pointer's global: by name, by export, or the first variable i32 as compilers place it."""
    own = range(imported_globals(module), imported_globals(module) + len(module.globals))
    for index, name in module.names.globals.items():
        if name == STACK_POINTER and index in own:
            return index, "name"
    for export in module.exports:
        if export.kind == GLOBAL and export.name == STACK_POINTER and export.index in own:
            return export.index, "export"
    if not module.globals or not module.memory_limits():
        return None, ""
    first = module.globals[0].type
    is_pointer = first.mutable and tables().valtypes[first.valtype].name == "I32"
    return (own[0], "guess") if is_pointer and constant(module.globals[0].init) else (None, "")


def imported_globals(module: Module) -> int:
    """How many globals are imported."""
    return len(module.imported(GLOBAL))


def constant(expression: tuple) -> int | None:
    """The unsigned value of an expression that is a single i32.const."""
    if len(expression) != 1 or expression[0].op.name != "I32_CONST":
        return None
    return expression[0].immediates[0] & 0xFFFFFFFF


def data_ranges(module: Module) -> list[tuple[int, int]]:
    """Where active data segments of memory 0 start and end, as far as their offsets are constants."""
    return [place for segment in module.segments if (place := data_range(segment)) is not None]


def data_range(segment: Segment) -> tuple[int, int] | None:
    """Where an active segment of memory 0 starts and ends."""
    if segment.place is None or segment.target:
        return None
    start = constant(segment.place)
    return None if start is None else (start, start + segment.count)
