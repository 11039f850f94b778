"""Modules that write files without end, in ways that take littlefs long: the device answers an echo all the while, and
they can be stopped.
"""

import time

import pytest

from device.machines import Machine, state_of, wait_for
from device.test_hostile import Record, check_echoes, ended
from device.test_install import install
from mote.device.files import Files
from mote.device.modules import Start
from support.guests import assemble

# Fills the file system and begins again; or has all of a large file copied for each byte that it changes at its beginning.
FILLS = "(loop $l (drop (call $write (global.get $fd) (i32.const 16) (i32.const 1) (i32.const 8))) (call $begin) (br $l))"
COPIES = """(loop $l
  (drop (call $pwrite (global.get $fd) (i32.const 24) (i32.const 1) (i64.const 0) (i32.const 8)))
  (drop (call $sync (global.get $fd))) (br $l))"""
# One call that writes 60,000 bytes six times over.
WRITES = """(loop $l
    (i64.store (i32.add (i32.const 1024) (local.get $i)) (i64.const 0xea6000000100))
    (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 8))) (i32.const 48))))
  (loop $m
    (drop (call $pwrite (global.get $fd) (i32.const 1024) (i32.const 6) (i64.const 0) (i32.const 8))) (br $m))"""
REQUEST_MS = 1000  # a few times the patience of the device with a file system that is busy
MODULE = """(module
  (import "wasi_snapshot_preview1" "path_open"
    (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_pwrite" (func $pwrite (param i32 i32 i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_sync" (func $sync (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_close" (func $close (param i32) (result i32)))
  (memory (export "memory") 1)
  (global $fd (mut i32) (i32.const -1))
  (data (i32.const 16) "\\00\\01\\00\\00\\00\\f0\\00\\00\\00\\01\\00\\00\\01\\00\\00\\00") ;; 61440 bytes, and 1, at 256
  (data (i32.const 32) "file")
  (func $begin
    (drop (call $close (global.get $fd)))
    (drop (call $open (i32.const 3) (i32.const 0) (i32.const 32) (i32.const 4) (i32.const 9)
      (i64.const 0x75) (i64.const 0) (i32.const 0) (i32.const 8)))
    (global.set $fd (i32.load (i32.const 8))))
  (func (export "_start") (local $i i32)
    (call $begin)
    (if (call $write (global.get $fd) (i32.const 16) (i32.const 1) (i32.const 8)) (then unreachable))
    BODY))"""


@pytest.mark.every_machine
def test_a_module_that_writes_files_leaves_the_device_reachable(machine: Machine, record_property: Record) -> None:
    device = machine.on()
    for name, body in (("fills", FILLS), ("copies", COPIES)):
        install(device, assemble(MODULE.replace("BODY", body)).read_bytes(), name)
        number = device.modules.start(Start(name))
        check_echoes(machine, name, record_property)
        state = state_of(device, number)
        assert state["state"] == "running", state
        device.modules.stop(number)
        assert wait_for(lambda: ended(device, number))["state"] == "stopped"  # noqa: B023 (called at once)


def test_file_requests_are_answered_while_a_module_writes(machine: Machine, record_property: Record) -> None:
    """In the middle of a call that writes for seconds the others get their turn."""
    device = machine.on()
    files = Files(device.client)
    install(device, assemble(MODULE.replace("BODY", WRITES)).read_bytes(), "writes")
    number = device.modules.start(Start("writes"))
    slowest = 0.0
    for i in range(4):
        start = time.monotonic()
        assert device.modules.fresh_info()["files"] > 0
        assert "/apps" in [entry.path for entry in files.list("/")]
        files.write("/beside", bytes([i] * 700))
        slowest = max(slowest, (time.monotonic() - start) * 1000)
    record_property(machine.kind, f"{slowest:.0f} ms")
    assert slowest < 3 * REQUEST_MS, slowest
    check_echoes(machine, "writes", record_property)
    assert files.read("/beside") == bytes([3] * 700)
    device.modules.stop(number)
    assert wait_for(lambda: ended(device, number), 2)["state"] == "stopped"
