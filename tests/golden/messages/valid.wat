;; RUN: --validate %
(module (func (export "f")))
;; STATUS: 0
