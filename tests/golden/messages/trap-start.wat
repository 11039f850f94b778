;; RUN: %
(module (func $begin unreachable) (start $begin) (func (export "_start")))
;; STATUS: 134
;; STDERR: motert: trap-start.wasm: trap: unreachable
;; STDERR:   at #0 func 0 `begin` (offset 0x27)
