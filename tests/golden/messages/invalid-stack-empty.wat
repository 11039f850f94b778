;; RUN: --validate %
(module (func $wrong (result i32) i32.const 1 i32.add))
;; STATUS: 1
;; STDERR: invalid-stack-empty.wasm: invalid: type mismatch: expected i32, found nothing (offset 0x1a, function 0)
