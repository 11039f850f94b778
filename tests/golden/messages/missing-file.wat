;; RUN: no-such-file.wasm
(module)
