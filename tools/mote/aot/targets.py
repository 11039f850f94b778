"""The CPUs that native code can be made for, as data. Their names are those of firmware/tables/native_targets.def."""

from dataclasses import dataclass
from difflib import get_close_matches

from mote.errors import UserError

FLOAT, DOUBLE = "f32", "f64"
ALL_FLOATS = frozenset({FLOAT, DOUBLE})
DEVICE_STACK = frozenset({"func-idx"})
HOST_STACK = frozenset({"func-idx", "ip", "trap-ip"})


@dataclass(frozen=True, slots=True)
class Target:
    """A CPU as LLVM knows it, and what lowering has to know about it.

    `hard` are the float types that have instructions; `helpers` the verbs of float instructions that have none although
    their type is hard; `integer_helpers` the integer instructions that would become library calls; `trusts_alignment`
    says whether an access may be made as wide as the module's alignment hint promises (a misaligned one is then the
    machine's or the exception handler's to mend), or whether each access is marked as unaligned because the CPU does
    plain misaligned accesses itself.
    """

    name: str
    description: str
    arch: str
    triple: str
    cpu: str
    features: str
    bits: int
    bounds: str
    stack_register: str
    hard: frozenset[str] = frozenset()
    helpers: frozenset[str] = frozenset()
    integer_helpers: frozenset[str] = frozenset()
    trusts_alignment: bool = False
    call_stack: frozenset[str] = DEVICE_STACK
    pinned: str = "swiftself "  # the attribute that passes the context in a register that calls preserve
    float_register: str = "x"  # the constraint of inline assembly that asks for one

    @property
    def word(self) -> str:
        """LLVM's type for an integer as wide as a pointer."""
        return f"i{self.bits}"

    @property
    def word_bytes(self) -> int:
        """Bytes of a pointer."""
        return self.bits // 8


ROUNDING = frozenset({"ceil", "floor", "trunc", "nearest"})
DIVIDE_64 = frozenset({"i64.div_s", "i64.div_u", "i64.rem_s", "i64.rem_u"})
COUNT_64 = frozenset({"i64.popcnt"})
SHIFT_64 = frozenset({"i64.shl", "i64.shr_s", "i64.shr_u", "i64.rotl", "i64.rotr"})
DIVIDE_32 = frozenset({"i32.div_s", "i32.div_u", "i32.rem_s", "i32.rem_u"})
COUNTS = frozenset({f"i{bits}.{verb}" for bits in (32, 64) for verb in ("clz", "ctz", "popcnt")})


def riscv32(name: str, description: str, extensions: str, **more: object) -> Target:
    """A 32-bit RISC-V core."""
    features = "".join(f"+{letter}," for letter in extensions) + "+relax"
    return Target(
        name, description, "riscv32", "riscv32-unknown-elf", "generic-rv32", features, 32, "checks", "sp",
        integer_helpers=DIVIDE_64 | COUNTS, trusts_alignment=True, pinned="", **more,
    )  # fmt: skip


def thumb(name: str, description: str, cpu: str, **more: object) -> Target:
    """A Cortex-M."""
    return Target(
        name, description, "thumb", f"{name.partition('+')[0]}-none-eabi", cpu, more.pop("features", "+soft-float"), 32,
        "checks", "sp", integer_helpers=more.pop("integer_helpers", DIVIDE_64 | COUNT_64), **more,
    )  # fmt: skip


TARGETS = {
    target.name: target
    for target in (
        Target(
            "x86-64", "64-bit PC (x86-64-v2: SSE 4.2, POPCNT)", "x86_64", "x86_64-unknown-linux-gnu", "x86-64-v2", "", 64,
            "guard", "rsp", hard=ALL_FLOATS, call_stack=HOST_STACK,
        ),
        Target(
            "aarch64", "64-bit Arm", "aarch64", "aarch64-unknown-linux-gnu", "generic", "", 64, "guard",
            "sp", hard=ALL_FLOATS, call_stack=HOST_STACK, float_register="w",
        ),
        Target(
            "rv64gc", "64-bit RISC-V with floats", "riscv64", "riscv64-unknown-linux-gnu", "generic-rv64",
            "+m,+a,+f,+d,+c,+relax", 64, "guard", "sp", hard=ALL_FLOATS, integer_helpers=COUNTS, trusts_alignment=True,
            pinned="", call_stack=HOST_STACK, float_register="f",
        ),
        riscv32("rv32imc", "32-bit RISC-V (ESP32-C3)", "mc"),
        riscv32("rv32imac", "32-bit RISC-V with atomics", "mac"),
        riscv32("rv32imafc", "32-bit RISC-V with atomics and single floats", "mafc", hard=frozenset({FLOAT})),
        thumb(
            "thumbv6m", "Arm Cortex-M0, M0+", "cortex-m0", trusts_alignment=True,
            integer_helpers=DIVIDE_64 | DIVIDE_32 | COUNTS | SHIFT_64 | {"i64.mul"},
        ),
        thumb("thumbv7m", "Arm Cortex-M3", "cortex-m3"),
        thumb("thumbv7em", "Arm Cortex-M4, M7 without floating-point unit", "cortex-m4"),
        thumb(
            "thumbv7em+fp", "Arm Cortex-M4F, M7F", "cortex-m4", features="-fp64", hard=frozenset({FLOAT}),
            helpers=ROUNDING | {"min", "max"},
        ),
        thumb("thumbv8m", "Arm Cortex-M33 (no floating-point unit)", "cortex-m33"),
    )
}  # fmt: skip


def find_target(name: str) -> Target:
    """The target of this name."""
    if name not in TARGETS:
        close = get_close_matches(name, TARGETS, n=1)
        raise UserError(
            f"there is no target '{name}'",
            remedy=(f"Did you mean {close[0]}? " if close else "") + f"Choose one of {', '.join(TARGETS)}.",
        )
    return TARGETS[name]
