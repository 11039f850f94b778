"""Guest pointers at the end of memory, past it and at the top of the address space; lists of absurd length; overlaps."""

import pytest

from support.motert import Motert
from wasi.table import caller, errnos

pytestmark = pytest.mark.builds("tail-guard", "sanitized")

MEMORY = 65536
SUCCESS, FAULT, INVAL = errnos()["SUCCESS"], errnos()["FAULT"], errnos()["INVAL"]

# At 16: a list of one buffer without bytes. At 64: a subscription to the monotonic clock that is due at once.
DATA = r"""
(data (i32.const 16) "\00\00\00\00\00\00\00\00")
(data (i32.const 72) "\00\00\00\00\00\00\00\00\01\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00")
"""
LIST, CLOCK, FREE = 16, 64, 1024

# Function, arguments with the pointer as "p", bytes behind it.
POINTERS = [
    ("args_get", ["p", FREE], 4),
    ("args_get", [FREE, "p"], 2),
    ("args_sizes_get", ["p", FREE], 4),
    ("args_sizes_get", [FREE, "p"], 4),
    ("environ_get", ["p", FREE], 4),
    ("environ_get", [FREE, "p"], 4),
    ("environ_sizes_get", ["p", FREE], 4),
    ("environ_sizes_get", [FREE, "p"], 4),
    ("clock_res_get", [1, "p"], 8),
    ("clock_time_get", [1, 0, "p"], 8),
    ("random_get", ["p", 100], 100),
    ("fd_fdstat_get", [1, "p"], 24),
    ("fd_filestat_get", [1, "p"], 64),
    ("fd_read", [0, "p", 1, FREE], 8),
    ("fd_read", [0, LIST, 1, "p"], 4),
    ("fd_write", [2, "p", 1, FREE], 8),
    ("fd_write", [2, LIST, 1, "p"], 4),
    ("poll_oneoff", ["p", FREE, 1, 2048], 48),
    ("poll_oneoff", [CLOCK, "p", 1, 2048], 32),
    ("poll_oneoff", [CLOCK, FREE, 1, "p"], 4),
]


def call(motert: Motert, function: str, *arguments: object, data: str = DATA) -> int:
    """What the function returns to the guest, whose only argument is "x" and only variable "A=1"."""
    result = motert.run("--env", "A=1", "--invoke", function, caller(data), *arguments)
    assert (result.status, result.err) == (0, "")
    return int(result.out)


@pytest.mark.parametrize(("function", "arguments", "size"), POINTERS)
def test_pointer_at_the_end_of_memory_is_a_fault(
    motert: Motert, function: str, arguments: list[object], size: int
) -> None:
    for address in (MEMORY - size + 1, MEMORY - 1, MEMORY, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF):
        if function == "args_get" and arguments[1] == "p" and address == MEMORY - size + 1:
            continue  # the name of the module decides how much room that takes
        given = [address if argument == "p" else argument for argument in arguments]
        assert call(motert, function, *given) == FAULT, hex(address)


@pytest.mark.parametrize(
    ("function", "arguments", "size"),
    [row for row in POINTERS if row[0] not in ("args_get", "environ_get") and not (row[0] == "poll_oneoff" and row[1][0] == "p")],
)
def test_pointer_to_the_last_bytes_of_memory_is_good(
    motert: Motert, function: str, arguments: list[object], size: int
) -> None:
    given = [MEMORY - size if argument == "p" else argument for argument in arguments]
    assert call(motert, function, *given) == SUCCESS


@pytest.mark.parametrize("function", ["fd_read", "fd_write"])
@pytest.mark.parametrize("count", [8192, 1 << 28, 1 << 29, 1 << 31, 0xFFFFFFFF])
def test_list_of_buffers_longer_than_memory_is_a_fault(motert: Motert, function: str, count: int) -> None:
    assert call(motert, function, 0 if function == "fd_read" else 2, LIST, count, FREE) == FAULT


@pytest.mark.parametrize("function", ["fd_read", "fd_write"])
@pytest.mark.parametrize(
    ("address", "size"), [(MEMORY, 1), (MEMORY - 4, 5), (0, MEMORY + 1), (1, 0xFFFFFFFF), (0xFFFFFFFF, 1), (0x80000000, 1 << 31)]
)
def test_buffer_outside_of_memory_is_a_fault(motert: Motert, function: str, address: int, size: int) -> None:
    content = "".join(f"\\{byte:02x}" for byte in address.to_bytes(4, "little") + size.to_bytes(4, "little"))
    data = f'(data (i32.const 40) "{content}")'
    # The first buffer is good, but nothing may move before all are checked.
    assert call(motert, function, 0 if function == "fd_read" else 2, 32, 2, FREE, data=data) == FAULT


def test_buffers_of_more_than_4_gib_in_all_are_refused(motert: Motert) -> None:
    fill = """(func (export "fill") (result i32) (local i32)
        (loop (i32.store offset=4 (local.get 0) (i32.const 0x100000))
              (br_if 0 (i32.lt_u (local.tee 0 (i32.add (local.get 0) (i32.const 8))) (i32.const 0x8000))))
        (call $fd_write (i32.const 2) (i32.const 0) (i32.const 4096) (i32.const 0x8000)))"""
    result = motert.run("--invoke", "fill", caller(fill, "(memory 16)"))
    assert (result.status, result.out, result.err) == (0, f"{INVAL}\n", "")


@pytest.mark.parametrize(
    ("count", "error"), [(0, INVAL), (1 << 31, INVAL), (0xFFFFFFFF, INVAL), (89478486, INVAL), (2000, FAULT)]
)
def test_poll_refuses_absurd_numbers_of_subscriptions(motert: Motert, count: int, error: int) -> None:
    assert call(motert, "poll_oneoff", 0, 0, count, FREE) == error


def test_poll_may_write_events_over_its_subscriptions(motert: Motert) -> None:
    assert call(motert, "poll_oneoff", CLOCK, CLOCK, 1, CLOCK) == SUCCESS


@pytest.mark.parametrize("address", [16, 17, 20, 24])
def test_read_may_write_over_its_own_list(motert: Motert, address: int) -> None:
    content = "".join(f"\\{byte:02x}" for byte in address.to_bytes(4, "little") + (16).to_bytes(4, "little"))
    module = caller(f'(data (i32.const 16) "{content * 3}")')
    result = motert.run("--invoke", "fd_read", module, 0, 16, 3, FREE, stdin=b"\xff" * 64)
    assert (result.status, result.out, result.err) == (0, f"{SUCCESS}\n", "")


@pytest.mark.parametrize("address", [1, 2, 3, 5, 7])
def test_unaligned_pointers_are_served(motert: Motert, address: int) -> None:
    assert call(motert, "clock_time_get", 1, 0, address) == SUCCESS
    assert call(motert, "fd_fdstat_get", 1, address) == SUCCESS
    assert call(motert, "args_sizes_get", address, address + 4) == SUCCESS


def test_module_without_memory_gets_faults(motert: Motert) -> None:
    module = caller(memory="")
    for function, arguments in (("args_sizes_get", [0, 0]), ("random_get", [0, 0]), ("fd_write", [1, 0, 0, 0])):
        assert motert.run("--invoke", function, module, *arguments).out == f"{FAULT}\n"


def test_memory_that_grew_is_seen(motert: Motert) -> None:
    module = caller("(func (export \"grow\") (result i32) (drop (memory.grow (i32.const 1)))"
                    " (call $random_get (i32.const 65536) (i32.const 65536)))")
    assert motert.run("--invoke", "grow", module).out == f"{SUCCESS}\n"
