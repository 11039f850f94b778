"""The cache of machine code: what is kept comes back whole, everything else is as if it had never been there."""

import sqlite3
from pathlib import Path

import pytest

from mote.aot.cache import FILE, VARIABLE, Cache, cache_folder

KEYS = [bytes([i]) * 32 for i in range(8)]


def test_what_is_kept_comes_back(tmp_path: Path) -> None:
    with Cache(tmp_path) as cache:
        cache.put({KEYS[0]: b"zero", KEYS[1]: b""})
    with Cache(tmp_path) as cache:
        assert cache.get(KEYS) == {KEYS[0]: b"zero", KEYS[1]: b""}


def test_many_keys_are_asked_in_parts(tmp_path: Path) -> None:
    bodies = {i.to_bytes(32, "big"): str(i).encode() for i in range(1203)}
    with Cache(tmp_path) as cache:
        cache.put(bodies)
        assert cache.get(list(bodies)) == bodies


def test_without_a_folder_it_is_empty() -> None:
    with Cache(None) as cache:
        cache.put({KEYS[0]: b"zero"})
        assert cache.get(KEYS) == {}


def test_a_body_that_changed_is_not_given_and_can_be_kept_again(tmp_path: Path) -> None:
    with Cache(tmp_path) as cache:
        cache.put({KEYS[0]: b"zero", KEYS[1]: b"one"})
    with sqlite3.connect(tmp_path / FILE) as database:
        database.execute("UPDATE codes SET body = CAST(substr(body, 1, 18) || x'00' AS BLOB) WHERE key = ?", (KEYS[0],))
    with Cache(tmp_path) as cache:
        assert cache.get(KEYS) == {KEYS[1]: b"one"}
        cache.put({KEYS[0]: b"zero"})
        assert cache.get(KEYS) == {KEYS[0]: b"zero", KEYS[1]: b"one"}


@pytest.mark.parametrize("at", [0, 18, 4096])
def test_a_broken_file_is_made_anew(at: int, tmp_path: Path) -> None:
    with Cache(tmp_path) as cache:
        cache.put({key: bytes(5000) for key in KEYS})
    with (tmp_path / FILE).open("r+b") as file:
        file.seek(at)
        file.write(b"\xa5" * 30000)
    with Cache(tmp_path) as cache:
        found = cache.get(KEYS)
        assert all(body == bytes(5000) for body in found.values())
        cache.put({KEYS[0]: b"new"})
    with Cache(tmp_path) as cache:
        cache.put({KEYS[0]: b"new"})
        assert cache.get(KEYS[:1]) == {KEYS[0]: b"new"}


def test_another_version_is_made_anew(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / FILE) as database:
        database.execute("PRAGMA user_version = 99")
    with Cache(tmp_path) as cache:
        cache.put({KEYS[0]: b"zero"})
        assert cache.get(KEYS) == {KEYS[0]: b"zero"}


def test_the_ones_not_used_for_longest_go(tmp_path: Path) -> None:
    with Cache(tmp_path, limit_bytes=100) as cache:
        for i, key in enumerate(KEYS[:4]):
            cache.put({key: bytes(20)})
            cache.database.execute("UPDATE codes SET used = ? WHERE key = ?", (i, key))
        assert list(cache.get(KEYS)) == KEYS[:4]  # marks them as used today
        cache.database.executemany("UPDATE codes SET used = ? WHERE key = ?", [(4 - i, KEYS[i]) for i in range(4)])
        cache.put({KEYS[4]: bytes(21)})
        assert set(cache.get(KEYS)) == {KEYS[0], KEYS[1], KEYS[4]}


def test_a_place_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with Cache(tmp_path / "file" / "below") as cache:
        cache.put({KEYS[0]: b"zero"})
        assert cache.get(KEYS) == {}


def test_a_locked_database_is_waited_for_and_then_done_without(tmp_path: Path) -> None:
    with Cache(tmp_path) as cache:
        cache.put({KEYS[0]: b"zero"})
        cache.database.execute("PRAGMA busy_timeout = 10")
        other = sqlite3.connect(tmp_path / FILE)
        other.execute("BEGIN EXCLUSIVE")
        cache.put({KEYS[1]: b"one"})
        assert cache.get(KEYS) == {}
        other.close()
    with Cache(tmp_path) as cache:
        assert cache.get(KEYS) == {KEYS[0]: b"zero"}


def test_its_folder_is_the_persons(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    assert cache_folder() == tmp_path
    monkeypatch.delenv(VARIABLE)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "mote"
    monkeypatch.setenv("XDG_CACHE_HOME", "not/absolute")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache_folder() == tmp_path / ".cache" / "mote"
