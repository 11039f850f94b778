;; RUN: --validate %
;; BUILD: smallest
(module (global (export "counter") (mut i32) (i32.const 0)))
