;; RUN: --validate %
(module binary "\7fELF\01\00\00\00")
;; STATUS: 1
;; STDERR: malformed-magic.wasm: malformed: magic header not detected (offset 0x0); this is not a .wasm file
