;; RUN: --timeout 0.05 --invoke spin %
(module (func $spin (export "spin") (loop (br 0))))
;; STATUS: 124
;; STDERR: motert: timeout.wasm: trap: deadline exceeded
;; STDERR:   at #0 func 0 `spin` (offset 0x23)
