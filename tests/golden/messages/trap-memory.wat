;; RUN: --invoke peek % 65533
(module (memory 1) (func $peek (export "peek") (param i32) (result i32) (i32.load (local.get 0))))
