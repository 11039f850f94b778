;; Never ends.
(module (memory 1) (func (export "_start") (loop $again (br $again))))
