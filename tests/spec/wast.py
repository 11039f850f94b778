"""Reads upstream .wast files into the commands that the JSON form has: a small s-expression reader for the assertions,
wasmtime's wat2wasm for modules and numbers. Assertions about the text format are left out."""

import hashlib
import os
import re
from functools import cache
from pathlib import Path
from typing import Any

import wasmtime

from mote.wasm.reader import Reader
from support.oracle import accepts
from support.places import scratch

TOKEN = re.compile(
    r"""(?P<space>\s+|;;[^\n]*|\(;)|(?P<paren>[()])|"(?P<string>(?:[^"\\]|\\.)*)"|(?P<atom>[^\s()";]+)""", re.DOTALL
)
MODULE_FIELDS = ("type", "import", "func", "table", "memory", "global", "export", "start", "elem", "data")
ESCAPES = {"n": b"\n", "t": b"\t", "r": b"\r", '"': b'"', "'": b"'", "\\": b"\\"}


class Unreadable(Exception):
    """The file uses a form of modules or commands that is not understood here: says which."""


class Text(bytes):
    """A quoted string of the source."""


class Node(list):
    """A parenthesised expression, with its place in the source."""

    def __init__(self, start: int) -> None:
        super().__init__()
        self.start = start
        self.end = start


def parse(source: str) -> list[Node]:
    """The top-level expressions of a source."""
    top = Node(0)
    stack, at = [top], 0
    while at < len(source):
        token = TOKEN.match(source, at)
        if token is None:
            raise ValueError(f"cannot read the source at character {at}: {source[at:at + 20]!r}")
        at = token.end()
        if token["space"] == "(;":
            at = _skip_comment(source, at)
        elif token["paren"] == "(":
            stack.append(Node(token.start()))
            stack[-2].append(stack[-1])
        elif token["paren"]:
            stack.pop().end = at
        elif token["string"] is not None:
            stack[-1].append(Text(_unescape(token["string"])))
        elif token["atom"]:
            stack[-1].append(token["atom"])
    return list(top)


def _skip_comment(source: str, at: int) -> int:
    depth = 1
    while depth:
        opened, closed = source.find("(;", at), source.find(";)", at)
        depth += 1 if 0 <= opened < closed else -1
        at = (opened if 0 <= opened < closed else closed) + 2
    return at


def _unescape(text: str) -> bytes:
    def one(match: re.Match[str]) -> bytes:
        body = match[1]
        if body.startswith("u{"):
            return chr(int(body[2:-1], 16)).encode("utf-8", "surrogatepass")
        return ESCAPES[body] if body in ESCAPES else bytes([int(body, 16)])

    parts, at = [], 0
    for match in re.finditer(r"\\(u\{[0-9a-fA-F_]+\}|[0-9a-fA-F]{2}|.)", text):
        parts += [text[at : match.start()].encode(), one(match)]
        at = match.end()
    return b"".join([*parts, text[at:].encode()])


@cache
def constant(valtype: str, literal: str) -> str:
    """The unsigned decimal bits of a number as the text format spells it."""
    module = bytes(wasmtime.wat2wasm(f"(module (global {valtype} ({valtype}.const {literal})))"))
    reader = Reader(module, 8)
    _, size, _, _, _, _ = (reader.u8() for _ in range(6))  # section, its size, count, type, mutability, opcode
    assert reader.pos + size - 4 == len(module)
    if valtype in ("f32", "f64"):
        return str(int.from_bytes(reader.take(4 if valtype == "f32" else 8), "little"))
    bits = 32 if valtype == "i32" else 64
    return str(reader.leb(bits, signed=True) % (1 << bits))


def value_of(node: Node) -> dict[str, Any]:
    """An argument or an expected result."""
    word = node[0]
    if word == "either":
        return {"type": "either", "values": [value_of(choice) for choice in node[1:]]}
    if word == "ref.null":
        kind = {"func": "funcref", "extern": "externref"}.get(node[1] if len(node) > 1 else "", "refnull")
        return {"type": kind, "value": "null"}
    if word in ("ref.extern", "ref.func"):
        kind = {"type": "externref" if word == "ref.extern" else "funcref"}
        return kind if len(node) == 1 else {**kind, "value": node[1]}
    valtype = word.removesuffix(".const")
    if node[1] in ("nan:canonical", "nan:arithmetic"):
        return {"type": valtype, "value": node[1]}
    return {"type": valtype, "value": constant(valtype, node[1])}


