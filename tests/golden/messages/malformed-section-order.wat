;; RUN: --validate %
(module binary "\00asm\01\00\00\00" "\03\01\00" "\01\01\00")
;; STATUS: 1
;; STDERR: malformed-section-order.wasm: malformed: unexpected content after last section: section out of order (offset 0xb)
