;; RUN: --validate %
;; BUILD: smallest
(module (func $extends (param i32) (result i32) (i32.extend8_s (local.get 0))))
