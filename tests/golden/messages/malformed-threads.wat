;; RUN: --validate %
(module (memory 1 1) (func $uses_threads (drop (i32.atomic.load (i32.const 0)))))
;; STATUS: 1
;; STDERR: malformed-threads.wasm: malformed: illegal opcode: 0xfe needs threads (offset 0x1f, function 0)