def action_of(node: Node) -> dict[str, Any]:
    """An `invoke` or a `get`."""
    words = node[1:]
    action: dict[str, Any] = {"type": node[0]}
    if isinstance(words[0], str):
        action["module"] = words.pop(0)
    return {**action, "field": words[0].decode(), "args": [value_of(word) for word in words[1:]]}


class WastReader:
    """Reads one file."""

    def __init__(self, path: Path) -> None:
        self.source = path.read_text(encoding="utf-8")
        self.folder = scratch("wast")

    def commands(self) -> list[dict[str, Any]]:
        """All commands that are not about the text format."""
        nodes = parse(self.source)
        if nodes and nodes[0][0] in MODULE_FIELDS:  # a file may be the inside of one module
            self.source = f"(module {self.source})"
            nodes = parse(self.source)
        commands = []
        for node in nodes:
            command = self.command(node)
            if command:
                commands.append({"line": self.source.count("\n", 0, node.start) + 1, **command})
        return commands

    def command(self, node: Node) -> dict[str, Any] | None:
        """One command, or None when it is about the text format."""
        kind = node[0]
        if kind == "module":
            return self.module(node, {"type": "module"})
        if kind == "register":
            return {"type": kind, "as": node[1].decode(), **({"name": node[2]} if len(node) > 2 else {})}
        if kind in ("invoke", "get"):
            return {"type": "action", "action": action_of(node)}
        if kind == "assert_return":
            return {"type": kind, "action": action_of(node[1]), "expected": [value_of(value) for value in node[2:]]}
        if kind in ("assert_trap", "assert_exhaustion") and node[1][0] != "module":
            return {"type": kind, "action": action_of(node[1]), "text": node[2].decode()}
        if kind.startswith("assert_"):
            named = "assert_uninstantiable" if kind == "assert_trap" else kind
            return self.module(node[1], {"type": named, "text": node[2].decode()})
        raise Unreadable(f"unknown command {kind}")

    def module(self, node: Node, command: dict[str, Any]) -> dict[str, Any] | None:
        """Add the file name of the binary module, and its name."""
        words = node[1:]
        if words and isinstance(words[0], str) and words[0].startswith("$"):
            command["name"] = words.pop(0)
        form = words[0] if words else ""
        if form == "quote":
            return None
        try:
            binary = b"".join(words[1:]) if form == "binary" else assemble(self.source[node.start : node.end])
        except wasmtime.WasmtimeError as error:
            if command["type"].startswith("assert_"):
                return None  # wat2wasm found what the assertion is about
            raise Unreadable(f"wat2wasm: {str(error).splitlines()[0]}") from error
        path = self.folder / f"{hashlib.sha256(binary).hexdigest()[:32]}.wasm"
        half = path.with_suffix(f".{os.getpid()}")  # two test processes may assemble the same module
        half.write_bytes(binary)
        half.rename(path)
        return {**command, "filename": str(path)}


def assemble(text: str) -> bytes:
    """A module in the text format as bytes. Names may hold what wat2wasm finds confusing, so that is escaped."""
    return bytes(wasmtime.wat2wasm(re.sub(r"[^\x00-\x7f]", lambda match: f"\\u{{{ord(match[0]):x}}}", text)))


def read_wast(path: Path) -> list[dict[str, Any]]:
    """The commands of a .wast file."""
    return WastReader(path).commands()


def beyond_2_0(commands: list[dict[str, Any]]) -> str:
    """Why a file cannot be run by a WebAssembly 2.0 runtime without SIMD, or an empty text."""
    for command in commands:
        if command["type"] == "module" and not accepts(Path(command["filename"]).read_bytes()):
            return f"line {command['line']} needs more than WebAssembly 2.0 without SIMD"
    return ""
