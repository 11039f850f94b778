;; RUN: --validate %
(module (func $wrong (drop (i32.load (i32.const 0)))))
;; STATUS: 1
;; STDERR: invalid-unknown-memory.wasm: invalid: unknown memory 0 (offset 0x19, function 0)
