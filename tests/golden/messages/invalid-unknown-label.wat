;; RUN: --validate %
(module (func $wrong (block (br 5))))
