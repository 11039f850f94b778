;; Prints for ever, to both streams in turn.
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\08\00\00\00\10\00\00\000123456789abcde\n")
  (func (export "_start")
    (local $fd i32)
    (loop $again
      (local.set $fd (i32.xor (local.get $fd) (i32.const 1)))
      (drop (call $write (i32.add (local.get $fd) (i32.const 1)) (i32.const 0) (i32.const 1) (i32.const 32)))
      (br $again))))
