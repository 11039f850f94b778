;; RUN: --validate %
;; BUILD: smallest
(module (func $two (result i32 i32) (i32.const 1) (i32.const 2)))
;; STATUS: 1
;; STDERR: disabled-multi-value.wasm: feature is switched off: multi-value (Kconfig: WASM_*) (offset 0xd); switch it on with scons menuconfig, or compile the module without it
