;; RUN: --invoke add % 1 two
(module (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1))))
;; STATUS: 2
;; STDERR: motert: add: argument 2: two is not an i32; write a decimal or 0x number from -2147483648 to 4294967295
