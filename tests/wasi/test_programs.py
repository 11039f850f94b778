"""Programs built with wasi-libc do what they do natively: print, allocate, read arguments, clocks and input, and end."""

import time

import pytest

from support.motert import Motert
from wasi.guests import guest


def test_hello_prints_formatted_text(motert: Motert) -> None:
    result = motert.run(guest("hello"))
    assert result.out == (
        "hello -42     7|ab   |03.14 1e+100 z beef\n-9007199254740993 18446744073709551615 1.000000e-01\n"
    )
    assert (result.status, result.err) == (0, "to standard error\n")


def test_heap_allocates_and_sorts(motert: Motert) -> None:
    result = motert.run(guest("heap"))
    assert (result.status, result.out, result.err) == (0, "digest 332b09c2\n", "")


def test_arguments_and_environment_arrive_as_given(motert: Motert) -> None:
    words = ["a b", "", "--stats", "ä€", "x" * 1000]
    result = motert.run("--env", "A=1", "--env", "HOME=/here", "--env=A=2=3", guest("arguments"), *words)
    assert result.status == 0, result.err
    expected = ["6 arguments", *(f"[{word}]" for word in words), "{A=2=3}", "{HOME=/here}", "HOME is /here"]
    assert result.out.splitlines() == expected


def test_environment_is_empty_unless_given(motert: Motert) -> None:
    assert motert.run(guest("arguments")).out == "1 arguments\nHOME is not set\n"


def test_clocks_run_forward_and_know_the_time(motert: Motert) -> None:
    result = motert.run(guest("clocks"))
    first, *complaints = result.out.splitlines()
    assert abs(int(first) - time.time()) < 60
    assert complaints == ["clock 4: 28 28"]


def test_random_fills_and_never_repeats(motert: Motert) -> None:
    assert motert.run(guest("random")).out == "0 0\ndiffer\nfilled\n0\n"


@pytest.mark.parametrize("how", ["characters", "lines", "blocks"])
@pytest.mark.parametrize("text", ["", "one\ntwo\nno end", "x" * 70000 + "\n"], ids=["empty", "short", "long"])
def test_echo_copies_input(motert: Motert, how: str, text: str) -> None:
    result = motert.run(guest("echo"), how, stdin=text)
    lines = [text[i : i + 99] for i in range(0, len(text), 99)] if len(text) > 99 else text.splitlines(keepends=True)
    expected = "".join(f"{number}:{line}" for number, line in enumerate(lines, 1)) if how == "lines" else text
    assert (result.status, result.err) == (0, "")
    assert result.out == expected


def test_echo_passes_bytes_as_they_are(motert: Motert) -> None:
    every_byte = bytes(range(256)) * 300
    result = motert.start(guest("echo"), "blocks").communicate(every_byte, timeout=60)
    assert result == (every_byte, b"")


def test_echo_answers_a_line_before_input_ends(motert: Motert) -> None:
    process = motert.start(guest("echo"), "blocks")
    assert process.stdin and process.stdout
    process.stdin.write(b"first\n")
    process.stdin.flush()
    assert process.stdout.readline() == b"first\n"
    assert process.communicate(timeout=60) == (b"", b"")


@pytest.mark.parametrize(
    ("how", "number", "status", "out"),
    [
        ("return", 0, 0, "return\nfarewell\n"),
        ("return", 42, 42, "return\nfarewell\n"),
        ("exit", 7, 7, "exit\nfarewell\n"),
        ("exit", 256 + 3, 3, "exit\nfarewell\n"),
        ("exit", -1, 255, "exit\nfarewell\n"),
        ("_exit", 9, 9, "_exit\n"),
        ("raise", 0, 0, "raise\nerrno 0\nfarewell\n"),
        ("raise", 6, 134, "raise\n"),
        ("raise", 9, 137, "raise\n"),
        ("raise", 17, 0, "raise\nerrno 0\nfarewell\n"),
        ("raise", 19, 0, "raise\nerrno 58\nfarewell\n"),
        ("raise", 31, 0, "raise\nerrno 28\nfarewell\n"),
        ("raise", -1, 0, "raise\nerrno 28\nfarewell\n"),
    ],
)
def test_ending_gives_the_status(motert: Motert, how: str, number: int, status: int, out: str) -> None:
    result = motert.run(guest("ending"), how, number)
    assert (result.status, result.out, result.err) == (status, out, "")


def test_abort_is_a_trap(motert: Motert) -> None:
    result = motert.run(guest("ending"), "abort")
    assert (result.status, result.out) == (134, "abort\n")
    assert "trap: unreachable\n" in result.err


def test_trap_shows_the_call_stack_with_names(motert: Motert) -> None:
    result = motert.run(guest("ending", "-g"), "trap")
    assert (result.status, result.out) == (134, "trap\n")
    lines = result.err.splitlines()
    assert lines[0].endswith(".wasm: trap: out of bounds memory access")
    assert [line.split("`")[1] for line in lines[1:]] == ["inner", "outer", "main", "__main_void", "_start"]
    assert all(line.startswith(f"  at #{i} func ") and "(offset 0x" in line for i, line in enumerate(lines[1:]))


def test_output_to_a_closed_pipe_is_an_error_of_write(motert: Motert) -> None:
    process = motert.start(guest("echo"), "blocks")
    assert process.stdin and process.stdout and process.stderr
    process.stdout.close()
    process.stdin.write(b"x")
    process.stdin.close()
    assert process.wait(60) == 3
    assert process.stderr.read() == b""
    process.stderr.close()
