"""Talks to the driver program (tests/spec/spec_driver.c): sends commands, pairs them with answers, notices crashes and hangs."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
from collections.abc import Callable, Sequence

from support.protocol import Answer, parse_answer

# Sanitizers must end the process at the first report; wasm code may use much address space.
SANITIZER_ENVIRONMENT = {
    "ASAN_OPTIONS": "abort_on_error=1:detect_leaks=1:allocator_may_return_null=1:detect_stack_use_after_return=0",
    "UBSAN_OPTIONS": "halt_on_error=1:abort_on_error=1:print_stacktrace=1",
}


class DriverDied(Exception):
    """The driver ended, was killed by a signal, or did not answer in time; says at which command."""


def sanitizer_environment() -> dict[str, str]:
    """This process's environment with the sanitizers told to stop at once."""
    return os.environ | SANITIZER_ENVIRONMENT


class Driver:
    """One running driver process."""

    def __init__(self, command: Sequence[str], preexec: Callable[[], None] | None = None, timeout: float = 60) -> None:
        self.timeout = timeout
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env=sanitizer_environment(), preexec_fn=preexec,
        )
        self.complaints = bytearray()
        self._drain = threading.Thread(target=self._read_complaints, daemon=True)
        self._drain.start()

    def __enter__(self) -> Driver:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind:  # what went wrong matters more than how the process ends now
            self.process.kill()
            self.process.wait()
        else:
            self.close()

    def _read_complaints(self) -> None:
        assert self.process.stderr
        for line in self.process.stderr:
            if len(self.complaints) < 20000:
                self.complaints += line

    def run(self, commands: Sequence[str]) -> list[Answer]:
        """Send commands and return one answer each; raises DriverDied naming the command that was not answered."""
        sender = threading.Thread(target=self._send, args=("".join(c + "\n" for c in commands).encode(),), daemon=True)
        sender.start()
        alarm = threading.Timer(self.timeout, self.process.kill)
        alarm.start()
        assert self.process.stdout
        answers: list[Answer] = []
        try:
            for command in commands:
                line = self.process.stdout.readline()
                if not line.endswith(b"\n"):
                    raise DriverDied(self._describe_end(command))
                answers.append(parse_answer(line.decode(errors="replace")))
        finally:
            alarm.cancel()
            sender.join(5)
        return answers

    def ask(self, command: str) -> Answer:
        """Send one command and return its answer."""
        return self.run([command])[0]

    def _send(self, data: bytes) -> None:
        assert self.process.stdin
        try:
            self.process.stdin.write(data)
            self.process.stdin.flush()
        except BrokenPipeError:
            pass  # run() sees the end of the answers and says so

    def _describe_end(self, command: str) -> str:
        status = self.process.wait(10)
        self._drain.join(5)
        if status == -signal.SIGKILL:
            how = f"no answer within {self.timeout:g} s"
        elif status < 0:
            how = f"killed by {signal.Signals(-status).name}"
        else:
            how = f"ended with status {status}"
        return f"{how} at command: {command[:200]}\n{self.complaints.decode(errors='replace')}".rstrip()

    def close(self) -> None:
        """Let the driver free everything and end; a leak or a late report of a sanitizer is an error."""
        assert self.process.stdin and self.process.stdout and self.process.stderr
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        try:
            status = self.process.wait(self.timeout)
        except subprocess.TimeoutExpired:
            self.process.kill()
            status = self.process.wait()
        self._drain.join(5)
        self.process.stdout.close()
        self.process.stderr.close()
        if status:
            raise DriverDied(f"ended with status {status}\n{self.complaints.decode(errors='replace')}".rstrip())
