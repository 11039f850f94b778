;; RUN: --validate %
(module (func $wrong (call 9)))
;; STATUS: 1
;; STDERR: invalid-unknown-function.wasm: invalid: unknown function 9 (offset 0x17, function 0)
