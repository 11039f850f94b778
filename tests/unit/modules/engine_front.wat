;; Calls a function of another module, which the tests let another engine run.
(module $engine_front
  (import "behind" "work" (func $work (param i32) (result i32)))
  (memory (export "memory") 1)
  (table 1 funcref)
  (elem (i32.const 0) $work)
  (func (export "call") (param i32) (result i32)
    (i32.store (i32.const 0) (i32.const 7))
    (i32.add (i32.const 1000) (i32.add (call $work (local.get 0)) (i32.load (i32.const 0)))))
  (func (export "call_indirect") (param i32) (result i32)
    (i32.add (i32.const 1000) (call_indirect (param i32) (result i32) (local.get 0) (i32.const 0))))
  (func (export "double") (param i32) (result i32) (i32.mul (local.get 0) (i32.const 2)))
  (func (export "trap") (param i32) (result i32) (unreachable)))
