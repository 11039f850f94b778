;; RUN: --memory-limit 3M %
(module (memory 32) (func (export "_start")))
