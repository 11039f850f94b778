;; RUN: --invoke add % 4294967296 0
(module (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1))))
