;; RUN: --validate %
(module
  (func $fine (result i32) i32.const 1)
  (func $wrong (result i32) i64.const 1))
