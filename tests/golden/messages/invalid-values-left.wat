;; RUN: --validate %
(module (func $wrong i32.const 1 i32.const 2))
;; STATUS: 1
;; STDERR: invalid-values-left.wasm: invalid: type mismatch: values remain on the stack at the end of a block (offset 0x1b, function 0)
