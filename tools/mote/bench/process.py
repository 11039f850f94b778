"""One child process, measured: wall time, processor time, what it wrote, how it ended.

`subprocess` is not used because its own work around the start would be a third of a short run.
"""

import os
import select
import signal
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import IO

from mote.errors import UserError, reason


@dataclass(frozen=True)
class Run:
    """What one run took and gave."""

    wall_s: float
    cpu_s: float  # user and system time of the child and of the children it waited for
    output: str
    errors: str
    status: int  # exit status; 128 + signal as a shell has it
    timed_out: bool = False

    @property
    def ok(self) -> bool:
        """Whether the process ended by itself and well."""
        return self.status == 0 and not self.timed_out

    def failure(self) -> str:
        """Why a run that is not `ok` failed, in a few words."""
        if self.timed_out:
            return f"stopped after {self.wall_s:.0f} s"
        ended = f"status {self.status}"
        if self.status > 128:
            ended = (signal.strsignal(self.status - 128) or ended).lower()
        lines = [line.strip() for line in self.errors.splitlines() if line.strip()]
        said = [line for line in lines if not line.startswith("==")]  # those are valgrind's
        return f"{ended}: {said[-1][:160]}" if said else ended


def run(command: Sequence[str], limit_s: float = 120.0, environment: Mapping[str, str] | None = None) -> Run:
    """Run a command with no input and wait for it, at most `limit_s` seconds; then it is killed."""
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        pid, started = _spawn(command, output, errors, os.environ if environment is None else environment)
        timed_out = not _wait(pid, limit_s)
        _, status, usage = os.wait4(pid, 0)
        wall_s = time.perf_counter() - started
        code = os.waitstatus_to_exitcode(status)
        return Run(
            wall_s=wall_s,
            cpu_s=usage.ru_utime + usage.ru_stime,
            output=_text(output),
            errors=_text(errors),
            status=code if code >= 0 else 128 - code,
            timed_out=timed_out,
        )


def _spawn(command: Sequence[str], output: IO[bytes], errors: IO[bytes], environment: Mapping[str, str]):
    """Start the command; its process id and the moment just before the start."""
    actions = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_DUP2, output.fileno(), 1),
        (os.POSIX_SPAWN_DUP2, errors.fileno(), 2),
    ]
    started = time.perf_counter()
    try:
        return os.posix_spawnp(command[0], list(command), environment, file_actions=actions), started
    except OSError as error:
        raise UserError(f"cannot be run: {reason(error)}", where=command[0]) from error


def _wait(pid: int, limit_s: float) -> bool:
    """Wait until the process ended; after the limit kill it and give False. The process is not reaped here."""
    handle = os.pidfd_open(pid)
    try:
        poll = select.poll()
        poll.register(handle, select.POLLIN)
        if poll.poll(limit_s * 1000):
            return True
        os.kill(pid, signal.SIGKILL)
        return False
    except BaseException:  # Ctrl-C: the child must not outlive us
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        raise
    finally:
        os.close(handle)


def _text(file: IO[bytes]) -> str:
    """All that was written to a file."""
    file.seek(0)
    return file.read().decode(errors="replace")
