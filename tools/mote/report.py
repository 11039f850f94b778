"""What `mote inspect` and `mote build` tell about a module, as plain data that prints as JSON."""

from pathlib import Path
from typing import Any

from mote.aot.section import FLAG_FIXED_MEMORY, FLAG_NO_POLLS, NativeSection, read_sections
from mote.tables import tables
from mote.wasm.features import find_features
from mote.wasm.memory import memory_report
from mote.wasm.model import FUNC, KINDS, MEMORY, Import, Module

WASI = "wasi_snapshot_preview1"


def describe(module: Module, path: Path, largest: int = 10) -> dict[str, Any]:
    """The whole report on a module; malformed function bodies raise MalformedError."""
    return {
        "file": str(path),
        "size_bytes": len(module.data),
        "module_name": module.names.module,
        "sections": sections(module),
        "features": features(module),
        "imports": imports(module),
        "exports": exports(module),
        "start": module.start,
        "memory": memory_report(module),
        "tables": [
            {"index": i, "type": str(t), "minimum": t.limits.minimum, "maximum": t.limits.maximum}
            for i, t in enumerate(module.table_types())
        ],
        "functions": functions(module, largest),
        "native": native_code(module),
        "notes": notes(module),
    }


def sections(module: Module) -> list[dict[str, Any]]:
    """Each section with its place and size; a custom section with its own name."""
    return [
        {"id": s.id, "name": s.text, "custom": s.name, "offset": s.offset, "size_bytes": s.size}
        for s in module.sections
    ]


def features(module: Module) -> dict[str, Any]:
    """The features needed with the first place that needs each, and instructions that are not known at all."""
    found = find_features(module)
    needs = [
        {
            "name": need.feature.text,
            "symbol": need.feature.symbol,
            "offset": need.offset,
            "where": function_label(module, need.funcidx) if need.funcidx is not None else need.where,
            "what": need.what,
        }
        for need in found.in_order()
    ]
    unknown = [{"offset": u.offset, "where": function_label(module, u.funcidx), "what": u.text} for u in found.unknown]
    return {"needed": needs, "unknown_instructions": unknown}


def function_label(module: Module, index: int) -> str:
    """A function for people: its index and, where it has one, its name."""
    name = module.function_name(index)
    return f"func {index} `{name}`" if name else f"func {index}"


def type_text(module: Module, kind: int, value: object) -> str:
    """The type of an import or export; `value` is a type index for functions."""
    if kind == FUNC:
        return str(module.types[value])
    return f"{value} {'page' if str(value) == '1' else 'pages'}" if kind == MEMORY else str(value)


def imports(module: Module) -> list[dict[str, Any]]:
    """Each import with its type and, for WASI, the part of the firmware that offers it."""
    return [
        {
            "module": i.module,
            "name": i.name,
            "kind": KINDS[i.kind],
            "type": type_text(module, i.kind, i.type),
            "offset": i.offset,
            **offer(i),
        }
        for i in module.imports
    ]


def offer(imported: Import) -> dict[str, Any]:
    """Who offers an import: "mote" (by its Kconfig symbol), "nosys" (links and fails), "unknown", or "" elsewhere."""
    if imported.module != WASI or imported.kind != FUNC:
        return {"offered": "", "symbol": ""}
    known = tables().wasi.get(imported.name)
    if known is None:
        return {"offered": "unknown", "symbol": ""}
    return {"offered": "mote" if known.offered else "nosys", "symbol": known.symbol}


def exports(module: Module) -> list[dict[str, Any]]:
    """Each export with its type."""
    types = (module.function_types(), module.table_types(), module.memory_limits(), module.global_types())
    return [
        {
            "name": e.name,
            "kind": KINDS[e.kind],
            "index": e.index,
            "type": type_text(module, e.kind, types[e.kind][e.index]),
        }
        for e in module.exports
    ]


def functions(module: Module, largest: int) -> dict[str, Any]:
    """How much code there is and which functions have most of it."""
    imported = len(module.imported(FUNC))
    sized = [(b.end - b.offset, imported + i, b.offset) for i, b in enumerate(module.bodies)]
    sized.sort(key=lambda row: (-row[0], row[1]))
    return {
        "imported": imported,
        "defined": len(module.bodies),
        "body_bytes": sum(size for size, _, _ in sized),
        "largest": [
            {"index": index, "name": module.function_name(index), "size_bytes": size, "offset": offset}
            for size, index, offset in sized[:largest]
        ],
    }


def native_code(module: Module) -> list[dict[str, Any]]:
    """The native sections, each with what it is made for, what it weighs, and why it cannot be used if that is so."""
    return [native_section(module, section) for section in read_sections(module.data)]


def native_section(module: Module, section: NativeSection) -> dict[str, Any]:
    """One of them."""
    header = section.header
    return {
        "target": section.target,
        "offset": section.offset,
        "abi": f"{header['abi_major']}.{header['abi_minor']}",
        "bounds": section.bounds,
        "interruptible": not header["flags"] & FLAG_NO_POLLS,
        "fixed_memory": bool(header["flags"] & FLAG_FIXED_MEMORY),
        "stripped": section.is_stripped,
        "features": list(section.features),
        "functions": header["func_count"],
        "size_bytes": len(section.data),
        "image_bytes": header["image_size"],
        "largest_frame_bytes": header["stack_bytes"],
        "problem": section.problem(module.data),
    }


def notes(module: Module) -> list[str]:
    """What is odd and harmless."""
    result = []
    if module.names.problem:
        result.append(f"the name section cannot be read whole: {module.names.problem}")
    return result
