"""Small functions of the image that no function of the module is: entries from outside, calls of imports, indirect calls, traps.

Their symbols: e<type> entry, i<funcidx> import, x<table>_<type> indirect call, t<TRAP> trap. Types are canonical.
"""

from mote.aot.shape import Shape
from mote.aot.unit import attributes, metadata
from mote.native_tables import native
from mote.tables import tables
from mote.wasm.model import FuncType

NO_TRAPS = ("NONE", "DEADLINE", "HOST", "OUT_OF_MEMORY", "EXIT")


class Thunks:
    """The thunks of a module."""

    def __init__(self, shape: Shape) -> None:
        self.shape = shape

    def symbols(self) -> list[str]:
        """All thunks that the module may need; those that nothing calls are dropped when the image is linked, entries
        excepted."""
        shape = self.shape
        types = sorted({shape.canonical(i) for i in range(len(shape.module.types))})
        own = sorted({shape.canonical(t) for t in shape.module.functions})
        traps = [name for name in tables().traps if name not in NO_TRAPS]
        return [
            *(f"t{name}" for name in traps),
            *(f"i{i}" for i in range(shape.imported_functions)),
            *(f"x{table}_{type_}" for table in range(shape.table_count) for type_ in types),
            *(f"e{type_}" for type_ in own),
        ]

    def lower(self, symbol: str) -> str:
        """A thunk's LLVM IR."""
        make = {"t": self.trap, "i": self.importing, "x": self.indirect, "e": self.entry}[symbol[0]]
        result, params, lines = make(symbol[1:])
        debug = " !dbg !10" if self.shape.has_frames else ""
        scope = ", !dbg !99" if self.shape.has_frames else ""
        lines = [f"  {line}{scope}" if "call " in line else f"  {line}" if not line.endswith(":") else line for line in lines]
        body = "\n".join(lines)
        head = f"define hidden {result} @{symbol}({params}) {attributes(self.shape)}{debug}"
        if symbol[0] == "x":
            head = "\n".join([*self.distances(symbol), head])
        return f"{head} {{\nentry:\n{body}\n}}\n{metadata(self.shape, [])}"

    def helper(self, name: str) -> list[str]:
        """The lines that give a helper's address as %h."""
        word = self.shape.target.word_bytes
        return [
            f"%ht = getelementptr i8, ptr %c, i32 {self.shape.offset('mote_context', 'helpers')}",
            "%hs = load ptr, ptr %ht, !invariant.load !1",
            f"%hp = getelementptr i8, ptr %hs, i32 {native().helpers[name].number * word}",
            "%h = load ptr, ptr %hp, !invariant.load !1",
        ]

    def trap(self, name: str) -> tuple[str, str, list[str]]:
        """Calls the helper TRAP, as a jump where the target can, so that the return address is the place of the trap."""
        number = list(tables().traps).index(name)
        has_offset = "trap-ip" in self.shape.call_stack
        offset = "%o" if has_offset else "-1"
        call = f"tail call void %h(ptr %c, i32 {number}, i32 {offset})"
        return "void", "ptr %c, i32 %o" if has_offset else "ptr %c", [*self.helper("TRAP"), call, "ret void"]

    def params(self, type_: FuncType) -> list[str]:
        """The parameters of a type as LLVM's."""
        return [f"{self.shape.llvm_type(t)} %p{i}" for i, t in enumerate(type_.params)]

    def call_by_cells(self, type_: FuncType, helper: str, arguments: str) -> list[str]:
        """The lines that call a helper with the parameters in cells and return what it leaves there."""
        shape = self.shape
        places, back = shape.cells(type_.params), shape.cells(type_.results)
        lines = []
        for i, valtype in enumerate(type_.params):
            lines.append(f"%s{i} = getelementptr i8, ptr %cells, i32 {places[i]}")
            lines.append(f"store {shape.llvm_type(valtype)} %p{i}, ptr %s{i}, align 4")
        lines += [*self.helper(helper), f"call void %h(ptr %c, {arguments}, ptr %cells)"]
        return lines + self.results_from(type_, back)

    def cells(self, type_: FuncType) -> str:
        """The line that makes room for a type's cells."""
        size = max(self.shape.cells(type_.params)[-1], self.shape.cells(type_.results)[-1], 4)
        return f"%cells = alloca [{size} x i8], align 8"

    def results_from(self, type_: FuncType, places: list[int]) -> list[str]:
        """The lines that return results from cells."""
        types = [self.shape.llvm_type(t) for t in type_.results]
        lines = []
        for i, result in enumerate(types):
            lines.append(f"%l{i} = getelementptr i8, ptr %cells, i32 {places[i]}")
            lines.append(f"%r{i} = load {result}, ptr %l{i}, align 4")
        if not types:
            return ["ret void"]
        if len(types) == 1:
            return [*lines, f"ret {types[0]} %r0"]
        struct, whole = "{ " + ", ".join(types) + " }", "poison"
        for i, result in enumerate(types):
            lines.append(f"%w{i} = insertvalue {struct} {whole}, {result} %r{i}, {i}")
            whole = f"%w{i}"
        return [*lines, f"ret {struct} {whole}"]

    def importing(self, symbol: str) -> tuple[str, str, list[str]]:
        """Calls an imported function through the firmware."""
        shape, funcidx = self.shape, int(symbol)
        type_ = shape.function_types[funcidx]
        lines = [
            self.cells(type_),
            f"%it = getelementptr i8, ptr %c, i32 {shape.offset('mote_context', 'imports')}",
            "%is = load ptr, ptr %it, !invariant.load !1",
            f"%ip = getelementptr i8, ptr %is, i32 {funcidx * shape.target.word_bytes}",
            "%i = load ptr, ptr %ip, !invariant.load !1",
            *self.call_by_cells(type_, "CALL", "ptr %i"),
        ]
        return shape.signature(type_)[0], ", ".join([f"ptr {shape.target.pinned}%c", *self.params(type_)]), lines

    def indirect(self, symbol: str) -> tuple[str, str, list[str]]:
        """Jumps to the code of a table's element if that is a function of this instance and of the wanted type;
        everything else is left to the firmware."""
        shape = self.shape
        table, typeidx = (int(part) for part in symbol.split("_"))
        type_ = shape.module.types[typeidx]
        result, _ = shape.signature(type_)
        passed = ", ".join([f"ptr {shape.target.pinned}%c", *self.params(type_)])
        jump = f"tail call {result} %code({passed})"
        content = shape.static_table(table)
        lines = [
            self.cells(type_),
            *(self.find_dynamic(table, typeidx) if content is None else self.find_static(f"x{symbol}", len(content))),
            *([jump, "ret void"] if result == "void" else [f"%j = {jump}", f"ret {result} %j"]),
            "slow:",
            *self.call_by_cells(type_, "CALL_INDIRECT", f"i32 {table}, i32 %x, i32 {typeidx}"),
        ]
        return result, f"{passed}, i32 %x", lines

    def find_static(self, symbol: str, count: int) -> list[str]:
        """The lines that find %code in a table of distances in the image; 0 where no function of the type is."""
        bit = 1 if self.shape.target.arch == "thumb" else 0
        return [
            f"%in = icmp ult i32 %x, {count}",
            "br i1 %in, label %inside, label %slow, !prof !3",
            "inside:",
            f"%dp = getelementptr i32, ptr @{symbol}.d, i32 %x",
            "%d = load i32, ptr %dp",
            "%some = icmp ne i32 %d, 0",
            "br i1 %some, label %go, label %slow, !prof !3",
            "go:",
            f"%{'even' if bit else 'code'} = getelementptr i8, ptr @{symbol}.d, i32 %d",
            *(["%code = getelementptr i8, ptr %even, i32 1"] if bit else []),
        ]

    def distances(self, symbol: str) -> list[str]:
        """The table of distances for an indirect call, as declarations and a constant; nothing where the content is not known."""
        table, typeidx = (int(part) for part in symbol[1:].split("_"))
        content = self.shape.static_table(table)
        if content is None:
            return []
        word = self.shape.target.word
        fits = [self.fits(funcidx, typeidx) for funcidx in content]
        result, params = self.shape.signature(self.shape.module.types[typeidx])
        here = f"{word} ptrtoint (ptr @{symbol}.d to {word})"
        entries = []
        for funcidx, is_ours in zip(content, fits, strict=True):
            distance = f"{word} sub ({word} ptrtoint (ptr @f{funcidx} to {word}), {here})"
            entries.append("i32 0" if not is_ours else f"i32 trunc ({distance} to i32)" if word == "i64" else distance)
        used = sorted({funcidx for funcidx, is_ours in zip(content, fits, strict=True) if is_ours and funcidx is not None})
        declared = [f"declare hidden {result} @f{funcidx}({params})" for funcidx in used]
        return [*declared, f"@{symbol}.d = private unnamed_addr constant [{len(entries)} x i32] [{', '.join(entries)}], align 4"]

    def fits(self, funcidx: int | None, typeidx: int) -> bool:
        """Whether an element of a table is a function of this module with the type."""
        if funcidx is None or funcidx < self.shape.imported_functions:
            return False
        return self.shape.canonical(self.shape.module.function_types()[funcidx]) == typeidx

    def find_dynamic(self, table: int, typeidx: int) -> list[str]:
        """The lines that find %code in the table as it is when the code runs."""
        shape = self.shape
        word, size = shape.target.word, shape.target.word_bytes
        index = "%x" if word == "i32" else "%x64"
        return [
            *self.field("ts", "%c", "mote_context", "tables", "ptr", invariant=True),
            f"%tp = getelementptr i8, ptr %ts, i32 {table * size}",
            "%t = load ptr, ptr %tp, !invariant.load !1",
            *self.field("n", "%t", "mote_table", "size", "i32"),
            *self.field("es", "%t", "mote_table", "elements", "ptr"),
            "%in = icmp ult i32 %x, %n",
            "br i1 %in, label %inside, label %slow, !prof !3",
            "inside:",
            *([] if word == "i32" else ["%x64 = zext i32 %x to i64"]),
            f"%ep = getelementptr ptr, ptr %es, {word} {index}",
            "%f = load ptr, ptr %ep, !tbaa !8",
            "%some = icmp ne ptr %f, null",
            "br i1 %some, label %there, label %slow, !prof !3",
            "there:",
            *self.field("fi", "%f", "mote_func", "instance", "ptr"),
            *self.field("ci", "%c", "mote_context", "instance", "ptr", invariant=True),
            *self.field("ft", "%f", "mote_func", "type", "ptr"),
            *self.field("cts", "%c", "mote_context", "types", "ptr", invariant=True),
            f"%ct = getelementptr i8, ptr %cts, i32 {typeidx * shape.size('mote_functype')}",
            "%same = icmp eq ptr %fi, %ci",
            "br i1 %same, label %ours, label %slow, !prof !3",
            "ours:",
            "%fits = icmp eq ptr %ft, %ct",
            "br i1 %fits, label %go, label %slow, !prof !3",
            "go:",
            *self.field("code", "%f", "mote_func", "of", "ptr"),
        ]

    def field(self, name: str, pointer: str, structure: str, field: str, type_: str, invariant: bool = False) -> list[str]:
        """The lines that read a field of a structure as %name."""
        tail = ", !invariant.load !1" if invariant else ", !tbaa !8"
        return [
            f"%{name}.p = getelementptr i8, ptr {pointer}, i32 {self.shape.offset(structure, field)}",
            f"%{name} = load {type_}, ptr %{name}.p{tail}",
        ]

    def entry(self, symbol: str) -> tuple[str, str, list[str]]:
        """Calls code of a type with parameters from cells and puts the results there."""
        shape = self.shape
        type_ = shape.module.types[int(symbol)]
        places, back = shape.cells(type_.params), shape.cells(type_.results)
        result, _ = shape.signature(type_)
        lines = []
        for i, valtype in enumerate(type_.params):
            lines.append(f"%l{i} = getelementptr i8, ptr %cells, i32 {places[i]}")
            lines.append(f"%p{i} = load {shape.llvm_type(valtype)}, ptr %l{i}, align 4")
        call = f"call {result} %code({', '.join([f'ptr {shape.target.pinned}%c', *self.params(type_)])})"
        lines.append(call if result == "void" else f"%r = {call}")
        for i, valtype in enumerate(type_.results):
            kind = shape.llvm_type(valtype)
            lines.append(f"%s{i} = getelementptr i8, ptr %cells, i32 {back[i]}")
            if len(type_.results) > 1:
                lines.append(f"%x{i} = extractvalue {result} %r, {i}")
            lines.append(f"store {kind} {'%r' if len(type_.results) == 1 else f'%x{i}'}, ptr %s{i}, align 4")
        return "void", "ptr %c, ptr %code, ptr %cells", [*lines, "ret void"]
