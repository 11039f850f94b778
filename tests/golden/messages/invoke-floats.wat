;; RUN: --invoke odd %
(module (func (export "odd") (result f64 f64 f64 f32 f32)
  (f64.const inf) (f64.const -nan) (f64.const -0) (f32.const nan:0x200001) (f32.const 16777216)))
;; STATUS: 0
;; STDOUT: inf
;; STDOUT: -nan
;; STDOUT: -0
;; STDOUT: nan:0x200001
;; STDOUT: 16777216
