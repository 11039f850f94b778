"""Puts polls into loops of optimised LLVM IR: at each loop's header a look at the context's poll flag, and a trap when it is set.

They come after optimisation, because a volatile read in a loop would keep LLVM from vectorising, unrolling or removing
it; loops that the optimiser removes need no poll. Works on the text: headers are the targets of retreating edges of a
depth-first walk.
"""

import re

LABEL = re.compile(r'^([\w.$-]+|"[^"]+"):')
SUCCESSOR = re.compile(r'label %([\w.$-]+|"[^"]+")')
PHI_SOURCE = re.compile(r'%([\w.$-]+|"[^"]+") \]')
METADATA = re.compile(r"^!(\d+) = ", re.MULTILINE)
MARK = re.compile(r'^!(\d+) = !\{!"mote.quiet"\}', re.MULTILINE)
LATCH = re.compile(r"!llvm\.loop !(\d+)")
TRAP = "tINTERRUPTED"


def insert_polls(text: str, has_offset: bool) -> str:
    """The module with polls; `has_offset` says whether trap thunks take an offset."""
    head, rest = text.split("\ndefine ", 1)
    signature, rest = rest.split("\n", 1)
    body, tail = rest.split("\n}", 1)
    lines = body.split("\n")
    headers = loop_headers(lines, quiet_latches(lines, tail))
    if not headers:
        return text
    weights = 1 + max((int(n) for n in METADATA.findall(tail)), default=-1)
    lines = [line for source in lines for line in poll_lines(source, headers, weights)]
    lines = place_polls(lines, headers)
    argument = ", i32 -1" if has_offset else ""
    lines += ["", "poll.trap:", f"  call void @{TRAP}(ptr %c{argument}) noreturn cold", "  unreachable"]
    declared = f"declare void @{TRAP}(ptr{', i32' if has_offset else ''})"
    if f"@{TRAP}(" not in head + tail:
        head += "\n" + declared
    tail += f'\n!{weights} = !{{!"branch_weights", i32 1, i32 1000000}}\n'
    return head + "\ndefine " + signature + "\n" + "\n".join(lines) + "\n}" + tail


def blocks_of(lines: list[str]) -> dict[str, list[str]]:
    """Each block's successors, in the order of the text."""
    successors: dict[str, list[str]] = {}
    current = "entry"
    for line in lines:
        label = LABEL.match(line)
        if label:
            current = label.group(1)
            successors[current] = []
        elif "label %" in line:
            successors.setdefault(current, []).extend(SUCCESSOR.findall(line))
    return successors


def loop_headers(lines: list[str], quiet: set[str]) -> set[str]:
    """The targets of retreating edges, unless all come from quiet blocks."""
    successors = blocks_of(lines)
    headers: set[str] = set()
    state: dict[str, int] = {}  # 1: on the path from the entry, 2: done
    first = next(iter(successors), None)
    path = [(first, iter(successors[first]))] if first else []
    state[first] = 1
    while path:
        block, following = path[-1]
        successor = next(following, None)
        if successor is None:
            state[block] = 2
            path.pop()
        elif successor not in state:
            state[successor] = 1
            path.append((successor, iter(successors.get(successor, ()))))
        elif state[successor] == 1:
            headers |= set() if block in quiet else {successor}
    return headers


def after(header: str) -> str:
    """The name of the part of a header behind its poll."""
    return f'"{header[1:-1]}.go"' if header[0] == '"' else f"{header}.go" if not header.isdigit() else f"after.{header}"


def quiet_latches(lines: list[str], tail: str) -> set[str]:
    """The blocks that branch back in loops that lowering has marked as short enough."""
    marked = MARK.search(tail)
    if not marked:
        return set()
    loops = set(re.findall(rf"^!(\d+) = distinct !\{{[^}}]*!{marked[1]}\b", tail, re.MULTILINE))
    found: set[str] = set()
    current = "entry"
    for line in lines:
        label = LABEL.match(line)
        current = label.group(1) if label else current
        latch = LATCH.search(line)
        if latch and latch.group(1) in loops:
            found.add(current)
    return found


def poll_lines(line: str, headers: set[str], weights: int) -> list[str]:
    """A line with its phi's sources renamed; a header's label is followed by a mark that says where its poll is to go."""
    if " = phi " in line:
        return [PHI_SOURCE.sub(lambda m: f"%{after(m[1])} ]" if m[1] in headers else m[0], line)]
    label = LABEL.match(line)
    if label and label.group(1) in headers:
        return [line, f"POLL {label.group(1)} {weights}"]
    return [line]


def place_polls(lines: list[str], headers: set[str]) -> list[str]:
    """Move each poll behind its block's phis."""
    result: list[str] = []
    waiting: list[str] = []
    number = 0
    for line in lines:
        if line.startswith("POLL "):
            waiting = line.split()[1:]
            continue
        if waiting and " = phi " not in line:
            header, weights = waiting
            number += 1
            name = f"%poll.{number}"
            result += [
                f"  {name} = load volatile i32, ptr %c, align 4",
                f"  {name}.set = icmp ne i32 {name}, 0",
                f"  br i1 {name}.set, label %poll.trap, label %{after(header)}, !prof !{weights}",
                "",
                f"{after(header)}:",
            ]
            waiting = []
        result.append(line)
    return result
