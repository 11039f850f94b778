;; RUN: --validate %
(module (func $wrong (param i32) (drop (local.get 7))))
