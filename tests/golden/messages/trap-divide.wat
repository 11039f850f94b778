;; RUN: --invoke divide % 7 0
(module (func $divide (export "divide") (param i32 i32) (result i32) (i32.div_s (local.get 0) (local.get 1))))
