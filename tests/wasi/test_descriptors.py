"""The standard streams as descriptors: what they can do, what they refuse, and what is left when they are closed or moved."""

import os
import pty

import pytest

from support.motert import Motert
from wasi.guests import guest

pytestmark = pytest.mark.builds("tail-guard", "sanitized")

SUCCESS, BADF, INVAL, NOTSUP, SPIPE, NOTCAPABLE = 0, 8, 28, 58, 70, 76

EXPECTED = f"""\
fd 0: error 0 type 0 flags 0 rights 820000a 0
fd 1: error 0 type 0 flags 0 rights 8200059 0
fd 2: error 0 type 0 flags 0 rights 8200059 0
fd 3: error 8 type 0 flags 0 rights 8200059 0
__wasi_fd_seek(0, 0, __WASI_WHENCE_SET, &at): {SPIPE}
__wasi_fd_seek(1, 0, 3, &at): {INVAL}
__wasi_fd_seek(3, 0, __WASI_WHENCE_SET, &at): {BADF}
__wasi_fd_tell(1, &at): {SPIPE}
__wasi_fd_tell(9, &at): {BADF}
__wasi_fd_prestat_get(0, &prestat): {BADF}
__wasi_fd_prestat_get(3, &prestat): {BADF}
__wasi_fd_prestat_dir_name(3, name, sizeof name): {BADF}
__wasi_fd_sync(1): {SUCCESS}
__wasi_fd_datasync(2): {SUCCESS}
__wasi_fd_sync(0): {NOTCAPABLE}
__wasi_fd_sync(-1): {BADF}
__wasi_fd_filestat_get(1, &filestat): {SUCCESS}
size 0 links 1
__wasi_fd_filestat_get(64, &filestat): {BADF}
__wasi_fd_advise(1, 0, 0, 0): {SPIPE}
__wasi_fd_fdstat_set_flags(0, __WASI_FDFLAGS_NONBLOCK): {SUCCESS}
fd 0: error 0 type 0 flags 4 rights 820000a 0
__wasi_fd_fdstat_set_flags(0, 0): {SUCCESS}
__wasi_fd_fdstat_set_flags(1, __WASI_FDFLAGS_SYNC): {NOTSUP}
__wasi_fd_fdstat_set_flags(1, 32): {INVAL}
__wasi_fd_fdstat_set_flags(7, 0): {BADF}
__wasi_fd_write(0, &out, 1, &moved): {BADF}
__wasi_fd_read(1, &in, 1, &moved): {BADF}
__wasi_fd_fdstat_set_rights(1, __WASI_RIGHTS_FD_READ, 0): {NOTCAPABLE}
__wasi_fd_fdstat_set_rights(1, __WASI_RIGHTS_FD_FILESTAT_GET, 0): {SUCCESS}
__wasi_fd_write(1, &out, 1, &moved): {NOTCAPABLE}
__wasi_fd_fdstat_set_rights(1, __WASI_RIGHTS_FD_WRITE, 0): {NOTCAPABLE}
__wasi_fd_renumber(2, 3): {BADF}
__wasi_fd_renumber(3, 2): {BADF}
__wasi_fd_renumber(2, 2): {SUCCESS}
__wasi_fd_close(1): {SUCCESS}
__wasi_fd_close(1): {BADF}
__wasi_fd_write(1, &out, 1, &moved): {BADF}
__wasi_fd_renumber(2, 1): {BADF}
__wasi_fd_close(0): {SUCCESS}
__wasi_fd_read(0, &in, 1, &moved): {BADF}
__wasi_fd_close(-1): {BADF}
__wasi_fd_close(64): {BADF}
"""


def test_descriptor_functions_answer_for_streams(motert: Motert) -> None:
    result = motert.run(guest("descriptors"))
    assert (result.status, result.out) == (0, "")
    assert result.err == EXPECTED


def test_renumber_moves_a_stream(motert: Motert) -> None:
    result = motert.run(guest("moved"))
    assert (result.status, result.out, result.err) == (1, "before\n", "after: 0\n")


def test_nonblocking_read_says_again_when_nothing_is_there(motert: Motert) -> None:
    process = motert.start(guest("nonblocking"))
    assert process.stdin and process.stdout
    assert process.stdout.readline() == b"nothing: 6\n"
    out, _ = process.communicate(b"ab", timeout=60)
    assert out == b"read 2: ab\nend: 0 0\n"


def test_terminal_is_a_character_device(motert: Motert) -> None:
    ours, theirs = pty.openpty()
    try:
        process = motert.start(guest("terminal"), stdin=theirs)
        assert process.communicate(timeout=60)[0] == b"1 0 0\n"
    finally:
        os.close(ours)
        os.close(theirs)
