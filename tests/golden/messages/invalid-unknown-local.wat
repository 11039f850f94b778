;; RUN: --validate %
(module (func $wrong (param i32) (drop (local.get 7))))
;; STATUS: 1
;; STDERR: invalid-unknown-local.wasm: invalid: unknown local 7 (offset 0x18, function 0)
