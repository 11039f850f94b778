;; RUN: --validate %
(module binary "\00asm\0d\00\01\00")
;; STATUS: 1
;; STDERR: malformed-version.wasm: malformed: unknown binary version (offset 0x4)
