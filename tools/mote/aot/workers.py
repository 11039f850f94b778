"""Does the same task for many items in as many processes as there are CPUs; results come as they are ready.

The processes are forked, so that the task and all that it needs is there without being sent; where there is no fork the task
runs here. A process that crashes takes nothing with it but its item, whose index the error tells.
"""

import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from mote.errors import UserError

AHEAD = 2  # items given to a process at once, so that it need not wait for the next
STACK_BYTES = 120 << 20

Task = Callable[[int], bytes]


class CrashError(Exception):
    """A process ended without an answer: the item that it was at, and how it ended."""

    def __init__(self, index: int, how: str) -> None:
        super().__init__(how)
        self.index = index
        self.how = how


def processors() -> int:
    """How many processes make sense here."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def run(task: Task, order: Sequence[int], jobs: int) -> Iterator[tuple[int, bytes]]:
    """The task's answer for each item, in any order; items are begun in the order given."""
    if not order:
        return
    if not hasattr(os, "fork"):
        yield from ((index, task(index)) for index in order)
        return
    with Team(task, min(max(jobs, 1), len(order))) as team:
        yield from team.answers(order)


@dataclass(slots=True)
class Worker:
    """A process, the pipe to it, and the items that it has been given and not answered yet."""

    process: Any
    pipe: Any
    items: list[int] = field(default_factory=list)


class Team:
    """Processes that wait for items; `with` ends them."""

    def __init__(self, task: Task, size: int) -> None:
        from multiprocessing import get_context

        context = get_context("fork")
        self.workers: list[Worker] = []
        for _ in range(size):
            ours, theirs = context.Pipe()
            others = [worker.pipe for worker in self.workers] + [ours]
            process = context.Process(target=serve, args=(task, theirs, others), daemon=True)
            process.start()
            theirs.close()
            self.workers.append(Worker(process, ours))

    def __enter__(self) -> "Team":
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self.workers:
            worker.pipe.close()
            worker.process.terminate()
        for worker in self.workers:
            worker.process.join()

    def answers(self, order: Sequence[int]) -> Iterator[tuple[int, bytes]]:
        """Hand out all items and give the answers."""
        from multiprocessing.connection import wait

        left = iter(order)
        for worker in self.workers * AHEAD:
            self._give(worker, left)
        while busy := {worker.pipe: worker for worker in self.workers if worker.items}:
            for pipe in wait(list(busy)):
                worker = busy[pipe]
                answer = self._answer(worker)
                index = worker.items.pop(0)
                self._give(worker, left)
                yield index, answer

    def _give(self, worker: Worker, left: Iterator[int]) -> None:
        """Give a process its next item, if there is one."""
        index = next(left, None)
        if index is not None:
            worker.items.append(index)
            try:
                worker.pipe.send(index)
            except OSError as error:
                raise self._crashed(worker) from error

    def _answer(self, worker: Worker) -> bytes:
        """What a process says about its first item."""
        try:
            answer = worker.pipe.recv()
        except (EOFError, OSError) as error:
            raise self._crashed(worker) from error
        if isinstance(answer, Exception):
            raise answer
        return answer

    def _crashed(self, worker: Worker) -> CrashError:
        """How a process ended."""
        worker.process.join()
        code = worker.process.exitcode
        how = signal.strsignal(-code) if code and code < 0 else f"status {code}"
        return CrashError(worker.items[0], (how or str(code)).lower())


def serve(task: Task, pipe: Any, others: Sequence[Any]) -> None:
    """The life of a process: answer until nobody asks any more. Ctrl-C is the parent's business."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    deepen_stack()
    for other in others:
        other.close()
    try:
        while True:
            pipe.send(attempt(task, pipe.recv()))
    except (EOFError, OSError):
        sys.stderr.flush()


def deepen_stack() -> None:
    """Let this process's stack grow: LLVM recurses through large functions, and 8 MiB are not enough for 800 KB of body."""
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_STACK)
    wanted = STACK_BYTES if hard == resource.RLIM_INFINITY else min(STACK_BYTES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_STACK, (wanted, hard))


def attempt(task: Task, index: int) -> bytes | Exception:
    """The task's answer, or why there is none: a person's mistake as it is, our own with its traceback as text."""
    try:
        return task(index)
    except UserError as error:
        return error
    except Exception:
        import traceback

        return RuntimeError(f"in a worker process:\n{traceback.format_exc()}")
