"""Guest pointers of the functions on files, at the end of memory and past it; and that no function with pointers is left out."""

from pathlib import Path

import pytest

from mote.tables import tables
from support.motert import Motert
from wasi.table import caller, errnos, signatures
from wasi.test_pointers import FREE, LIST, MEMORY, POINTERS

pytestmark = pytest.mark.builds("tail-guard", "sanitized")

SUCCESS, FAULT, INVAL = errnos()["SUCCESS"], errnos()["FAULT"], errnos()["INVAL"]
NAME, FOLDER, ALL_RIGHTS = 200, 208, 0xFFFFFFF

# At 16 a list of one buffer without bytes, at 200 and 208 the names of a file and a folder; 3 is "/", 4 the file, made at first.
SURROUNDINGS = rf"""
(data (i32.const 16) "\00\00\00\00\00\00\00\00")
(data (i32.const {NAME}) "f")
(data (i32.const {FOLDER}) "d")
(func $begin
  (drop (call $path_open (i32.const 3) (i32.const 0) (i32.const {NAME}) (i32.const 1) (i32.const 1)
        (i64.const {ALL_RIGHTS}) (i64.const 0) (i32.const 0) (i32.const {FREE})))
  (drop (call $path_create_directory (i32.const 3) (i32.const {FOLDER}) (i32.const 1))))
(start $begin)
"""

# Function, arguments with the pointer as "p", bytes behind it.
FILE_POINTERS = [
    ("fd_pread", [4, "p", 1, 0, FREE], 8),
    ("fd_pread", [4, LIST, 1, 0, "p"], 4),
    ("fd_pwrite", [4, "p", 1, 0, FREE], 8),
    ("fd_pwrite", [4, LIST, 1, 0, "p"], 4),
    ("fd_seek", [4, 0, 0, "p"], 8),
    ("fd_tell", [4, "p"], 8),
    ("fd_filestat_get", [4, "p"], 64),
    ("fd_prestat_get", [3, "p"], 8),
    ("fd_prestat_dir_name", [3, "p", 1], 1),
    ("fd_readdir", [3, "p", 100, 0, FREE], 100),
    ("fd_readdir", [3, FREE, 100, 0, "p"], 4),
    ("path_open", [3, 0, NAME, 1, 0, 0, 0, 0, "p"], 4),
    ("path_filestat_get", [3, 0, NAME, 1, "p"], 64),
    ("path_readlink", [3, NAME, 1, "p", 8, FREE], 8),
    ("path_readlink", [3, NAME, 1, FREE, 8, "p"], 4),
]
# Those whose pointer is a path of `size` bytes: what lies there is no name of anything.
PATHS = [
    ("path_open", [3, 0, "p", 9, 0, 0, 0, 0, FREE]),
    ("path_filestat_get", [3, 0, "p", 9, FREE]),
    ("path_filestat_set_times", [3, 0, "p", 9, 0, 0, 0]),
    ("path_create_directory", [3, "p", 9]),
    ("path_remove_directory", [3, "p", 9]),
    ("path_unlink_file", [3, "p", 9]),
    ("path_readlink", [3, "p", 9, FREE, 8, FREE]),
    ("path_rename", [3, "p", 9, 3, NAME, 1]),
    ("path_rename", [3, NAME, 1, 3, "p", 9]),
]
# They say no before they look: there are no links.
REFUSED = {"path_link", "path_symlink"}


def call(motert: Motert, folder: Path, function: str, arguments: list[object], address: int) -> int:
    """What the function returns to a guest with an empty image."""
    given = [address if argument == "p" else argument for argument in arguments]
    image = folder / f"{len(list(folder.iterdir()))}"
    result = motert.run("--files", f"{image}:64K", "--invoke", function, caller(SURROUNDINGS), *given)
    assert (result.status, result.err) == (0, ""), result.err
    return int(result.out)


@pytest.mark.parametrize(("function", "arguments", "size"), FILE_POINTERS)
def test_pointer_at_the_end_of_memory(motert: Motert, tmp_path: Path, function: str, arguments: list[object], size: int) -> None:
    good = call(motert, tmp_path, function, arguments, MEMORY - size)
    assert good == (INVAL if function == "path_readlink" else SUCCESS)
    for address in (MEMORY - size + 1, MEMORY, 0xFFFFFFFF):
        assert call(motert, tmp_path, function, arguments, address) == FAULT, hex(address)


@pytest.mark.parametrize(("function", "arguments"), PATHS)
def test_path_at_the_end_of_memory(motert: Motert, tmp_path: Path, function: str, arguments: list[object]) -> None:
    assert call(motert, tmp_path, function, arguments, MEMORY - 9) == INVAL  # zero bytes
    for address in (MEMORY - 8, MEMORY, 0xFFFFFFFF):
        assert call(motert, tmp_path, function, arguments, address) == FAULT, hex(address)


def test_no_function_with_pointers_is_left_out() -> None:
    """Pointers and lengths are i32: a function with two of them has at least one pointer, the descriptor apart."""
    named = {name for name, *_ in [*POINTERS, *FILE_POINTERS, *PATHS]} | REFUSED
    without = {"fd_renumber", "fd_fdstat_set_flags", "fd_advise", "fd_filestat_set_times"}
    offered = {function.name for function in tables().wasi.values() if function.offered}
    suspects = {name for name in offered if signatures()[name].partition(":")[0].count("i") > 1}
    assert suspects - without <= named
