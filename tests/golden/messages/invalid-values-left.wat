;; RUN: --validate %
(module (func $wrong i32.const 1 i32.const 2))
