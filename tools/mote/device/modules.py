"""What one asks a device of modules (group 64 of docs/formats/management.md)."""

import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from mote.device.client import MODULE_GROUP, READ, WRITE, Client, Command, DeviceError
from mote.device.transfer import Piece, Sender
from mote.errors import UserError

SLOW_S = 3.0  # for what may erase flash
PREPARE_S = 60.0  # without a function having been prepared
POLL_S = 0.02


def command(id: int, operation: int, what: str) -> Command:
    """A row of the group."""
    return Command(MODULE_GROUP, id, operation, what)


DEVICE = command(0, READ, "who are you?")
LIST = command(1, READ, "list of packages")
UPLOAD = command(2, WRITE, "sending the module")
UPLOAD_STATE = command(2, READ, "how far the module is prepared")
CANCEL = command(3, WRITE, "cancelling the upload")
REMOVE = command(4, WRITE, "removing a package")
ROLLBACK = command(5, WRITE, "going back to the version before")
ENABLE = command(6, WRITE, "switching autostart")
START = command(7, WRITE, "starting a module")
STOP = command(8, WRITE, "stopping a module")
RUNS = command(9, READ, "what runs")
STREAM = command(10, WRITE, "input and output of a module")
LOG = command(11, READ, "log of a module")
CRASH = command(12, READ, "the last crash")
CRASH_CLEAR = command(12, WRITE, "forgetting the last crash")

