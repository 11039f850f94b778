;; RUN: --invoke run %
(module binary "\00asm\01\00\00\00" "\01\04\01\60\00\00" "\03\02\01\00" "\07\07\01\03run\00\00" "\0a\05\01\03\00\00\0b"
  "\00\13\04name\01\0c\01\00\09a\1b[31mb\0ac")
;; STATUS: 134
;; STDERR: motert: trap-hostile-name.wasm: trap: unreachable
;; STDERR:   at #0 func 0 `a\x1b[31mb\x0ac` (offset 0x20)
