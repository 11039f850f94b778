;; RUN: --validate %
;; BUILD: smallest
(module (func $extends (param i32) (result i32) (i32.extend8_s (local.get 0))))
;; STATUS: 1
;; STDERR: disabled-sign-extension.wasm: feature is switched off: sign-extension (Kconfig: WASM_*) (offset 0x1b, function 0); switch it on with scons menuconfig, or compile the module without it
