;; Offers one of each kind to another module.
(module $provider
  (memory (export "memory") 1 2)
  (table (export "table") 2 2 funcref)
  (global (export "shared") (mut i64) (i64.const 5))
  (func $eleven (result i32) (i32.const 11))
  (elem (i32.const 0) $eleven)
  (func (export "peek") (param i32) (result i32) (i32.load8_u (local.get 0)))
  (func (export "call_slot") (param i32) (result i32) (call_indirect (result i32) (local.get 0)))
  (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0))))
