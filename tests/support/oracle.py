"""Another engine behind the driver's protocol: wasmtime. Checks the tests themselves, and mote in differential tests."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import wasmtime

from support.protocol import Answer, decode_name, encode_name

# What wasmtime says (the start of it), in the words of the official test suite.
TRAP_TEXTS = {
    "wasm `unreachable` instruction executed": "unreachable",
    "out of bounds memory access": "out of bounds memory access",
    "undefined element: out of bounds table access": "undefined element",
    "out of bounds table access": "out of bounds table access",
    "uninitialized element": "uninitialized element",
    "indirect call type mismatch": "indirect call type mismatch",
    "integer divide by zero": "integer divide by zero",
    "integer overflow": "integer overflow",
    "invalid conversion to integer": "invalid conversion to integer",
    "call stack exhausted": "call stack exhausted",
    "interrupt": "deadline exceeded",
}


@cache
def engine(simd: bool = False) -> wasmtime.Engine:
    """An engine with WebAssembly 2.0 (SIMD or not) and extended constant expressions, nothing newer."""
    config = wasmtime.Config()
    config.wasm_relaxed_simd = False
    config.wasm_simd = simd
    config.wasm_gc = False
    config.wasm_function_references = False
    for newer in ("threads", "tail_call", "multi_memory", "memory64", "exceptions", "wide_arithmetic", "stack_switching",
                  "custom_page_sizes", "component_model"):
        setattr(config, f"wasm_{newer}", False)
    config.cranelift_opt_level = "none"
    config.cranelift_nan_canonicalization = True
    config.parallel_compilation = False
    config.max_wasm_stack = 1536 << 10  # more needs another setting, which Python cannot reach
    return wasmtime.Engine(config)


def accepts(module: bytes, simd: bool = False) -> bool:
    """Whether wasmtime takes the module as valid WebAssembly 2.0."""
    try:
        wasmtime.Module.validate(engine(simd), module)
    except wasmtime.WasmtimeError:
        return False
    return True


def trap_text(trap: wasmtime.Trap) -> str:
    """The official text of a trap."""
    for line in trap.message.splitlines():
        said = line.strip().rpartition("wasm trap: ")[2]
        for start, text in TRAP_TEXTS.items():
            if said.startswith(start):
                return text
    return trap.message.replace("\n", " ")


class Oracle:
    """Obeys the driver's commands with wasmtime in this process."""

    def __init__(self) -> None:
        self.reset()

    def reset(self, *_: str) -> Answer:
        """Forget everything."""
        self.store = wasmtime.Store(engine())
        self.staged = b""
        self.last_frames: list[tuple[int, int]] = []
        self.modules: dict[str, wasmtime.Module] = {}
        self.instances: dict[str, wasmtime.Instance] = {}
        self.registered: dict[str, wasmtime.Instance] = {}
        self.host = {name: wasmtime.Func(self.store, _functype(types), _ignore) for name, types in HOST_PRINT.items()}
        return Answer("ok", "")

    def native(self, *_: str) -> Answer:
        """How native code is to be used, which is not wasmtime's business."""
        return Answer("ok", "")

    def __enter__(self) -> Oracle:
        return self

    def __exit__(self, *_: object) -> None:
        self.store.close()

    def run(self, commands: Sequence[str]) -> list[Answer]:
        """Obey commands and return one answer each."""
        return [self.ask(command) for command in commands]

    def ask(self, command: str) -> Answer:
        """Obey one command; what wasmtime throws becomes an answer."""
        verb, *words = command.split()
        action: Callable[..., Answer] = getattr(self, verb)
        try:
            return action(*words)
        except wasmtime.Trap as trap:
            self.last_frames = [(frame.func_index, frame.module_offset) for frame in trap.frames]
            return Answer("trap", trap_text(trap))
        except wasmtime.WasmtimeError as error:
            return Answer("error", "- - " + str(error).replace("\n", " "))
        except KeyError as error:
            return Answer("fail", f"no such thing: {error}")

    def stage(self, digits: str = "") -> Answer:
        """Append bytes to the staging buffer."""
        self.staged += bytes.fromhex(digits)
        return Answer("ok", str(len(self.staged)))

    def file(self, path: str) -> Answer:
        """Fill the staging buffer from a file."""
        self.staged = Path(decode_name(path)).read_bytes()
        return Answer("ok", str(len(self.staged)))

    def _take(self) -> bytes:
        staged, self.staged = self.staged, b""
        return staged

    def validate(self) -> Answer:
        """Check what is staged."""
        wasmtime.Module.validate(engine(), self._take())
        return Answer("ok", "")

    def load(self, handle: str) -> Answer:
        """Make a module of what is staged."""
        self.modules[handle] = wasmtime.Module(engine(), self._take())
        return Answer("ok", "")

    def unload(self, handle: str) -> Answer:
        """Drop a module."""
        del self.modules[handle]
        return Answer("ok", "")

    def instantiate(self, handle: str, module: str) -> Answer:
        """Link a module against what is registered and run its start function."""
        imports = []
        for wanted in self.modules[module].imports:
            found = self._find_import(wanted.module, wanted.name or "")
            if found is None:
                return Answer("error", f"- - unknown import: {wanted.module}.{wanted.name}")
            imports.append(found)
        self.instances[handle] = wasmtime.Instance(self.store, self.modules[module], imports)
        return Answer("ok", "")

    def _find_import(self, module: str, name: str) -> object | None:
        if module == "host":
            return self.host.get(name)
        instance = self.registered.get(module)
        return instance.exports(self.store).get(name) if instance else None

    def free(self, handle: str) -> Answer:
        """Drop an instance."""
        del self.instances[handle]
        return Answer("ok", "")

    def register(self, handle: str, name: str) -> Answer:
        """Offer an instance's exports under a name."""
        self.registered[decode_name(name)] = self.instances[handle]
        return Answer("ok", "")

    def _export(self, handle: str, name: str) -> object:
        return self.instances[handle].exports(self.store)[decode_name(name)]

    def call(self, handle: str, name: str, *words: str) -> Answer:
        """Call an exported function."""
        func = self._export(handle, name)
        assert isinstance(func, wasmtime.Func)
        results = func(self.store, *[_decode_value(word) for word in words])
        types = func.type(self.store).results
        listed = [] if not types else results if len(types) > 1 else [results]
        return Answer("ok", " ".join(_encode_value(str(t), v) for t, v in zip(types, listed, strict=True)))

    def get(self, handle: str, name: str) -> Answer:
        """Read an exported global."""
        found = self._export(handle, name)
        assert isinstance(found, wasmtime.Global)
        return Answer("ok", _encode_value(str(found.type(self.store).content), found.value(self.store)))

    def memory(self, handle: str) -> Answer:
        """Size and checksum of the first exported memory."""
        for export in self.instances[handle].exports(self.store).values():
            if isinstance(export, wasmtime.Memory):
                data = bytes(export.read(self.store))
                return Answer("ok", f"{len(data)} {zlib.crc32(data):08x}")
        return Answer("ok", "0 00000000")

    def frames(self) -> Answer:
        """The call stack at the last trap, as far as wasmtime records it; names are left out."""
        return Answer("ok", " ".join([str(len(self.last_frames)), *(f"{i}:{at}:" for i, at in self.last_frames)]))

    def exports(self, handle: str) -> Answer:
        """The exported functions: name, parameters, results."""
        described = []
        for name, export in self.instances[handle].exports(self.store).items():
            if isinstance(export, wasmtime.Func):
                kind = export.type(self.store)
                described.append(f"{encode_name(name)}:{','.join(map(str, kind.params))}:{','.join(map(str, kind.results))}")
        return Answer("ok", " ".join(described))


