;; RUN: --validate %
;; BUILD: smallest
(module (memory 1) (func $copies (memory.copy (i32.const 0) (i32.const 8) (i32.const 4))))
