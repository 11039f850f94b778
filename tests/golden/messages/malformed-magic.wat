;; RUN: --validate %
(module binary "\7fELF\01\00\00\00")
