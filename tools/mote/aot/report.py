"""What a compilation came to, as plain data: sizes, ratios, seconds, and what each part of call stacks costs."""

from dataclasses import replace
from typing import Any

from mote.aot.compile import How, Native, compile_native, write_module
from mote.aot.lines import encode_lines
from mote.aot.options import CALL_STACK
from mote.wasm.model import Module


def describe(native: Native) -> dict[str, Any]:
    """One target's part of the report."""
    stats = native.stats
    return {
        "target": native.target.name,
        "bounds": native.options.bounds,
        "functions": stats.functions,
        "cached": stats.cached,
        "wasm_code_bytes": stats.wasm_bytes,
        "image_bytes": stats.image_bytes,
        "section_bytes": stats.section_bytes,
        "ratio": round(stats.section_bytes / stats.wasm_bytes, 3) if stats.wasm_bytes else None,
        "seconds": round(stats.total_seconds, 3),
        "phases": {name: round(seconds, 3) for name, seconds in stats.seconds.items()},
        "parts": parts(native),
    }


def parts(native: Native) -> dict[str, int]:
    """The bytes of each part of the section; headers, names and padding are the rest."""
    image = native.image
    return {
        "image": len(image.data),
        "codes": 4 * len(image.offsets),
        "entries": 4 * len(native.lowering.entries()),
        "frames": 4 * len(image.frames) if image.stack_bytes else 0,
        "lines": len(encode_lines(image.lines)),
    }


def call_stack_costs(module: Module, native: Native, how: How) -> list[dict[str, Any]]:
    """For each feature of call stacks: whether it is in, and by how many bytes the section is larger with it than without."""
    options, target = native.options, native.target
    chosen = options.call_stack or frozenset()
    there = section_bytes(module, native)
    result = []
    for name in CALL_STACK:
        other = compile_native(module, target, replace(options, call_stack=chosen ^ {name}), how)
        cost = section_bytes(module, other) - there
        cost = -cost if name in chosen else cost
        result.append({"feature": name, "chosen": name in chosen, "bytes": cost})
    return result


def section_bytes(module: Module, native: Native) -> int:
    """How large the section is."""
    write_module(module.data, [native])
    return native.stats.section_bytes
