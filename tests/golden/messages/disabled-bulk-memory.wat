;; RUN: --validate %
;; BUILD: smallest
(module (memory 1) (func $copies (memory.copy (i32.const 0) (i32.const 8) (i32.const 4))))
;; STATUS: 1
;; STDERR: disabled-bulk-memory.wasm: feature is switched off: bulk-memory (Kconfig: WASM_*) (offset 0x22, function 0); switch it on with scons menuconfig, or compile the module without it
