;; RUN: --validate %
;; BUILD: smallest
(module (memory 1) (data "passive"))
