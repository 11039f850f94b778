;; RUN: --validate %
(module (func (export "twice")) (func (export "twice")))
;; STATUS: 1
;; STDERR: invalid-duplicate-export.wasm: invalid: duplicate export name (offset 0x1f)
