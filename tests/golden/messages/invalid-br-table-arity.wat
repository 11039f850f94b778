;; RUN: --validate %
(module (func $wrong (drop (block (result i32) (block (br_table 0 1 (i32.const 1) (i32.const 0))) (i32.const 1)))))
;; STATUS: 1
;; STDERR: invalid-br-table-arity.wasm: invalid: type mismatch: the labels of br_table take different numbers of values (offset 0x1f, function 0)
