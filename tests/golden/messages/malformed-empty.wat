;; RUN: --validate %
(module binary "")
;; STATUS: 1
;; STDERR: malformed-empty.wasm: malformed: unexpected end (offset 0x0)
