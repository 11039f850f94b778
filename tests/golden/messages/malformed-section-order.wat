;; RUN: --validate %
(module binary "\00asm\01\00\00\00" "\03\01\00" "\01\01\00")
