;; Wants more than a small runtime gives.
(module (memory (export "memory") 16 65536)
  (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
  (func (export "size") (result i32) (memory.size)))
