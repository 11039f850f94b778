;; Calls WASI's functions on files with names and bytes of its own; results below 0 are error numbers.
(module
  (import "wasi_snapshot_preview1" "path_open"
    (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_create_directory" (func $path_create_directory (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_close" (func $fd_close (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_prestat_dir_name" (func $fd_prestat_dir_name (param i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 16) "\40\00\00\00\05\00\00\00") ;; a list of one buffer: 5 bytes at 64
  (data (i32.const 32) "file")
  (data (i32.const 40) "dir")
  (data (i32.const 64) "hello")
  (func $result (param $error i32) (param $value i32) (result i32)
    (select (i32.sub (i32.const 0) (local.get $error)) (local.get $value) (local.get $error)))
  ;; Opens "file" with rights, and creates it when they have the one to write.
  (func (export "open") (param $from i32) (param $rights i32) (result i32)
    (call $result
      (call $path_open (local.get $from) (i32.const 0) (i32.const 32) (i32.const 4)
        (i32.shr_u (i32.and (local.get $rights) (i32.const 64)) (i32.const 6))
        (i64.extend_i32_u (local.get $rights)) (i64.const 0) (i32.const 0) (i32.const 8))
      (i32.load (i32.const 8))))
  (func (export "open_dir") (param $from i32) (result i32)
    (call $result
      (call $path_open (local.get $from) (i32.const 0) (i32.const 40) (i32.const 3) (i32.const 2)
        (i64.const 0x2000) (i64.const 2) (i32.const 0) (i32.const 8))
      (i32.load (i32.const 8))))
  (func (export "make_dir") (param $from i32) (result i32)
    (call $result (call $path_create_directory (local.get $from) (i32.const 40) (i32.const 3)) (i32.const 0)))
  (func (export "write") (param $fd i32) (result i32)
    (call $result (call $fd_write (local.get $fd) (i32.const 16) (i32.const 1) (i32.const 8)) (i32.load (i32.const 8))))
  (func (export "read") (param $fd i32) (result i32)
    (call $result (call $fd_read (local.get $fd) (i32.const 16) (i32.const 1) (i32.const 8)) (i32.load (i32.const 8))))
  (func (export "close") (param $fd i32) (result i32)
    (call $result (call $fd_close (local.get $fd)) (i32.const 0)))
  (func (export "name") (param $fd i32) (result i32)
    (call $result (call $fd_prestat_dir_name (local.get $fd) (i32.const 128) (i32.const 20)) (i32.const 0))))
