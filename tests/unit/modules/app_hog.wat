;; Takes all memory it can get, a page at a time, and then waits for ever.
(module
  (memory 1)
  (func (export "_start")
    (loop $more (br_if $more (i32.ne (memory.grow (i32.const 1)) (i32.const -1))))
    (loop $again (br $again))))