NOT_FOUND, IN_USE, NO_ROOM, NO_MEMORY, NOT_ACCEPTED, BAD_NAME = 3, 4, 5, 6, 7, 11
REMEDIES = {
    IN_USE: "Stop it first: mote stop NAME (rm and rollback do that with --stop)",
    NO_ROOM: "See what is there with mote ls, and remove something: mote rm NAME",
    NO_MEMORY: "See what runs with mote ps, and stop something: mote stop NAME",
    8: "The line is noisy, or its flash has changed: send the module again.",
    9: "The flash memory is worn out or defective.",
    10: "See what runs with mote ps, and stop something: mote stop NAME",
    BAD_NAME: "Names are 1 to 31 letters, digits, '-', '_' and '.', the first a letter or digit: --name NAME",
    13: "Try again when it is over, or ten seconds after it was broken off.",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Start:
    """How a module is to be started; `name` None means the module in RAM."""

    name: str | None = None
    args: Sequence[str] | None = None
    attach: bool = False
    interpret: bool = False


@dataclass(slots=True)
class Exchange:
    """What a round of stream brought."""

    taken: int = 0
    out: bytes = b""
    err: bytes = b""
    state: str = "running"
    exit: int | None = None
    trap: str = ""


@dataclass(slots=True)
class Modules:
    """The modules of a device."""

    client: Client
    _info: dict[str, Any] = field(default_factory=dict)

    def info(self) -> dict[str, Any]:
        """What the device says of itself; asked once."""
        if not self._info:
            self._info = self.client.hello(DEVICE)
        return self._info

    def fresh_info(self) -> dict[str, Any]:
        """The same, asked now."""
        self._info = self.client.request(DEVICE)
        return self._info

    def hello_again(self) -> dict[str, Any]:
        """The same from a device that is just starting."""
        self._info = self.client.hello(DEVICE)
        return self._info

    def packages(self) -> list[dict[str, Any]]:
        """All packages in the store."""
        found: list[dict[str, Any]] = []
        at: int | None = 0
        while at is not None:
            page = self.client.request(LIST, {"from": at} if at else {})
            found += page.get("packages", ())
            at = page.get("next")
        return found

    def send(self, data: bytes, name: str = "", ram: bool = False, progress: Callable[[int, int], None] | None = None) -> int:
        """Send a module to the store or to RAM; how many bytes were sent (fewer, when some were there already)."""
        first = {"off": 0, "len": len(data), "sha": hashlib.sha256(data).digest()}
        first |= {"name": name} if name else {}
        first |= {"ram": True} if ram else {}

        def body(piece: Piece) -> dict[str, Any]:
            return (first if piece.offset == 0 else {"off": piece.offset}) | {"data": piece.data}

        with self.explained(name):
            return Sender(self.client, UPLOAD, data, body, SLOW_S, progress, goes_ahead=True).send()

    def wait_until_ready(self, progress: Callable[[int, int], None] | None = None) -> dict[str, Any]:
        """Wait until what was sent is prepared; the last state. Raises what the device has against it."""
        last, moved = -1, time.monotonic()
        while True:
            state = self.client.request(UPLOAD_STATE, timeout_s=SLOW_S)
            if state["state"] == "failed":
                body = {"err": {"group": MODULE_GROUP, "rc": state.get("rc", 1)}, "msg": state.get("msg", "")}
                with self.explained(state.get("name", "")):
                    raise_refusal(self.client, UPLOAD, body)
            if state["state"] != "preparing":
                return state
            if state.get("done", 0) != last:
                last, moved = state.get("done", 0), time.monotonic()
            elif time.monotonic() - moved > PREPARE_S:
                raise UserError(
                    f"the device prepares no function since {PREPARE_S:.0f} s", self.client.link.name, "Run: mote device reset"
                )
            if progress:
                progress(state.get("done", 0), state.get("of", 0))
            time.sleep(POLL_S)

    def act(self, command: Command, name: str, **more: Any) -> dict[str, Any]:
        """A request that names a package."""
        with self.explained(name):
            return self.client.request_once(command, {"name": name, **more}, SLOW_S)

    def start(self, how: Start) -> int:
        """Start a module; the number of its run."""
        body: dict[str, Any] = {"name": how.name} if how.name else {}
        body |= {"args": list(how.args)} if how.args is not None else {}
        body |= {"attach": True} if how.attach else {}
        body |= {"interp": True} if how.interpret else {}
        with self.explained(how.name or ""):
            return self.client.request_once(START, body, SLOW_S)["id"]

    def stop(self, which: int | str) -> None:
        """Stop a run by its number, or the newest of a name."""
        with self.explained(str(which)):
            self.client.request_once(STOP, {"id": which} if isinstance(which, int) else {"name": which})

    def runs(self) -> list[dict[str, Any]]:
        """What runs, and what has run."""
        return self.client.request(RUNS).get("runs", [])

    def exchange(self, run: int, data: bytes = b"", eof: bool = False, largest: int | None = None) -> Exchange:
        """Give input to a run and take its output."""
        body: dict[str, Any] = {"id": run}
        body |= {"in": data} if data else {}
        body |= {"eof": True} if eof else {}
        body |= {"max": largest} if largest is not None else {}
        told = self.client.request_once(STREAM, body)
        return Exchange(
            told.get("in", 0),
            told.get("out", b""),
            told.get("err", b""),
            told.get("state", ""),
            told.get("exit"),
            told.get("trap", ""),
        )

    def detach(self, run: int) -> None:
        """Let a run go on alone."""
        self.client.request_once(STREAM, {"id": run, "detach": True})

    def log(self, which: int | str, start: int = 0) -> tuple[int, bytes]:
        """What a run has printed from a byte on: where what is still there begins, and as much of it as fits a
        message.
        """
        with self.explained(str(which)):
            told = self.client.request(LOG, ({"id": which} if isinstance(which, int) else {"name": which}) | {"from": start})
        return told.get("from", start), told.get("data", b"")

    def crash(self) -> dict[str, Any]:
        """The last crash; empty when there was none."""
        return self.client.request(CRASH)

    def explained(self, name: str) -> "Explained":
        """Adds to what the device has against a request what a person can do about it."""
        return Explained(name)


class Explained:
    """`with`: a refusal that leaves it has a remedy, with the module's name in it."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type | None, error: BaseException | None, trace: object) -> None:
        if isinstance(error, DeviceError) and error.group == MODULE_GROUP and not error.remedy:
            error.remedy = REMEDIES.get(error.rc, "").replace(
                "stop NAME", f"stop {self.name or 'NAME'}" if error.rc == IN_USE else "stop NAME"
            )
            if error.rc == BAD_NAME and "manifest" in error.what:
                error.remedy = "See what the module says of itself: mote inspect FILE"
            if error.rc == NOT_FOUND and self.name:
                error.remedy = "See what is there: mote ls; what runs: mote ps"


def raise_refusal(client: Client, command: Command, body: dict[str, Any]) -> None:
    """Raise what a state says."""
    from mote.device.client import Response

    client.checked(command, Response(0, MODULE_GROUP, command.id, body))
