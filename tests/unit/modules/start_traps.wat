;; Instantiation runs code that traps.
(module $start_traps
  (import "provider" "memory" (memory 1 2))
  (func $begin (i32.store8 (i32.const 200) (i32.const 33)) unreachable)
  (start $begin))
