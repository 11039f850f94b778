;; RUN: --validate %
(module (func (export "f")))
