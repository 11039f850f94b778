/* Modules with native sections made by hand: small machine code whose results differ from those of the interpreter, so that a test sees who ran.
   Its parts may then be spoilt. */
#ifndef NATIVE_FILE_H
#define NATIVE_FILE_H

#include "aot/native.h"
#include "unit.h"

/* (func (export "next") (param i32) (result i32)): the argument when interpreted, one more by native code
   (func (export "trap") (result i32)): 5 when interpreted; `unreachable` at offset 77 of its body by native code
   (func (export "outer") (result i32)): 6 when interpreted; calls "trap" by native code
   (func (export "host") (param i32) (result i32)): calls the import env.f (i32 -> i32), which is function 0
   (func (export "load") (param i32) (result i32)): 7 when interpreted; reads memory 0 without a check by native code */
struct native_file {
    _Alignas(64) uint8_t bytes[2048];
    uint32_t size;
    uint32_t code_at; /* the contents of the code section */
    uint32_t code_size;
    struct mote_native_header *header;
};

/* A good file for this CPU. Where can_run is 0, the machine code is only for looking at. */
extern const bool native_file_can_run;
void native_file_make(struct native_file *file);

/* Puts the hashes right again after something has been changed. */
void native_file_seal(struct native_file *file);

#endif
