"""Turns commands of the official test suite into commands for the driver, and judges its answers."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from support.native import Native
from support.protocol import Answer, encode_name, encode_value

SPECTEST = """
(module
  (func (export "print") (import "host" "print"))
  (func (export "print_i32") (import "host" "print_i32") (param i32))
  (func (export "print_i64") (import "host" "print_i64") (param i64))
  (func (export "print_f32") (import "host" "print_f32") (param f32))
  (func (export "print_f64") (import "host" "print_f64") (param f64))
  (func (export "print_i32_f32") (import "host" "print_i32_f32") (param i32 f32))
  (func (export "print_f64_f64") (import "host" "print_f64_f64") (param f64 f64))
  (global (export "global_i32") i32 (i32.const 666))
  (global (export "global_i64") i64 (i64.const 666))
  (global (export "global_f32") f32 (f32.const 666.6))
  (global (export "global_f64") f64 (f64.const 666.6))
  (table (export "table") 10 20 funcref)
  (memory (export "memory") 1 2))
"""

CANONICAL_NANS = {"f32": (0x7FC00000, 0xFFC00000), "f64": (0x7FF8 << 48, 0xFFF8 << 48)}
QUIET_BITS = {"f32": 0x7FC00000, "f64": 0x7FF8 << 48}


@dataclass(frozen=True)
class Expectation:
    """What a command of the suite expects of the answers to its driver commands."""

    line: int
    command: str
    kind: str  # ok, error or trap: of the last answer; the ones before must be ok
    text: str = ""
    values: Sequence[dict[str, Any]] | None = None
    steps: int = 1
    both: bool = False  # every answer that is not about files must be of that kind


@dataclass(frozen=True)
class Failure:
    """A command that was not answered as expected."""

    line: int
    command: str
    expected: str
    got: str
    about_text: bool = False

    def __str__(self) -> str:
        kind = "text of " if self.about_text else ""
        return f"line {self.line}: {kind}{self.command}: expected {self.expected}, got {self.got}"


@dataclass
class Script:
    """The driver commands for one file, in order, with an expectation for each run of them.

    `native` compiles the modules that are valid. What must be refused is then only validated: it has no native code to load.
    """

    native: Native | None = None
    lines: list[str] = field(default_factory=list)
    expectations: list[Expectation] = field(default_factory=list)
    named: dict[str, int] = field(default_factory=dict)
    keep: set[int] = field(default_factory=set)
    current: int | None = None
    count: int = 0

    def add(self, expectation: Expectation, *lines: str) -> None:
        """Append driver commands that one expectation judges."""
        self.lines += lines
        self.expectations.append(expectation)

    def add_command(self, command: dict[str, Any]) -> None:
        """Append what one command of the suite needs."""
        getattr(self, "add_" + command["type"])(command)

    def stage(self, filename: str) -> str:
        """The driver command that stages a valid module."""
        path = self.native.file(Path(filename).read_bytes()) if self.native else filename
        return f"file {encode_name(str(path))}"

    def instantiate(self, filename: str) -> tuple[int, list[str]]:
        """Driver commands that load a module and instantiate it under a new handle; the module is not held on to."""
        handle, self.count = self.count, self.count + 1
        return handle, [self.stage(filename), f"load {handle}", f"instantiate {handle} {handle}", f"unload {handle}"]

    def add_module(self, command: dict[str, Any]) -> None:
        """A module that must instantiate; the one before it goes unless something refers to it by name."""
        before = [] if self.current is None or self.current in self.keep else [f"free {self.current}"]
        handle, lines = self.instantiate(command["filename"])
        self.add(Expectation(command["line"], "module", "ok", steps=len(before) + len(lines)), *before, *lines)
        self.current = handle
        if "name" in command:
            self.named[command["name"]] = handle
            self.keep.add(handle)

    def add_register(self, command: dict[str, Any]) -> None:
        """An instance whose exports others import."""
        handle = self.named[command["name"]] if "name" in command else self.current
        assert handle is not None
        self.keep.add(handle)
        self.add(Expectation(command["line"], "register", "ok"), f"register {handle} {encode_name(command['as'])}")

    def action(self, action: dict[str, Any]) -> str:
        """The driver command of an action."""
        handle = self.named[action["module"]] if "module" in action else self.current
        words = [str(handle), encode_name(action["field"])]
        if action["type"] == "get":
            return " ".join(["get", *words])
        return " ".join(["call", *words, *(encode_value(a["type"], a["value"]) for a in action["args"])])

    def add_action(self, command: dict[str, Any]) -> None:
        """An action that must succeed."""
        self.add(Expectation(command["line"], _called(command), "ok"), self.action(command["action"]))

    def add_assert_return(self, command: dict[str, Any]) -> None:
        """An action with results."""
        expected = Expectation(command["line"], _called(command), "ok", values=command["expected"])
        self.add(expected, self.action(command["action"]))

    def add_assert_trap(self, command: dict[str, Any]) -> None:
        """An action that traps."""
        if "filename" in command:
            self.add_assert_uninstantiable(command)
            return
        self.add(Expectation(command["line"], _called(command), "trap", command["text"]), self.action(command["action"]))

    add_assert_exhaustion = add_assert_trap

    def add_assert_uninstantiable(self, command: dict[str, Any]) -> None:
        """A module whose segments or start function trap."""
        _, lines = self.instantiate(command["filename"])
        self.add(Expectation(command["line"], command["type"], "trap", command["text"], steps=3), *lines[:3])

    def add_assert_unlinkable(self, command: dict[str, Any]) -> None:
        """A module whose imports are not there or of another type."""
        _, lines = self.instantiate(command["filename"])
        self.add(Expectation(command["line"], command["type"], "error", command["text"], steps=3), *lines[:3])

    def add_assert_invalid(self, command: dict[str, Any]) -> None:
        """A module that is refused, by loading and by validating alone."""
        handle, self.count = self.count, self.count + 1
        staged = f"file {encode_name(command['filename'])}"
        lines = [staged, "validate"] if self.native else [staged, "validate", staged, f"load {handle}"]
        expected = Expectation(command["line"], command["type"], "error", command["text"], steps=len(lines), both=not self.native)
        self.add(expected, *lines)

    add_assert_malformed = add_assert_invalid


def _called(command: dict[str, Any]) -> str:
    action = command["action"]
    args = " ".join(encode_value(a["type"], a["value"]) for a in action.get("args", ()))
    return f"{command['type']} {action['field']}({args})"


# ---- Judging ---------------------------------------------------------------------------------------------------------


def judge(script: Script, answers: Sequence[Answer]) -> list[Failure]:
    """Compare answers with expectations."""
    failures, at = [], 0
    for expected in script.expectations:
        failure = judge_one(expected, answers[at : at + expected.steps])
        failures += [failure] if failure else []
        at += expected.steps
    return failures


def judge_one(expected: Expectation, answers: Sequence[Answer]) -> Failure | None:
    """Compare the answers to one command of the suite with what it expects."""
    *before, last = answers
    judged = [last]
    if expected.both:
        judged.append(before.pop(1))
    for answer in before:
        if answer.kind != "ok":
            return Failure(expected.line, expected.command, "ok before that", str(answer))
    for answer in judged:
        if answer.kind != expected.kind:
            return Failure(expected.line, expected.command, f"{expected.kind} {expected.text}".rstrip(), str(answer))
        if not _fits_text(expected, answer):
            return Failure(expected.line, expected.command, repr(expected.text), repr(answer.message), about_text=True)
    if expected.values is not None and not fits_values(expected.values, last.words):
        return Failure(expected.line, expected.command, str(expected.values), str(last))
    return None


def _fits_text(expected: Expectation, answer: Answer) -> bool:
    """A message contains the text; "uninitialized element 2" is satisfied by a trap text that has no number."""
    if expected.kind == "trap":
        return expected.text in answer.rest or expected.text.startswith(answer.rest)
    return expected.text in answer.message


def fits_values(expected: Sequence[dict[str, Any]], words: Sequence[str]) -> bool:
    """Whether the driver's values are the ones expected."""
    return len(expected) == len(words) and all(map(fits_value, expected, words))


def fits_value(expected: dict[str, Any], word: str) -> bool:
    """Whether one value is the one expected, which may be a class of NaNs or one of several."""
    if expected["type"] == "either":
        return any(fits_value(choice, word) for choice in expected["values"])
    valtype, _, value = word.partition(":")
    if expected["type"] == "refnull":
        return value == "null"
    if valtype != expected["type"]:
        return False
    if "value" not in expected:
        return value != "null"
    if expected["value"] == "nan:canonical":
        return int(value) in CANONICAL_NANS[valtype]
    if expected["value"] == "nan:arithmetic":
        return int(value) & QUIET_BITS[valtype] == QUIET_BITS[valtype]
    return value == expected["value"]
