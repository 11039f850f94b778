;; RUN: --validate %
;; BUILD: smallest
(module (global i32 (i32.add (i32.const 1) (i32.const 2))))
;; STATUS: 1
;; STDERR: disabled-extended-const.wasm: feature is switched off: extended-const (Kconfig: WASM_*) (offset 0x11); switch it on with scons menuconfig, or compile the module without it
