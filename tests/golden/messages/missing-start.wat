;; RUN: %
(module (func (export "helper")))
