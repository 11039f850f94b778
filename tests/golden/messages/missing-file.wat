;; RUN: no-such-file.wasm
(module)
;; STATUS: 1
;; STDERR: motert: no-such-file.wasm: No such file or directory
