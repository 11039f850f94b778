;; No program: a reactor.
(module (func (export "_initialize")) (func (export "run")))
