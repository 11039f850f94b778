;; RUN: --invoke fibonacc %
(module (func (export "fibonacci")) (func (export "other")))
