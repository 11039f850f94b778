"""The processes that compile: every item is answered once, and what goes wrong in one is told here."""

import os
import signal

import pytest

from mote.aot.workers import CrashError, run
from mote.errors import UserError


def square(index: int) -> bytes:
    """A task."""
    return str(index * index).encode()


@pytest.mark.parametrize("jobs", [0, 1, 2, 7, 100])
def test_every_item_is_answered_once(jobs: int) -> None:
    order = list(range(30, 0, -1))
    answers = list(run(square, order, jobs))
    assert sorted(index for index, _ in answers) == sorted(order)
    assert all(body == square(index) for index, body in answers)


def test_nothing_to_do_starts_nothing() -> None:
    assert list(run(square, [], 4)) == []


def test_a_persons_mistake_comes_as_it_is() -> None:
    def refuse(index: int) -> bytes:
        raise UserError("is not offered", f"function {index}", "Leave it out.")

    with pytest.raises(UserError, match=r"^function 5: is not offered\. Leave it out\.$"):
        list(run(refuse, [5], 1))


def test_our_own_mistake_comes_with_its_traceback() -> None:
    def fail(index: int) -> bytes:
        raise KeyError(f"item {index}")

    with pytest.raises(RuntimeError, match="KeyError: 'item 3'"):
        list(run(fail, [3], 1))


def test_a_crash_names_its_item() -> None:
    def crash(index: int) -> bytes:
        if index == 4:
            os.kill(os.getpid(), signal.SIGKILL)
        return b""

    with pytest.raises(CrashError, match="killed") as caught:
        list(run(crash, [4, 6, 8], 1))
    assert caught.value.index == 4


def test_processes_end_when_nobody_listens() -> None:
    answers = run(lambda index: str(os.getpid()).encode(), list(range(20)), 2)
    process = int(next(answers)[1])
    answers.close()
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)
