;; Averages readings of a sensor that the host has. guest.h holds this module as bytes.
(module
  (import "sensor" "read" (func $read (result i32)))
  (import "sensor" "show" (func $show (param $text i32) (param $length i32)))
  (memory 1)
  (data (i32.const 0) "averaging for ")
  (func $divide (param $sum i32) (param $count i32) (result i32)
    (i32.div_s (local.get $sum) (local.get $count)))
  ;; The host has written a name of $name_length bytes behind the text.
  (func $average (export "average") (param $count i32) (param $name_length i32) (result i32)
    (local $sum i32) (local $left i32)
    (call $show (i32.const 0) (i32.add (i32.const 14) (local.get $name_length)))
    (local.set $left (local.get $count))
    (block $done
      (loop $next
        (br_if $done (i32.eqz (local.get $left)))
        (local.set $sum (i32.add (local.get $sum) (call $read)))
        (local.set $left (i32.sub (local.get $left) (i32.const 1)))
        (br $next)))
    (call $divide (local.get $sum) (local.get $count))))
