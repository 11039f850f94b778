;; RUN: --invoke run %
(module binary "\00asm\01\00\00\00" "\01\04\01\60\00\00" "\03\03\02\00\00" "\07\07\01\03run\00\01" "\0a\0a\02\03\00\00\0b\04\00\10\00\0b")
;; STATUS: 134
;; STDERR: motert: trap-without-names.wasm: trap: unreachable
;; STDERR:   at #0 func 0 (offset 0x21)
;; STDERR:   at #1 func 1 `run` (offset 0x25)
