;; RUN: --invoke all %
(module (func (export "all") (result i32 i64 f32 f64 externref funcref)
  (i32.const -1) (i64.const -9223372036854775808) (f32.const 0.1) (f64.const 0.1) (ref.null extern) (ref.null func)))
;; STATUS: 0
;; STDOUT: -1
;; STDOUT: -9223372036854775808
;; STDOUT: 0.1
;; STDOUT: 0.1
;; STDOUT: null
;; STDOUT: null
