;; RUN: --validate %
;; BUILD: smallest
(module (func $adds (param f64) (result f64) (f64.add (local.get 0) (local.get 0))))
;; STATUS: 1
;; STDERR: disabled-floating-point.wasm: feature is switched off: floating-point (Kconfig: WASM_*) (offset 0xd); switch it on with scons menuconfig, or compile the module without it
