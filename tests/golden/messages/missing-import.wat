;; RUN: %
(module (import "env" "launch" (func $launch (param i32))) (func (export "_start") (call $launch (i32.const 1))))
;; STATUS: 1
;; STDERR: motert: missing-import.wasm: does not link: unknown import: env.launch (offset 0x16)
