;; RUN: --validate %
(module (func $wrong (drop (i32.load (i32.const 0)))))
