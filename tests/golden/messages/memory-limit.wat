;; RUN: --memory-limit 3M %
(module (memory 32) (func (export "_start")))
;; STATUS: 1
;; STDERR: motert: memory-limit.wasm: out of memory: memory or table; give it more with --memory-limit
