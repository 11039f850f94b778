;; RUN: --validate %
(module binary "\00asm\01\00\00\00" "\01\04\01\60\00\00" "\03\02\01\00" "\07\06\01\02\ff\fe\00\00" "\0a\04\01\02\00\0b")
;; STATUS: 1
;; STDERR: malformed-utf8.wasm: malformed: malformed UTF-8 encoding (offset 0x16)
