;; RUN: --invoke pick % 1
(module (table 4 funcref) (elem (i32.const 1) $other) (func $other (result i64) (i64.const 0))
  (func (export "pick") (param i32) (call_indirect (local.get 0))))
;; STATUS: 134
;; STDERR: motert: trap-indirect.wasm: trap: indirect call type mismatch
;; STDERR:   at #0 func 1 `pick` (offset 0x40)
