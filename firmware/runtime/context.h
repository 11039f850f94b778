/* The context: what running code needs to know, and the first argument of every native function. Native code only reads it (what
   it writes lies behind `globals` and `writable`), so that it can lie where an unprivileged module cannot write. tables/native_layout.def
   fixes the offsets. */
#ifndef RUNTIME_CONTEXT_H
#define RUNTIME_CONTEXT_H

#include "base/config.h"
#include "wasm/module.h"

struct mote_context {
    uint32_t poll;          /* not 0: stop with this trap; written by other threads and signal handlers */
    uintptr_t stack_limit;  /* lowest address that native frames may reach; an interrupt sets it to UINTPTR_MAX */
    uint8_t *memory_base;   /* memory 0 of `instance`; kept in step with it when it grows */
    size_t memory_size;     /* in bytes */
    uint64_t *globals;      /* of `instance` */
    void (*const *helpers)(void); /* by the numbers of tables/native_abi.def */
    struct mote_func **imports;
    uint64_t **imported_globals;
    struct mote_table **tables;
    const struct mote_functype *types;
    struct mote_instance *instance;
    void *writable;         /* reserved for what native code writes (frame records); NULL */
};

#endif
