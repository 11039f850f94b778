;; RUN: --invoke run %
(module
  (func $deepest unreachable)
  (func $middle (param i32) (if (local.get 0) (then (call $middle (i32.sub (local.get 0) (i32.const 1)))) (else (call $deepest))))
  (func (export "run") (call $middle (i32.const 2))))
;; STATUS: 134
;; STDERR: motert: trap-unreachable-with-names.wasm: trap: unreachable
;; STDERR:   at #0 func 0 `deepest` (offset 0x26)
;; STDERR:   at #1 func 1 `middle` (offset 0x36)
;; STDERR:   at #2 func 1 `middle` (offset 0x33)
;; STDERR:   at #3 func 1 `middle` (offset 0x33)
;; STDERR:   at #4 func 2 `run` (offset 0x3e)
