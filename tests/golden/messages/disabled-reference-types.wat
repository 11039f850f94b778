;; RUN: --validate %
;; BUILD: smallest
(module (func $refers (param externref)))
;; STATUS: 1
;; STDERR: disabled-reference-types.wasm: feature is switched off: reference-types (Kconfig: WASM_*) (offset 0xd); switch it on with scons menuconfig, or compile the module without it
