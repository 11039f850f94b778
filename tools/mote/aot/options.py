"""What a person chooses for native code: optimisation, bounds checks, polls, and what call stacks tell."""

from dataclasses import dataclass, replace

from mote.aot.targets import Target
from mote.errors import ExitCode, UserError

LEVELS = ("0", "1", "2", "3", "s", "z")
BOUNDS = ("guard", "checks", "mask", "none")
CALL_STACK = ("func-idx", "ip", "trap-ip")


@dataclass(frozen=True, slots=True)
class Options:
    """How to compile; None leaves the choice to the target. `growable`: others that import the memory may grow it."""

    level: str = "2"
    bounds: str | None = None
    interrupt: bool = True
    call_stack: frozenset[str] | None = None
    growable: bool = False

    def resolved(self, target: Target) -> "Options":
        """The same with the target's own choices where there were none."""
        call_stack = target.call_stack if self.call_stack is None else self.call_stack
        return replace(self, bounds=self.bounds or target.bounds, call_stack=call_stack)

    def key(self) -> bytes:
        """The options as bytes, for keys of caches."""
        stack = None if self.call_stack is None else sorted(self.call_stack)
        return f"{self.level} {self.bounds} {self.interrupt} {stack} {self.growable}".encode()


def parse_call_stack(text: str) -> frozenset[str]:
    """The features named in a list with commas; "none" alone for an empty one."""
    names = [name.strip() for name in text.split(",")]
    if names == ["none"]:
        return frozenset()
    if "values" in names:
        raise UserError("--call-stack: values are not recorded yet", remedy="Leave values out.", code=ExitCode.USAGE)
    for name in names:
        if name not in CALL_STACK:
            known = ", ".join(CALL_STACK)
            raise UserError(f"--call-stack: '{name}' is none of {known}", remedy="Or say none.", code=ExitCode.USAGE)
    return frozenset(names)
