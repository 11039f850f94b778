;; RUN: --validate %
;; BUILD: smallest
(module (func $refers (param externref)))
