"""tables/wasi.def against the specification as wasi-libc has it, and against what the runtime offers."""

import re
from importlib.util import find_spec
from pathlib import Path

import pytest

from mote.tables import tables
from support.guests import assemble
from support.motert import Motert
from wasi.table import caller, errnos, signatures

pytestmark = pytest.mark.builds("tail-guard", "sanitized")

LETTERS = {"int32_t": "i", "int64_t": "I"}
IMPORTED = re.compile(r"^int32_t __imported_wasi_snapshot_preview1_(\w+)\(([^)]*)\)", re.MULTILINE)
ERRNO = re.compile(r"define __WASI_ERRNO_(\w+) \(UINT16_C\((\d+)\)\)")

# Not in wasi-libc's own list: it cannot return, or was taken out of the library.
BEYOND_LIBC = {"proc_exit": "i:", "proc_raise": "i:i"}


def libc() -> Path:
    """The sources of wasi-libc in the pip-installed compiler."""
    package = find_spec("ziglang")
    if package is None or not package.origin:
        pytest.skip("wasi-libc comes with ziglang: pip install ziglang")
    return Path(package.origin).parent / "lib" / "libc"


def test_table_has_every_function_of_preview_1_with_its_signature() -> None:
    text = (libc() / "wasi/libc-bottom-half/sources/__wasilibc_real.c").read_text()
    expected = dict(BEYOND_LIBC)
    for name, parameters in IMPORTED.findall(text):
        expected[name] = "".join(LETTERS[word] for word in re.findall(r"int\d+_t", parameters)) + ":i"
    assert signatures() == expected
    assert len(expected) == 46


def test_table_has_every_errno() -> None:
    text = (libc() / "include/wasm-wasi-musl/wasi/api.h").read_text()
    assert errnos() == {name: int(number) for name, number in ERRNO.findall(text)}


def test_groups_that_are_not_there_link_and_return_nosys(motert: Motert) -> None:
    missing = [function.name for function in tables().wasi.values() if not function.offered]
    assert len(missing) == 4 and "sock_send" in missing
    for name in missing:
        result = motert.run("--invoke", name, caller(), *["0"] * signatures()[name].index(":"))
        assert (result.status, result.out, result.err) == (0, f"{errnos()['NOSYS']}\n", ""), name


def test_import_of_another_signature_does_not_link(motert: Motert) -> None:
    module = assemble('(module (import "wasi_snapshot_preview1" "fd_close" (func (param i64) (result i32))))')
    result = motert.run(module)
    assert result.status == 1
    assert "does not link: incompatible import type" in result.err and "fd_close" in result.err
