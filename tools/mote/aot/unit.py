"""What is compiled as one piece: a function or a thunk; and the text of an LLVM module around it."""

from dataclasses import dataclass

from mote.aot.force import force_reads
from mote.aot.function import Function
from mote.aot.shape import Shape

ATTRIBUTES = {"s": " optsize", "z": " optsize minsize"}
# A call takes stack: endless recursion must end with a trap, not run on as a loop that nobody can interrupt.
NO_TAIL_CALLS = '"disable-tail-calls"="true"'


@dataclass(frozen=True, slots=True)
class Unit:
    """A symbol of the image: a function (with its index, name, and where its body is) or a thunk."""

    symbol: str
    funcidx: int | None
    name: str
    size: int
    body_offset: int


def attributes(shape: Shape) -> str:
    """Attributes that every piece of code has."""
    level = shape.options.level
    if level == "z" and shape.target.arch == "x86_64":
        level = "s"  # minsize makes constants by push and pop there, and frames would seem larger than they are
    return f'nounwind "no-builtins"{ATTRIBUTES.get(level, "")}'


def assemble(f: Function, symbol: str) -> str:
    """The LLVM module of a lowered function."""
    shape = f.shape
    f.finish_traps()
    result, _ = shape.signature(f.type)
    params = ", ".join([f"ptr {shape.target.pinned}nonnull noundef %c", *(f"{t} noundef %p{i}" for i, t in enumerate(f.params))])
    debug = " !dbg !10" if shape.has_frames else ""
    lines = force_reads(f.lines, f.forced, shape.target.float_register)
    body = "\n".join(["entry:", *f.prologue, "  br label %start", "start:", *lines])
    declarations = "\n".join(text for name, text in f.declarations.items() if name != symbol)
    head = f"define hidden {result} @{symbol}({params}) {attributes(shape)} {NO_TAIL_CALLS}{debug}"
    text = f"{declarations}\n{head} {{\n{body}\n}}\n"
    return text + metadata(shape, sorted(f.located)) + "\n".join(f.loop_ids)


def metadata(shape: Shape, located: list[int]) -> str:
    """What alias analysis, branch weights and locations refer to."""
    lines = [
        "!1 = !{}",
        '!2 = !{!"branch_weights", i32 1, i32 1000000}',
        '!3 = !{!"branch_weights", i32 1000000, i32 1}',
        f'!4 = !{{!"{shape.target.stack_register}"}}',
        '!5 = !{!51, !51, i64 0}',
        '!6 = !{!52, !52, i64 0}',
        '!7 = !{!53, !53, i64 0}',
        '!8 = !{!54, !54, i64 0}',
        '!50 = !{!"mote"}',
        '!51 = !{!"memory", !50}',
        '!52 = !{!"context", !50}',
        '!53 = !{!"globals", !50}',
        '!54 = !{!"runtime", !50}',
    ]
    if shape.has_frames:
        lines += [
            "!llvm.dbg.cu = !{!11}",
            "!llvm.module.flags = !{!12, !13}",
            '!10 = distinct !DISubprogram(name: "f", file: !14, type: !15, unit: !11, spFlags: DISPFlagDefinition)',
            "!11 = distinct !DICompileUnit(language: DW_LANG_C99, file: !14, emissionKind: LineTablesOnly)",
            '!12 = !{i32 2, !"Debug Info Version", i32 3}',
            '!13 = !{i32 2, !"Dwarf Version", i32 4}',
            '!14 = !DIFile(filename: "f", directory: "")',
            "!15 = !DISubroutineType(types: !1)",
            "!99 = !DILocation(line: 0, scope: !10)",
        ]
        lines += [f"!{shape.first_location + at} = !DILocation(line: {at + 1}, scope: !10)" for at in located]
    return "\n".join(lines) + "\n"
