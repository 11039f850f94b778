;; Its function is never run as it stands: the tests give the module to an engine of their own.
(module $engine_behind
  (memory (export "memory") 1 3)
  (func (export "work") (param i32) (result i32) (local.get 0)))
