;; RUN: --validate %
(module
  (func $fine (result i32) i32.const 1)
  (func $wrong (result i32) i64.const 1))
;; STATUS: 1
;; STDERR: invalid-type-mismatch.wasm: invalid: type mismatch: expected i32, found i64 (offset 0x20, function 1)
