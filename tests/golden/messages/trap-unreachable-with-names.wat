;; RUN: --invoke run %
(module
  (func $deepest unreachable)
  (func $middle (param i32) (if (local.get 0) (then (call $middle (i32.sub (local.get 0) (i32.const 1)))) (else (call $deepest))))
  (func (export "run") (call $middle (i32.const 2))))
