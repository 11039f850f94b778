;; RUN: --validate %
(module binary "")
