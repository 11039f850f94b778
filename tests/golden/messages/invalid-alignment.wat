;; RUN: --validate %
(module binary "\00asm\01\00\00\00" "\01\04\01\60\00\00" "\03\02\01\00" "\05\03\01\00\01"
  "\0a\0a\01\08\00\41\00\28\03\00\1a\0b")
;; STATUS: 1
;; STDERR: invalid-alignment.wasm: invalid: alignment must not be larger than natural (offset 0x1e, function 0)
