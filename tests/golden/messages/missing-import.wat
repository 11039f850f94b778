;; RUN: %
(module (import "env" "launch" (func $launch (param i32))) (func (export "_start") (call $launch (i32.const 1))))
