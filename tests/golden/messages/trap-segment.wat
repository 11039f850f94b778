;; RUN: %
(module (memory 1) (data (i32.const 65534) "four") (func (export "_start")))
;; STATUS: 134
;; STDERR: motert: trap-segment.wasm: trap: out of bounds memory access
