"""Generates function bodies: statements, bounded by a fuel global, and the results."""

from collections.abc import Callable

from differential.encode import NUMBERS, opcode
from differential.expressions import EMPTY_BLOCK, LETTERS, MAX_DEPTH, Expressions, Label, memory_ops


class FunctionWriter(Expressions):
    """Writes one body."""

    def write(self) -> bytes:
        """The whole body, without its END."""
        self.burn_fuel()
        for _ in range(self.choices.between(1, 6)):
            self.statement(0)
        for kind in self.kind.results:
            self.expression(kind, 0)
        return bytes(self.code)

    def statement(self, depth: int) -> None:
        """Code that leaves the stack as it was."""
        if depth >= MAX_DEPTH or not self.spend():
            return
        shapes: list[tuple[int, Callable[[int], None]]] = [
            (8, self.set_local), (4, self.set_global), (6, self.store), (4, self.nested), (3, self.branch_if),
            (1, self.branch), (2, self.wrapped_table), (3, self.call_statement), (2, self.drop), (3, self.bulk),
            (2, self.table_statement), (1, self.unreachable),
        ]
        self.choices.weighted(shapes)(depth + 1)

    def set_local(self, depth: int) -> None:
        """local.set."""
        if len(self.locals) > 2:
            place = self.choices.below(len(self.locals) - 2)
            self.expression(self.locals[place], depth)
            self.op("local.set", place)

    def set_global(self, depth: int) -> None:
        """global.set."""
        if self.around.writable:
            place = self.choices.pick(self.around.writable)
            self.expression(self.around.globals[place], depth)
            self.op("global.set", place)

    def store(self, depth: int) -> None:
        """A store."""
        if not self.around.has_memory:
            return
        op = self.choices.pick(memory_ops(""))
        offset = self.address(depth)
        kind = LETTERS[(op.operands or "  ")[1]]
        self.expression(kind, depth)
        if kind[0] == "f":
            self.canonical(kind)
        self.memarg(op, offset)

    def nested(self, depth: int) -> None:
        """A block of statements; its results, if any, are dropped or stored."""
        results = tuple(self.choices.pick(NUMBERS) for _ in range(self.choices.below(4))) if self.choices.chance(25) else ()
        self.block(self.choices.pick(("block", "loop", "if")), results, depth)
        self.sink(results)

    def wrapped_table(self, depth: int) -> None:
        """A br_table in a block of its own, so that what follows can be reached."""
        self.code += opcode("block") + EMPTY_BLOCK
        self.labels.append(Label(()))
        self.branch_table(depth)
        self.labels.pop()
        self.op("end")

    def call_statement(self, depth: int) -> None:
        """A call whose results are dropped or stored."""
        kinds = self.around.callable_types()
        if kinds:
            chosen = self.choices.pick(kinds)
            self.call(chosen, self.around.functions_of(chosen), depth)
            self.sink(chosen.results)

    def drop(self, depth: int) -> None:
        """A value for nothing."""
        self.expression(self.choices.pick(NUMBERS), depth)
        self.op("drop")

    def unreachable(self, depth: int) -> None:
        """A trap behind a condition."""
        self.expression("i32", depth)
        self.code += opcode("if") + EMPTY_BLOCK
        self.op("unreachable")
        self.op("end")

    def bulk(self, depth: int) -> None:
        """memory.fill, copy, init; data.drop."""
        if not self.around.has_memory:
            return
        wanted = self.choices.below(4)
        if wanted >= 2 and not self.around.data_count:
            wanted -= 2
        if wanted == 3:
            self.op("data.drop", self.choices.below(self.around.data_count))
            return
        self.address(depth)
        self.address(depth) if wanted == 1 else self.index(40, depth)
        self.index(40, depth)
        if wanted == 0:
            self.op("memory.fill", 0)
        elif wanted == 1:
            self.op("memory.copy", 0, 0)
        else:
            self.op("memory.init", self.choices.below(self.around.data_count), 0)

    def table_statement(self, depth: int) -> None:
        """table.set, fill, copy, init; elem.drop."""
        if not self.around.tables:
            return
        table = self.choices.below(len(self.around.tables))
        kind = self.around.tables[table]
        wanted = self.choices.pick(("table.set", "table.fill", "table.copy", "table.init", "elem.drop"))
        segments = [i for i, of in enumerate(self.around.elements) if of == kind]
        if wanted in ("table.init", "elem.drop") and not segments:
            wanted = "table.set"
        if wanted == "elem.drop":
            self.op(wanted, self.choices.pick(segments))
            return
        self.index(10, depth)
        if wanted in ("table.set", "table.fill"):
            self.expression(kind, depth)
        if wanted in ("table.copy", "table.init"):
            self.index(10, depth)
        if wanted != "table.set":
            self.index(6, depth)
        immediates = {
            "table.set": [table], "table.fill": [table], "table.copy": [table, self.choices.pick(self.around.tables_of(kind))],
            "table.init": [self.choices.pick(segments), table] if segments else [],
        }
        self.op(wanted, *immediates[wanted])
