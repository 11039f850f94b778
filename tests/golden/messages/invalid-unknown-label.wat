;; RUN: --validate %
(module (func $wrong (block (br 5))))
;; STATUS: 1
;; STDERR: invalid-unknown-label.wasm: invalid: unknown label 5 (offset 0x19, function 0)
