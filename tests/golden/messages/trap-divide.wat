;; RUN: --invoke divide % 7 0
(module (func $divide (export "divide") (param i32 i32) (result i32) (i32.div_s (local.get 0) (local.get 1))))
;; STATUS: 134
;; STDERR: motert: trap-divide.wasm: trap: integer divide by zero
;; STDERR:   at #0 func 0 `divide` (offset 0x2a)
