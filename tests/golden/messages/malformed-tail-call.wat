;; RUN: --validate %
(module (func $uses_tail_call (return_call 0)))
