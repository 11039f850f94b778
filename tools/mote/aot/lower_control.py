"""Control instructions, locals and the parametric ones (specification, 4.4.4, 4.4.5, 4.4.8): labels become blocks,
branches edges with phis at their ends. Code that cannot run is skipped."""

from mote.aot.function import Branch, Function, Handler, Label, Value
from mote.aot.loops import Plan, plan_loop, write_test
from mote.aot.lower_memory import memory_size
from mote.wasm.body import BlockType, Instruction


def block_types(f: Function, blocktype: BlockType) -> tuple[list[str], list[str]]:
    """What a block takes and gives, as LLVM types."""
    if blocktype.typeidx is not None:
        type_ = f.shape.module.types[blocktype.typeidx]
        return [f.shape.llvm_type(t) for t in type_.params], [f.shape.llvm_type(t) for t in type_.results]
    return [], [] if blocktype.valtype is None else [f.shape.llvm_type(blocktype.valtype)]


def edge(f: Function, count: int, keep: bool = True) -> Branch:
    """The edge from the block being written, with the top `count` operands (which stay on the stack)."""
    if count:
        f.stack[-count:] = [f.whole(v) for v in f.stack[-count:]]
    values = f.stack[-count:] if count else []
    return Branch(f.block, values, list(f.locals) if keep else [], dict(f.checked))


def open_label(f: Function, kind: str, blocktype: BlockType) -> Label:
    """A label for a block; its operands stay on the stack."""
    params, results = block_types(f, blocktype)
    label = Label(kind, f.fresh_block(), params, results, len(f.stack) - len(params))
    f.labels.append(label)
    return label


def block(f: Function, ins: Instruction) -> None:
    """block."""
    open_label(f, "block", ins.immediates[0])


# Properties of loops in metadata: left without polls; not worth any size.
QUIET = '!{!"mote.quiet"}'
COLD = ('!{!"llvm.loop.unroll.disable"}', '!{!"llvm.loop.vectorize.enable", i1 false}')


# Instructions up to which an inner loop that does not count is unrolled.
UNROLLED_MAX = 16


def loop(f: Function, ins: Instruction) -> None:
    """loop: written twice where that saves checks or polls."""
    if ins.offset in f.calling:
        f.check_stack()
    plan = plan_loop(f, f.index - 1) if f.versions else None
    if plan is None:
        plain_loop(f, ins, f.loop_id(*unrolled(f, f.index)) if f.versions else "")
    else:
        two_loops(f, f.index - 1, plan)


def unrolled(f: Function, index: int) -> tuple[str, ...]:
    """The property that has a small inner loop that does not count unrolled: its poll is then made less often."""
    depth = 1
    for i in range(index, min(index + UNROLLED_MAX, len(f.code))):
        name = f.code[i].op.name
        if name in ("LOOP", "CALL", "CALL_INDIRECT"):
            return ()
        depth += (name in ("BLOCK", "IF")) - (name == "END")
        if depth == 0:
            return ('!{!"llvm.loop.unroll.count", i32 4}',)
    return ()


def two_loops(f: Function, index: int, plan: Plan) -> None:
    """A loop without checks and polls, and the same loop with them; a test decides."""
    ins = f.code[index]
    quick, careful = f.fresh_block(), f.fresh_block()
    write_test(f, plan, memory_size, careful)
    label = open_label(f, "block", ins.immediates[0])
    start = edge(f, 0)
    stack = list(f.stack)
    f.write(f"br label %{quick}")
    for block_name, properties, proven in ((quick, (QUIET,), plan.proven), (careful, COLD, frozenset())):
        f.start_block(block_name)
        f.stack[:] = stack
        f.locals = list(start.locals)
        f.checked = dict(start.checked)
        f.reachable = True
        f.versions, f.proven = False, proven
        plain_loop(f, ins, f.loop_id(*properties))
        f.run(index + 1, plan.stop + 1)
        f.versions, f.proven = True, frozenset()
        leave(f, label)
    f.index = plan.stop + 1
    join(f, f.labels.pop())


