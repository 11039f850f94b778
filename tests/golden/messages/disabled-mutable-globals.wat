;; RUN: --validate %
;; BUILD: smallest
(module (global (export "counter") (mut i32) (i32.const 0)))
;; STATUS: 1
;; STDERR: disabled-mutable-globals.wasm: feature is switched off: mutable-globals (Kconfig: WASM_*) (offset 0x1c); switch it on with scons menuconfig, or compile the module without it
