;; RUN: --timeout 0.05 --invoke spin %
(module (func $spin (export "spin") (loop (br 0))))
