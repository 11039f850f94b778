;; RUN: --validate %
;; BUILD: smallest
(module (memory 1) (data "passive"))
;; STATUS: 1
;; STDERR: disabled-passive-segment.wasm: feature is switched off: bulk-memory (Kconfig: WASM_*) (offset 0x10); switch it on with scons menuconfig, or compile the module without it
