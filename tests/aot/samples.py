"""Functions in LLVM IR, as lowering writes them: first parameter the context, calls to other functions of the image by symbol."""

from dataclasses import replace

from mote.aot.codegen import compile_ir
from mote.aot.image import Image, Place, link
from mote.aot.object import Code, read_object
from mote.aot.options import Options
from mote.aot.targets import Target

# Twice the operand.
DOUBLE = "define i32 @{name}(ptr %c, i32 %a, i32 %b) {attributes} {{\n  %r = add i32 %a, %a\n  ret i32 %r\n}}"

# A jump table, calls forwards and backwards, a recursion, a division of constants too large for one instruction.
SWITCH = """
declare i32 @f2(ptr, i32, i32)
declare void @t1(ptr)
define i32 @{name}(ptr %c, i32 %a, i32 %b) {attributes} {{
entry:
  %x = call i32 @f2(ptr %c, i32 %a, i32 0){at5}
  %bad = icmp eq i32 %x, 98
  br i1 %bad, label %trap, label %go
go:
  switch i32 %b, label %default [ i32 0, label %c0
   i32 1, label %c1
   i32 2, label %c2
   i32 3, label %c3
   i32 4, label %c4
   i32 5, label %c5
   i32 6, label %c6 ]
c0:
  %r0 = call i32 @f2(ptr %c, i32 1000, i32 0){at9}
  ret i32 %r0
c1:
  %r1 = mul i32 %x, 1234567
  ret i32 %r1
c2:
  %w2 = zext i32 %x to i64
  %m2 = xor i64 %w2, 81985529216486895
  %h2 = lshr i64 %m2, 32
  %l2 = xor i64 %m2, %h2
  %r2 = trunc i64 %l2 to i32
  ret i32 %r2
c3:
  %r3 = xor i32 %x, 99
  ret i32 %r3
c4:
  %y4 = sub i32 %a, 1
  %z4 = call i32 @{name}(ptr %c, i32 %y4, i32 3){at9}
  %r4 = add i32 %z4, %x
  ret i32 %r4
c5:
  %r5 = sub i32 %x, 3
  ret i32 %r5
c6:
  %f6 = uitofp i32 %x to {float}
  %g6 = fmul {float} %f6, {pi}
  %r6 = fptoui {float} %g6 to i32
  ret i32 %r6
default:
  %rd = tail call i32 @f2(ptr %c, i32 %b, i32 0){at9}
  ret i32 %rd
trap:
  call void @t1(ptr %c) noreturn cold{at9}
  unreachable
}}
"""

TRAP = "define void @{name}(ptr %c) {attributes} {{\n  ret void\n}}"

DEBUG = """
!llvm.dbg.cu = !{!1}
!llvm.module.flags = !{!2, !3}
!1 = distinct !DICompileUnit(language: DW_LANG_C99, file: !4, emissionKind: LineTablesOnly)
!2 = !{i32 2, !"Debug Info Version", i32 3}
!3 = !{i32 2, !"Dwarf Version", i32 VERSION}
!4 = !DIFile(filename: "f", directory: "")
!5 = distinct !DISubprogram(name: "f", file: !4, type: !6, unit: !1, spFlags: DISPFlagDefinition)
!6 = !DISubroutineType(types: !{})
!15 = !DILocation(line: 5, scope: !5)
!19 = !DILocation(line: 9, scope: !5)
"""

# What SWITCH answers for (a, b); the last row leaves through the tail call.
ANSWERS = {
    (3, 0): 2000, (3, 1): 6 * 1234567, (3, 2): 6 ^ 0x89ABCDEF ^ 0x01234567, (3, 3): 6 ^ 99, (10, 4): (18 ^ 99) + 20, (3, 5): 3,
    (50, 6): 314, (3, 21): 42,
}  # fmt: skip


def compile_text(text: str, name: str, target: Target, dwarf: int = 4, level: str = "2") -> Code:
    """The code of a function whose text has {name}, {attributes}, {float}, {pi} and places {at5}, {at9} in it."""
    has_float = "f32" in target.hard
    type_, pi = ("double", "0x400921FB54442D18") if "f64" in target.hard else ("float", "0x400921FB60000000")
    places = {"at5": ", !dbg !15", "at9": ", !dbg !19", "float": type_ if has_float else "i32", "pi": pi}
    body = text.format(name=name, attributes="nounwind !dbg !5", **places)
    if not has_float:  # without instructions for floats there would be library calls
        body = body.replace(f"fmul i32 %f6, {pi}", "mul i32 %f6, 3")
        body = body.replace("uitofp i32 %x to i32", "add i32 %x, 4").replace("fptoui i32 %g6 to i32", "add i32 %g6, 2")
    ir = body + DEBUG.replace("VERSION", str(dwarf))
    return read_object(compile_ir(ir, target, Options(level=level, interrupt=False)), name)


def switch_codes(target: Target, fillers: int = 0, level: str = "2") -> list[Code]:
    """SWITCH with the functions that it needs, one before it and one behind it, and copies of it between them."""
    switch = compile_text(SWITCH, "f1", target, level=level)
    copies = [replace(switch, name=f"f{10 + i}") for i in range(fillers)]
    double, trap = (compile_text(text, name, target, level=level) for text, name in ((DOUBLE, "f2"), (TRAP, "t1")))
    return [double, *copies, switch, trap]


def switch_image(target: Target, fillers: int = 0, level: str = "2") -> tuple[Image, int]:
    """The image of these, and where SWITCH begins."""
    codes = switch_codes(target, fillers, level)
    image = link(codes, target, [Place(code.name, 1000 * i) for i, code in enumerate(codes)])
    return image, image.offsets[[code.name for code in codes].index("f1")]


def unrelaxed(target: Target) -> Target:
    """The target, compiled for a linker that leaves calls as they are."""
    return replace(target, features=target.features.replace("+relax", "-relax"))
