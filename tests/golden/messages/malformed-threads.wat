;; RUN: --validate %
(module (memory 1 1) (func $uses_threads (drop (i32.atomic.load (i32.const 0)))))
