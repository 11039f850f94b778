;; Imports all that provider.wat offers, and changes it.
(module $consumer
  (import "provider" "memory" (memory 1 2))
  (import "provider" "table" (table 2 2 funcref))
  (import "provider" "shared" (global $shared (mut i64)))
  (import "provider" "peek" (func $peek (param i32) (result i32)))
  (func $mine (result i32) (i32.const 22))
  (elem (i32.const 1) $mine)
  (data (i32.const 100) "*")
  (func (export "bump") (global.set $shared (i64.add (global.get $shared) (i64.const 1))))
  (func (export "poke") (param i32 i32) (i32.store8 (local.get 0) (local.get 1)))
  (func (export "peek_there") (param i32) (result i32) (call $peek (local.get 0)))
  (func (export "pages") (result i32) (memory.size)))
