;; RUN: --invoke fibonacc %
(module (func (export "fibonacci")) (func (export "other")))
;; STATUS: 1
;; STDERR: motert: invoke-unknown.wasm: no exported function fibonacc; nearest: fibonacci
