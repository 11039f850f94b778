"""Keeps machine code by what it was made from, so that an unchanged function is not compiled again: one database for each person.

Nothing depends on it: what cannot be read, written or trusted is as if it had never been there.
"""

import os
import time
from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any

VARIABLE = "MOTE_CACHE"
FILE = "codes.sqlite"
LIMIT_BYTES = 256 << 20
VERSION = 1
CHECK_BYTES = 16
DAY = 24 * 3600
AT_ONCE = 500  # keys in one question; old versions of SQLite take 999

SCHEMA = f"""
CREATE TABLE IF NOT EXISTS codes (key BLOB PRIMARY KEY, used INTEGER NOT NULL, size INTEGER NOT NULL, body BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS codes_by_use ON codes (used, size);
PRAGMA user_version = {VERSION};
"""


def cache_folder() -> Path:
    """Where mote keeps what it can make again: MOTE_CACHE, else the cache folder of this person."""
    if os.environ.get(VARIABLE):
        return Path(os.environ[VARIABLE]).expanduser()
    base = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(base) if os.path.isabs(base) else Path.home() / ".cache") / "mote"  # noqa: PTH117 (an empty text is no path)


class Cache:
    """Bodies by their keys. `with` closes it; without a folder it is always empty."""

    def __init__(self, folder: Path | None, limit_bytes: int = LIMIT_BYTES) -> None:
        self.limit_bytes = limit_bytes
        self.path = folder / FILE if folder else None
        self.database = self._open() if self.path else None

    def __enter__(self) -> "Cache":
        return self

    def __exit__(self, *_: object) -> None:
        if self.database:
            self.database.close()
        self.database = None

    def get(self, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        """The bodies that are there and whole."""
        now = int(time.time())
        found: dict[bytes, bytes] = {}
        old: list[bytes] = []
        for at in range(0, len(keys), AT_ONCE):
            part = keys[at : at + AT_ONCE]
            marks = ",".join("?" * len(part))
            for key, used, body in self._ask(f"SELECT key, used, CAST(body AS BLOB) FROM codes WHERE key IN ({marks})", part):
                if body[:CHECK_BYTES] == check(key, body[CHECK_BYTES:]):
                    found[key] = body[CHECK_BYTES:]
                    old += [key] if used < now - DAY else []
        if old:
            self._change("UPDATE codes SET used = ? WHERE key = ?", ((now, key) for key in old))
        return found

    def put(self, bodies: Mapping[bytes, bytes]) -> None:
        """Keep bodies; the ones not used for longest go when there are too many bytes."""
        now = int(time.time())
        rows = ((key, now, len(body), check(key, body) + body) for key, body in bodies.items())
        self._change("INSERT OR REPLACE INTO codes VALUES (?, ?, ?, ?)", rows)
        self._prune()

    def _prune(self) -> None:
        """Make room down to four fifths of the limit, so that this is rare."""
        total = sum(size for (size,) in self._ask("SELECT coalesce(sum(size), 0) FROM codes"))
        if total <= self.limit_bytes:
            return
        gone: list[tuple[int]] = []
        for row, size in self._ask("SELECT rowid, size FROM codes ORDER BY used, size"):
            if total <= self.limit_bytes * 4 // 5:
                break
            total -= size
            gone.append((row,))
        self._change("DELETE FROM codes WHERE rowid = ?", gone)

    def _open(self) -> Any:
        """The database, or None where there can be none. One that is broken or of another version is made anew."""
        for _ in range(2):
            try:
                import sqlite3

                self.path.parent.mkdir(parents=True, exist_ok=True)
                database = sqlite3.connect(self.path, timeout=5)
                if database.execute("PRAGMA user_version").fetchone()[0] in (0, VERSION):
                    database.execute("PRAGMA synchronous = OFF")
                    database.executescript(SCHEMA)
                    return database
                database.close()
            except (OSError, ImportError):
                return None
            except sqlite3.Error as error:
                if not is_broken(error):
                    return None
            self.path.unlink(missing_ok=True)
        return None

    def _ask(self, question: str, values: Sequence[object] = ()) -> list[tuple]:
        """The rows of an answer; none when the database fails."""
        import sqlite3

        try:
            return self.database.execute(question, values).fetchall() if self.database else []
        except sqlite3.Error as error:
            self._give_up(error)
            return []

    def _change(self, statement: str, rows: Iterable[tuple]) -> None:
        """Do the same to all rows, or to none of them."""
        import sqlite3

        try:
            if self.database:
                with self.database:
                    self.database.executemany(statement, rows)
        except sqlite3.Error as error:
            self._give_up(error)

    def _give_up(self, error: Exception) -> None:
        """Go on without the database, and without its file if that is broken."""
        self.database.close()
        self.database = None
        if is_broken(error) and self.path:
            self.path.unlink(missing_ok=True)


def is_broken(error: Exception) -> bool:
    """Whether the file itself is bad; a full disk, a lock or missing rights are OperationalErrors."""
    import sqlite3

    return type(error) is sqlite3.DatabaseError


def check(key: bytes, body: bytes) -> bytes:
    """What tells that a body is whole and belongs to its key."""
    return blake2b(body, digest_size=CHECK_BYTES, key=key[:64]).digest()
