;; RUN: --invoke peek % 65533
(module (memory 1) (func $peek (export "peek") (param i32) (result i32) (i32.load (local.get 0))))
;; STATUS: 134
;; STDERR: motert: trap-memory.wasm: trap: out of bounds memory access
;; STDERR:   at #0 func 0 `peek` (offset 0x2a)
