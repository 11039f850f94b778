;; RUN: --validate %
(module (func $wrong (call 9)))
