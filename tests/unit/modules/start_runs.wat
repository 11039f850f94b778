;; Instantiation runs code that counts.
(module $start_runs
  (global $ran (export "ran") (mut i32) (i32.const 0))
  (start $begin)
  (func $begin (global.set $ran (i32.const 1))))
