;; RUN: --validate %
(module (func $uses_simd (drop (v128.const i64x2 0 0))))
;; STATUS: 1
;; STDERR: malformed-simd.wasm: malformed: illegal opcode: 0xfd needs simd (offset 0x17, function 0)
