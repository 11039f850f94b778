;; RUN: --invoke down % 25
(module (func $down (export "down") (param i32)
  (if (local.get 0) (then (call $down (i32.sub (local.get 0) (i32.const 1)))) (else unreachable))))
;; STATUS: 134
;; STDERR: motert: trap-many-frames.wasm: trap: unreachable
;; STDERR:   at #0 func 0 `down` (offset 0x2e)
;; STDERR:   at #1 func 0 `down` (offset 0x2b)
;; STDERR:   at #2 func 0 `down` (offset 0x2b)
;; STDERR:   at #3 func 0 `down` (offset 0x2b)
;; STDERR:   at #4 func 0 `down` (offset 0x2b)
;; STDERR:   at #5 func 0 `down` (offset 0x2b)
;; STDERR:   at #6 func 0 `down` (offset 0x2b)
;; STDERR:   at #7 func 0 `down` (offset 0x2b)
;; STDERR:   at #8 func 0 `down` (offset 0x2b)
;; STDERR:   at #9 func 0 `down` (offset 0x2b)
;; STDERR:   at #10 func 0 `down` (offset 0x2b)
;; STDERR:   at #11 func 0 `down` (offset 0x2b)
;; STDERR:   at #12 func 0 `down` (offset 0x2b)
;; STDERR:   at #13 func 0 `down` (offset 0x2b)
;; STDERR:   at #14 func 0 `down` (offset 0x2b)
;; STDERR:   at #15 func 0 `down` (offset 0x2b)
;; STDERR:   ... and 10 more
