;; RUN: --validate %
(module (func $uses_tail_call (return_call 0)))
;; STATUS: 1
;; STDERR: malformed-tail-call.wasm: malformed: illegal opcode: 0x12 needs tail-call (offset 0x17, function 0)
