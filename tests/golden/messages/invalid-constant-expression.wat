;; RUN: --validate %
(module (global i32 (i32.clz (i32.const 1))))
;; STATUS: 1
;; STDERR: invalid-constant-expression.wasm: invalid: constant expression required (offset 0xf)
