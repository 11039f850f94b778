"""LLVM IR to machine code. This file knows llvmlite."""

import re
from functools import cache

import llvmlite
import llvmlite.binding as llvm

from mote.aot.options import Options
from mote.aot.polls import insert_polls
from mote.aot.targets import Target

LEVEL = {"0": 0, "1": 1, "2": 2, "3": 3, "s": 2, "z": 2}


class IrError(Exception):
    """LLVM refuses what lowering wrote: a mistake of ours."""


def version() -> str:
    """Which compiler this is, for the keys of the cache."""
    return f"llvmlite {llvmlite.__version__} llvm {'.'.join(map(str, llvm.llvm_version_info))}"


@cache
def initialize() -> None:
    """Make LLVM's targets known, once."""
    llvm.initialize_all_targets()
    llvm.initialize_all_asmprinters()
    llvm.initialize_native_asmparser()
    # Arguments pushed one by one would move x86's stack pointer between calls, and frames would have no fixed size.
    llvm.set_option("mote", "-no-x86-call-frame-opt")
    # Interpreters and state machines jump from state to state, not through a switch: 8 to 16 % of CoreMark's instructions.
    llvm.set_option("mote", "-enable-dfa-jump-thread")


@cache
def machine(target: Target, level: str) -> llvm.TargetMachine:
    """LLVM's code generator for a target."""
    initialize()
    return llvm.Target.from_triple(target.triple).create_target_machine(
        cpu=target.cpu,
        features=target.features,
        opt=LEVEL[level],
        reloc="pic",
        codemodel="small" if target.bits == 64 and target.arch != "riscv64" else "default",
    )


def parse(ir: str, target: Target, tm: llvm.TargetMachine) -> llvm.ModuleRef:
    """A module from IR, for a target."""
    head = f'target datalayout = "{tm.target_data}"\ntarget triple = "{target.triple}"\n'
    try:
        return llvm.parse_assembly(head + ir)
    except RuntimeError as error:
        raise IrError(str(error)) from error


def optimize(module: llvm.ModuleRef, target: Target, tm: llvm.TargetMachine, level: str) -> None:
    """Run LLVM's standard passes."""
    if LEVEL[level] == 0:
        return
    tuning = llvm.create_pipeline_tuning_options(LEVEL[level])
    tuning.loop_unrolling = level == "3" or (level == "2" and target.bits == 64)  # elsewhere only what lowering asks for
    tuning.slp_vectorization = level in "23"
    tuning.loop_vectorization = level == "3"  # at level 2 it made the bench set no faster and images 3 % larger
    builder = llvm.create_pass_builder(tm, tuning)
    builder.getModulePassManager().run(module, builder)


def returning(text: str) -> str:
    """The module without its function's attribute `noreturn`: of such a function Arm's code would not save the return address, by
    which call stacks go on."""
    attributes = re.search(r"^define .* #(\d+)", text, re.MULTILINE)
    found = attributes and re.search(rf"^attributes #{attributes[1]} = {{[^}}]*\bnoreturn ", text, re.MULTILINE)
    return text[: found.end() - len("noreturn ")] + text[found.end() :] if found else text


def compile_ir(ir: str, target: Target, options: Options, emit: str = "obj") -> bytes | str:
    """Machine code of a unit: an ELF object, or with `emit` its optimised IR ("ir") or assembly ("asm") as text."""
    tm = machine(target, options.level)
    module = parse(ir, target, tm)
    optimize(module, target, tm, options.level)
    text = str(module)
    changed = text if target.arch == "x86_64" else returning(text)
    if options.interrupt:
        trap_ip = target.call_stack if options.call_stack is None else options.call_stack
        changed = insert_polls(changed, "trap-ip" in trap_ip)
    if changed is not text:
        module = llvm.parse_assembly(changed)
    if emit == "ir":
        return str(module)
    return tm.emit_assembly(module) if emit == "asm" else tm.emit_object(module)
