;; RUN: --validate %
;; BUILD: smallest
(module (func $adds (param f64) (result f64) (f64.add (local.get 0) (local.get 0))))