def plain_loop(f: Function, ins: Instruction, latch: str = "") -> None:
    """A loop: a block whose beginning has phis for its operands and for the locals that it assigns."""
    label = open_label(f, "loop", ins.immediates[0])
    label.latch = latch
    label.branches.append(edge(f, len(label.params)))
    f.write(f"br label %{label.block}")
    f.start_block(label.block)
    label.header = len(f.lines)
    f.lines.append("")
    for i in range(len(label.params)):
        name = f.name()
        label.phis.append((None, label.params[i], name))
        f.stack[label.height + i] = Value(label.params[i], name)
    for local in sorted(f.assigned[ins.offset]):
        type_ = f.locals[local].type if f.locals[local].type != "i1" else "i32"
        name = f.name()
        label.phis.append((local, type_, name))
        f.locals[local] = Value(type_, name)


def if_(f: Function, ins: Instruction) -> None:
    """if."""
    condition = f.pop_condition()
    label = open_label(f, "if", ins.immediates[0])
    label.else_branch = edge(f, len(label.params))
    label.else_block = f.fresh_block()
    then = f.fresh_block()
    f.write(f"br i1 {condition}, label %{then}, label %{label.else_block}")
    f.start_block(then)


def else_(f: Function, _: Instruction) -> None:
    """else: the first arm ends, the second begins as the `if` did."""
    label = f.labels[-1]
    if f.reachable:
        leave(f, label)
    begin_else(f, label)


def begin_else(f: Function, label: Label) -> None:
    """Go on where the condition was 0."""
    start = label.else_branch
    label.else_branch = None
    f.start_block(label.else_block)
    del f.stack[label.height :]
    f.stack += start.values
    f.locals = list(start.locals)
    f.checked = dict(start.checked)
    f.reachable = True


def leave(f: Function, label: Label) -> None:
    """Branch to a label's end and end the block."""
    label.branches.append(edge(f, len(label.results)))
    f.write(f"br label %{label.block}")
    f.reachable = False


def end(f: Function, _: Instruction) -> None:
    """end: of a block, a loop, an if, or the function."""
    label = f.labels.pop()
    if label.kind == "func":
        if f.reachable:
            label.branches.append(edge(f, len(label.results), keep=False))
            f.write(f"br label %{label.block}")
        finish(f, label)
        return
    if label.kind == "loop":
        write_phis(f, label)
        if not f.reachable:
            del f.stack[label.height :]
        return
    if label.else_branch:  # an if without else: the other arm gives its operands back
        if f.reachable:
            leave(f, label)
        begin_else(f, label)
        leave(f, label)
    join(f, label)


def join(f: Function, label: Label) -> None:
    """Go on behind a block, if anything gets there."""
    if f.reachable:
        if not label.branches:
            return  # only the code before gets there: no new block is needed
        leave(f, label)
    del f.stack[label.height :]
    if not label.branches:
        return
    f.reachable = True
    f.start_block(label.block)
    for i, type_ in enumerate(label.results):
        f.stack.append(merge(f, type_, [(b.values[i], b.block) for b in label.branches]))
    first = label.branches[0].locals
    for i, value in enumerate(first):
        if any(b.locals[i] is not value for b in label.branches):
            type_ = "i32" if value.type == "i1" else value.type
            first[i] = merge(f, type_, [(b.locals[i], b.block) for b in label.branches])
    f.locals = first
    f.checked = common([b.checked for b in label.branches])


def common(checked: list[dict[str, int]]) -> dict[str, int]:
    """What is known of addresses on all edges."""
    first, *others = checked
    for other in others:
        first = {address: min(end, other[address]) for address, end in first.items() if address in other}
    return first


def merge(f: Function, type_: str, edges: list[tuple[Value, str]]) -> Value:
    """A value that depends on the edge; no phi when it is the same on all."""
    first = edges[0][0]
    if all(value == first for value, _ in edges):
        return first
    texts = ", ".join(f"[ {value.text}, %{source} ]" for value, source in edges)
    return Value(type_, f.assign(f"phi {type_} {texts}"))


