"""Modules for devices, small, in the text format: each prints something that tells whether it ran right."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from mote.aot.compile import compile_module
from mote.aot.targets import find_target
from support.guests import assemble, keep

WASI = "wasi_snapshot_preview1"
FRAME = """(module
  (import "{wasi}" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "{wasi}" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "{wasi}" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
  (import "{wasi}" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 256) "{text}\\n")
  (func $write (param $fd i32) (param $at i32) (param $size i32)
    (loop $more
      (if (i32.le_s (local.get $size) (i32.const 0)) (then return))
      (i32.store (i32.const 0) (local.get $at))
      (i32.store (i32.const 4) (local.get $size))
      (br_if $more (call $fd_write (local.get $fd) (i32.const 0) (i32.const 1) (i32.const 8)))
      (local.set $at (i32.add (local.get $at) (i32.load (i32.const 8))))
      (local.set $size (i32.sub (local.get $size) (i32.load (i32.const 8))))
      (br $more)))
  (func $say (call $write (i32.const 1) (i32.const 256) (i32.const {size})))
  (func $sleep (param $ms i32)
    (i64.store (i32.const 64) (i64.const 0)) (i64.store (i32.const 72) (i64.const 0))
    (i32.store (i32.const 80) (i32.const 1))
    (i64.store (i32.const 88) (i64.mul (i64.extend_i32_u (local.get $ms)) (i64.const 1000000)))
    (i64.store (i32.const 96) (i64.const 1)) (i32.store16 (i32.const 104) (i32.const 0))
    (drop (call $poll (i32.const 64) (i32.const 112) (i32.const 1) (i32.const 144))))
  {body})"""

HELLO = '(func (export "_start") (call $say) (call $exit (i32.const 7)))'
TICK = '(func (export "_start") (call $say) (loop $l (call $sleep (i32.const 20)) (br $l)))'
SPIN = '(func (export "_start") (call $say) (loop $l (br $l)))'
RECURSE = '(func $f (param i32) (result i32) (i32.add (call $f (local.get 0)) (i32.const 1)))' \
    '(func (export "_start") (call $say) (drop (call $f (i32.const 1))))'  # fmt: skip
HOG = """(func (export "_start") (local $at i32)
  (call $say)
  (loop $l (drop (memory.grow (i32.const 1)))
    (local.set $at (i32.const 512))
    (loop $m (i32.store (local.get $at) (i32.const 7))
      (br_if $m (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 4)))
                          (i32.sub (i32.mul (memory.size) (i32.const 65536)) (i32.const 8)))))
    (br $l)))"""
FLOOD = '(func (export "_start") (loop $l (call $say) (br $l)))'
# One call that writes the same 65,000 bytes 8,000 times; and one that wants a lot of randomness, which is slow to come by.
WIDE = """(func (export "_start") (local $i i32)
  (call $say)
  (loop $l
    (i32.store (i32.shl (local.get $i) (i32.const 3)) (i32.const 0))
    (i32.store offset=4 (i32.shl (local.get $i) (i32.const 3)) (i32.const 65000))
    (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 8000))))
  (loop $m (drop (call $fd_write (i32.const 1) (i32.const 0) (local.get $i) (i32.const 65532))) (br $m)))"""
RANDOM = f"""(module (import "{WASI}" "random_get" (func $random (param i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "_start") (loop $l (drop (call $random (i32.const 0) (i32.const 65536))) (br $l))))"""
TRAP = """(func $divide (param i32) (result i32) (i32.div_u (i32.const 1) (local.get 0)))
  (func $outer (param i32) (result i32) (i32.add (call $divide (local.get 0)) (i32.const 1)))
  (func (export "_start") (call $say) (drop (call $outer (i32.const 0))))"""
CAT = """(func (export "_start") (local $n i32)
  (loop $l
    (i32.store (i32.const 0) (i32.const 512)) (i32.store (i32.const 4) (i32.const 200))
    (if (call $fd_read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)) (then (call $exit (i32.const 9))))
    (local.set $n (i32.load (i32.const 8)))
    (if (i32.eqz (local.get $n)) (then (call $exit (i32.const 3))))
    (call $write (i32.const 1) (i32.const 512) (local.get $n))
    (call $write (i32.const 2) (i32.const 512) (local.get $n))
    (br $l)))"""
# FNV-1a over the bytes of a counter, as eight hexadecimal digits.
SUM = """(func $hash (param $n i32) (result i32) (local $h i32)
    (local.set $h (i32.const 0x811c9dc5))
    (loop $l
      (local.set $h (i32.mul (i32.xor (local.get $h) (i32.and (local.get $n) (i32.const 255))) (i32.const 16777619)))
      (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $h))
  (func $digit (param i32) (result i32)
    (i32.add (local.get 0) (select (i32.const 48) (i32.const 87) (i32.lt_u (local.get 0) (i32.const 10)))))
  (func (export "_start") (local $h i32) (local $i i32)
    (local.set $h (call $hash (i32.const 100000)))
    (loop $l
      (i32.store8 (i32.add (i32.const 256) (local.get $i)) (call $digit (i32.shr_u (local.get $h) (i32.const 28))))
      (local.set $h (i32.shl (local.get $h) (i32.const 4)))
      (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 8))))
    (call $say))"""


@cache
def guest(body: str, text: str = "hello from a module") -> bytes:
    """A module; `text` is what its $say prints."""
    return assemble(FRAME.format(wasi=WASI, text=text, size=len(text) + 1, body=body)).read_bytes()


@cache
def native(module: bytes, target: str) -> bytes:
    """The module with code for a target."""
    return compile_module(module, find_target(target)).data


def as_file(module: bytes) -> Path:
    """The module in a file."""
    return keep(module)


def sum_text() -> bytes:
    """What SUM prints."""
    value = 0x811C9DC5
    for n in range(100000, 0, -1):
        value = (value ^ n & 255) * 16777619 & 0xFFFFFFFF
    return b"%08x\n" % value
