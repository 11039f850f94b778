;; RUN: --validate %
(module (global $g i32 (i32.const 0)) (func $wrong (global.set $g (i32.const 1))))
;; STATUS: 1
;; STDERR: invalid-immutable-global.wasm: invalid: global is immutable (offset 0x21, function 0)
