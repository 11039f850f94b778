;; RUN: --validate %
(module (func $uses_simd (drop (v128.const i64x2 0 0))))
