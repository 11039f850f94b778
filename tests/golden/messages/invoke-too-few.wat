;; RUN: --invoke add % 1
(module (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1))))
;; STATUS: 2
;; STDERR: motert: invoke-too-few.wasm: add takes 2 arguments (i32, i32); given: 1
