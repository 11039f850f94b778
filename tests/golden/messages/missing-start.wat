;; RUN: %
(module (func (export "helper")))
;; STATUS: 1
;; STDERR: motert: missing-start.wasm: no _start to run; call an export with --invoke NAME; it exports helper
