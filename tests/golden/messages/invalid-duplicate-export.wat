;; RUN: --validate %
(module (func (export "twice")) (func (export "twice")))
