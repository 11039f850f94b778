"""Follows a device: the output of its modules line by line, its own text, crashes, restarts; reconnects when the line
was lost.
"""

import json
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mote.device.client import DeviceError
from mote.device.crash import describe, lines_of
from mote.device.find import Device, connect, open_device
from mote.device.link import LinkError
from mote.device.modules import NOT_FOUND
from mote.device.restart import Booted, ask_boot, restart
from mote.device.text import harmless
from mote.errors import UserError

POLL_S, RETRY_S = 0.1, 0.5


@dataclass(slots=True)
class Followed:
    """A run: how much of its output was shown, and the line that has not ended yet."""

    at: int = 0
    rest: bytes = b""


@dataclass(slots=True)
class Monitor:
    """What is known of a device while it is followed."""

    wanted: str | None
    names: frozenset[str]
    as_json: bool
    device: Device | None = None
    runs: dict[int, Followed] = field(default_factory=dict)
    crash: int | None = None
    booted: Booted | None = None

    def follow(self, seconds: float | None, reset: bool = False) -> None:
        """Until the time is over, or for ever; with `reset` from a fresh start on."""
        self.device = open_device(self.wanted)
        name = self.device.name
        self.begin()
        if reset:
            self.started_again(restart(self.device))
            _, self.booted = ask_boot(self.device.modules.fresh_info)
        end = None if seconds is None else time.monotonic() + seconds
        while end is None or time.monotonic() < end:
            try:
                if self.device is None:
                    self.device = connect(name)
                    self.tell({"event": "connected"}, f"connected to {self.device.title}")
                self.look()
                time.sleep(POLL_S)
            except LinkError as error:
                self.lost(error)
            except UserError:
                time.sleep(RETRY_S)  # it is not back yet
        self.close()

    def begin(self) -> None:
        """A crash that there was counts as seen, except for one before the last reset."""
        assert self.device
        _, self.booted = ask_boot(self.device.modules.fresh_info)
        crash = self.device.modules.crash()
        self.crash = 0 if crash.get("reset") else crash.get("number", 0)

    def lost(self, error: LinkError) -> None:
        """The line is gone: say so once."""
        if self.device is not None:
            self.close()
            self.tell({"event": "lost", "why": error.what}, f"{error.what}; waiting for it")
        time.sleep(RETRY_S)

    def close(self) -> None:
        """Show what is left and leave the device."""
        for number, run in self.runs.items():
            if run.rest:
                self.line(str(number), run.rest)
                run.rest = b""
        if self.device:
            self.device.client.close()
        self.device = None

    def look(self) -> None:
        """One round: restart, output, crash."""
        assert self.device
        info, booted = ask_boot(self.device.modules.fresh_info)
        is_restarted = self.booted is not None and booted.is_after(self.booted)
        if is_restarted:
            self.started_again(info)
        if is_restarted or booted.is_sharp:
            self.booted = booted
        for run in self.device.modules.runs():
            if not self.names or run["n"] in self.names:
                self.take_output(run)
        crash = self.device.modules.crash()
        if crash.get("number", 0) != self.crash:
            self.crash = crash.get("number", 0)
            self.show_crash(crash)

    def started_again(self, info: Mapping[str, Any]) -> None:
        """The device was restarted: its runs are new ones."""
        self.runs.clear()
        self.tell({"event": "reset", "why": info.get("reset", "")}, f"the device has started again: {info.get('reset', '')}")

    def take_output(self, run: Mapping[str, Any]) -> None:
        """All that a run has printed since."""
        assert self.device
        followed = self.runs.setdefault(run["id"], Followed())
        while True:
            try:
                begin, data = self.device.modules.log(run["id"], followed.at)
            except DeviceError as error:
                if error.rc == NOT_FOUND:
                    return
                raise
            if not data:
                return
            if begin > followed.at:
                self.tell(
                    {"event": "skipped", "bytes": begin - followed.at},
                    f"{begin - followed.at} bytes were overwritten before they were read",
                )
            followed.at = begin + len(data)
            *whole, followed.rest = (followed.rest + data).split(b"\n")
            for line in whole:
                self.line(run["n"] or str(run["id"]), line)

    def line(self, name: str, text: bytes) -> None:
        """A line of a module's output."""
        shown = harmless(text.rstrip(b"\r"))
        if self.as_json:
            self.print({"event": "line", "name": name, "text": shown})
        else:
            print(f"{harmless(name.encode())}: {shown}", flush=True)

    def show_crash(self, crash: Mapping[str, Any]) -> None:
        """A crash, explained."""
        record = describe(crash)
        if record and self.as_json:
            self.print({"event": "crash"} | record)
        elif record:
            print("\n".join(lines_of(record)), flush=True)

    def tell(self, event: dict[str, Any], text: str) -> None:
        """Something about the device itself."""
        if self.as_json:
            self.print(event)
        else:
            print(f"mote: {text}", file=sys.stderr, flush=True)

    def print(self, event: Mapping[str, Any]) -> None:
        """An event as a line of JSON."""
        print(json.dumps(event), flush=True)
