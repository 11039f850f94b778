"""Whether a device can take a module, told before it is sent: instructions, imports and native code against what the
device says of itself.

The device has the last word: what may fit is sent.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from mote.aot.section import NativeSection, read_sections
from mote.aot.targets import TARGETS
from mote.errors import ExitCode, UserError
from mote.wasm.model import FUNC, Module

# How a compiler is told to do without a feature, where it can.
FLAGS = {
    "BULK_MEMORY": "-mno-bulk-memory", "SIGN_EXTENSION": "-mno-sign-ext", "MULTI_VALUE": "-mno-multivalue",
    "MUTABLE_GLOBALS": "-mno-mutable-globals", "NONTRAPPING_FPTOINT": "-mno-nontrapping-fptoint",
    "REFERENCE_TYPES": "-mno-reference-types", "EXTENDED_CONST": "-mno-extended-const",
}  # fmt: skip

Info = Mapping[str, Any]


def check_module(module: Module, info: Info, where: str) -> None:
    """Refuse what the device cannot run; exit code 5 and what mends it."""
    check_entry(module, where)
    natives = read_sections(module.data)
    if any(may_run(native, info) for native in natives):
        return
    if any(native.is_stripped for native in natives):
        remedy = f"Compile it again from its source, then: mote aot FILE -t {info.get('target')}"
        raise UserError(
            f"it holds only native code {described(natives)}; {this_board(info)}", where, remedy, ExitCode.INCOMPATIBLE
        )
    if "interpreter" not in info.get("engines", ("interpreter",)):
        what = f"it has no native code for this board, which runs nothing else; {this_board(info)}"
        raise UserError(what, where, aot_line(where, info), ExitCode.INCOMPATIBLE)
    check_features(module, info, where)


def interpreted_note(natives: Sequence[NativeSection], info: Info, where: str, said: str = "") -> str:
    """For a module that has native code and is interpreted all the same: why, as the device says or as we see it, and
    what to do.
    """
    if not natives:
        return ""
    if any(native.target == info.get("target") for native in natives):
        return f"{where}: it is interpreted: {said or 'the device does not take its native code'}."
    return f"{where}: built {described(natives)}; {this_board(info)}: it is interpreted. {aot_line(where, info)}"


def may_run(native: NativeSection, info: Info) -> bool:
    """Whether a section is for the device's architecture and its ABI. Which CPUs of it can run the code is the
    firmware's to say.
    """
    if "native" not in info.get("engines", ("native",)):
        return False
    ours, theirs = TARGETS.get(native.target), TARGETS.get(str(info.get("target")))
    abi = list(info.get("abi", ()))
    header = native.header
    same = ours is None or theirs is None or ours.arch == theirs.arch
    return same and (len(abi) != 2 or (header["abi_major"] == abi[0] and header["abi_minor"] <= abi[1]))


def described(natives: Iterable[NativeSection]) -> str:
    """Native sections for people."""
    return "for " + ", ".join(
        f"{native.target} (ABI {native.header['abi_major']}.{native.header['abi_minor']})" for native in natives
    )


def this_board(info: Info) -> str:
    """The device's target and ABI for people."""
    abi = list(info.get("abi", ()))
    return f"this board: {info.get('target', 'unknown')}" + (f" (ABI {abi[0]}.{abi[1]})" if len(abi) == 2 else "")


def aot_line(where: str, info: Info) -> str:
    """The command that makes native code for the device."""
    return f"Run: mote aot {where} -t {info.get('target', 'TARGET')}"


def check_features(module: Module, info: Info, where: str) -> None:
    """Every feature that the module needs is one of the firmware's."""
    from mote.report import function_label
    from mote.wasm.features import find_features

    if "features" not in info:
        return
    found = find_features(module)
    for unknown in found.unknown:
        what = f"{unknown.text} in {function_label(module, unknown.funcidx)} is no instruction that mote knows"
        raise UserError(what, where, "Compile the module without it.", ExitCode.INCOMPATIBLE)
    for need in found.in_order():
        if need.feature.text in info["features"]:
            continue
        place = function_label(module, need.funcidx) if need.funcidx is not None else need.where
        flag = FLAGS.get(need.feature.name)
        without = f"or compile with {flag}" if flag else "or compile the module without it"
        what = f"{need.what} in {place} needs {need.feature.text}, which this board's firmware lacks"
        raise UserError(what, where, f"Enable {need.feature.symbol} in the firmware {without}.", ExitCode.INCOMPATIBLE)


def check_entry(module: Module, where: str) -> None:
    """A program begins at `_start`."""
    if not any(export.name == "_start" and export.kind == FUNC for export in module.exports):
        what = "it exports no _start: a device runs programs, not libraries"
        raise UserError(what, where, "Compile it with a main function: mote build", ExitCode.INCOMPATIBLE)
