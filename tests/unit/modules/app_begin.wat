;; Its start function never ends.
(module
  (func $begin (loop $again (br $again)))
  (start $begin)
  (func (export "_start")))
