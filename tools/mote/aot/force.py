"""Loads that may trap must happen, even when nothing needs what they load.

LLVM drops a load whose value is not used and moves one to where it is used. A load is safe from that only when its value
goes, in its own block and by steps that cannot be folded away, into something that must happen whatever the optimiser
finds out: a volatile store, a call of a function, a return. All others get an empty piece of assembly that takes the value.
"""

import re

NAME = re.compile(r"%[\w.]+")
DEFINES = re.compile(r"  (%[\w.]+) = (\w+)")
# What cannot be without its operand; x * 0 or x - x can.
CARRIES = re.compile(r"  %[\w.]+ = (?:load |getelementptr |zext |sext |trunc |bitcast |inttoptr |add \w+ %[\w.]+, -?\d)")
# Branches can be folded, plain stores overwritten, intrinsics dropped.
MUST_HAPPEN = re.compile(r"  (?:%[\w.]+ = )?(?:(?:tail )?call (?!.*@llvm\.)|store volatile |ret )")


def force_reads(lines: list[str], forced: dict[str, str], float_register: str) -> list[str]:
    """The lines of a function with the loads `forced` (value -> type) made sure of."""
    if not forced:
        return lines
    result: list[str] = []
    needed: set[str] = set()
    for line in reversed(lines):
        if line.endswith(":"):
            needed = set()
            result.append(line)
            continue
        defines = DEFINES.match(line)
        if MUST_HAPPEN.match(line) or (defines and defines[1] in needed and CARRIES.match(line)):
            needed.update(NAME.findall(line))
        elif defines and defines[1] in forced and defines[1] not in needed:
            type_ = forced[defines[1]]
            register = float_register if type_ in ("float", "double") else "r"
            result.append(f'  call void asm sideeffect "", "{register}"({type_} {defines[1]})')
            needed.update(NAME.findall(line))
        result.append(line)
    result.reverse()
    return result
