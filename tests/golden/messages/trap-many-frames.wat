;; RUN: --invoke down % 25
(module (func $down (export "down") (param i32)
  (if (local.get 0) (then (call $down (i32.sub (local.get 0) (i32.const 1)))) (else unreachable))))
