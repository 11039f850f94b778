"""Modules that write files without end, in ways that take littlefs long: the device answers an echo all the while, and
they can be stopped.
"""

import pytest

from device.machines import Machine, state_of, wait_for
from device.test_hostile import Record, check_echoes, ended
from device.test_install import install
from mote.device.modules import Start
from support.guests import assemble

# Fills the file system and begins again; or has all of a large file copied for each byte that it changes at its beginning.
FILLS = "(loop $l (drop (call $write (global.get $fd) (i32.const 16) (i32.const 1) (i32.const 8))) (call $begin) (br $l))"
COPIES = """(loop $l
  (drop (call $pwrite (global.get $fd) (i32.const 24) (i32.const 1) (i64.const 0) (i32.const 8)))
  (drop (call $sync (global.get $fd))) (br $l))"""
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
  (func (export "_start")
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