HOST_PRINT = {"print": (), "print_i32": ("i32",), "print_i64": ("i64",), "print_f32": ("f32",), "print_f64": ("f64",),
              "print_i32_f32": ("i32", "f32"), "print_f64_f64": ("f64", "f64")}


def _functype(names: Sequence[str]) -> wasmtime.FuncType:
    return wasmtime.FuncType([getattr(wasmtime.ValType, name)() for name in names], [])


def _ignore(*_: object) -> None:
    return None


def _decode_value(word: str) -> object:
    valtype, _, value = word.partition(":")
    if value == "null":
        return None if valtype == "externref" else wasmtime.Val.funcref(None)
    bits = int(value)
    if valtype == "f32":
        return struct.unpack("<f", bits.to_bytes(4, "little"))[0]  # a signalling NaN comes out quiet
    return struct.unpack("<d", bits.to_bytes(8, "little"))[0] if valtype == "f64" else bits


def _encode_value(valtype: str, value: object) -> str:
    value = value.value if isinstance(value, wasmtime.Val) else value  # a null of a global
    valtype = valtype.replace("anyref", "externref")  # what wasmtime calls it
    if valtype.endswith("ref"):
        return f"{valtype}:{'null' if value is None else value if isinstance(value, int) else 'func'}"
    if valtype in ("i32", "i64"):
        return f"{valtype}:{int(value) % (1 << int(valtype[1:]))}"  # type: ignore[call-overload]
    packed = struct.pack("<f" if valtype == "f32" else "<d", value)
    return f"{valtype}:{int.from_bytes(packed, 'little')}"