def write_phis(f: Function, label: Label) -> None:
    """The phis of a loop's header, now that all edges to it are known."""
    lines = []
    operand = 0
    for local, type_, name in label.phis:
        edges = [((b.values[operand] if local is None else b.locals[local]), b.block) for b in label.branches]
        operand += local is None
        lines.append(f"  {name} = phi {type_} " + ", ".join(f"[ {v.text}, %{source} ]" for v, source in edges))
    f.lines[label.header] = "\n".join(lines)


def target(f: Function, depth: int) -> tuple[Label, int]:
    """The label of a branch, and how many operands it takes along."""
    label = f.labels[-1 - depth]
    return label, len(label.params if label.kind == "loop" else label.results)


def branch(f: Function, depth: int) -> str:
    """Note an edge to a label; its block."""
    label, count = target(f, depth)
    label.branches.append(edge(f, count, keep=label.kind != "func"))
    return label.block


def br(f: Function, ins: Instruction) -> None:
    """br."""
    f.write(f"br label %{branch(f, ins.immediates[0])}")
    f.reachable = False


def br_if(f: Function, ins: Instruction) -> None:
    """br_if."""
    condition = f.pop_condition()
    there = branch(f, ins.immediates[0])
    here = f.fresh_block()
    f.write(f"br i1 {condition}, label %{there}, label %{here}{f.labels[-1 - ins.immediates[0]].latch}")
    cached = f.cached
    f.start_block(here)
    f.cached = cached


def br_table(f: Function, ins: Instruction) -> None:
    """br_table: a switch; labels with the same target have an edge each, as LLVM wants it."""
    labels, default = ins.immediates[0]
    index = f.pop()
    cases = [f"i32 {i}, label %{branch(f, depth)}" for i, depth in enumerate(labels) if depth != default]
    f.write(f"switch i32 {index}, label %{branch(f, default)} [ {' '.join(cases)} ]")
    f.reachable = False


def return_(f: Function, _: Instruction) -> None:
    """return: a branch to the function's own label."""
    f.write(f"br label %{branch(f, len(f.labels) - 1)}")
    f.reachable = False


def finish(f: Function, label: Label) -> None:
    """The function's end: what all returns give."""
    if not label.branches:
        return
    f.start_block(label.block)
    results = [merge(f, t, [(b.values[i], b.block) for b in label.branches]) for i, t in enumerate(label.results)]
    if not results:
        f.write("ret void")
    elif len(results) == 1:
        f.write(f"ret {results[0].type} {results[0].text}")
    else:
        struct = "{ " + ", ".join(label.results) + " }"
        whole = "poison"
        for i, value in enumerate(results):
            whole = f.assign(f"insertvalue {struct} {whole}, {value.type} {value.text}, {i}")
        f.write(f"ret {struct} {whole}")


def unreachable(f: Function, _: Instruction) -> None:
    """unreachable."""
    f.trap_always("UNREACHABLE")


def nop(_: Function, __: Instruction) -> None:
    """nop."""


def drop(f: Function, _: Instruction) -> None:
    """drop."""
    f.stack.pop()


def select(f: Function, _: Instruction) -> None:
    """select."""
    condition = f.pop_condition()
    b, a = f.pop_value(), f.pop_value()
    f.emit(a.type, f"select i1 {condition}, {a.type} {a.text}, {b.type} {b.text}")


def local_get(f: Function, ins: Instruction) -> None:
    """local.get."""
    f.stack.append(f.locals[ins.immediates[0]])


def local_set(f: Function, ins: Instruction) -> None:
    """local.set."""
    f.locals[ins.immediates[0]] = f.pop_value()


def local_tee(f: Function, ins: Instruction) -> None:
    """local.tee."""
    f.stack[-1] = f.locals[ins.immediates[0]] = f.whole(f.stack[-1])


HANDLERS: dict[str, Handler] = {
    "UNREACHABLE": unreachable,
    "NOP": nop,
    "BLOCK": block,
    "LOOP": loop,
    "IF": if_,
    "ELSE": else_,
    "END": end,
    "BR": br,
    "BR_IF": br_if,
    "BR_TABLE": br_table,
    "RETURN": return_,
    "DROP": drop,
    "SELECT": select,
    "SELECT_T": select,
    "LOCAL_GET": local_get,
    "LOCAL_SET": local_set,
    "LOCAL_TEE": local_tee,
}
