/* A runtime: the root that owns modules, instances, agents and what hosts offer. */
#ifndef RUNTIME_RUNTIME_H
#define RUNTIME_RUNTIME_H

#include "base/heap.h"
#include "wasm/module.h"

/* Something that imports can be resolved from: an instance's exports or a host module. */
struct mote_provider {
    struct mote_provider *next;
    char *name; /* owned when `instance` is set */
    struct mote_instance *instance;
    const struct mote_host_module *host;
};

struct mote_runtime {
    struct mote_heap heap;
    uint32_t page_limit; /* for each linear memory */
    enum mote_native native;
    bool allow_unchecked;
    void (*host_enter)(void); /* around host functions; never NULL */
    void (*host_leave)(void);
    uint32_t native_frame_bytes; /* the largest frame of a native function so far: it looks at the limit when it has made its frame */
    struct mote_module *modules;
    struct mote_instance *instances;
    struct mote_agent *agents;
    struct mote_memory *memories;
    struct mote_provider *providers; /* newest first */
};

/* `size` bytes of zeros from the runtime's allocator, for host modules; NULL when there are none. */
void *mote_runtime_alloc(struct mote_runtime *runtime, size_t size);
void mote_runtime_free_block(struct mote_runtime *runtime, void *block, size_t size);

/* Forgets a provider that is this instance. */
void mote_runtime_forget(struct mote_runtime *runtime, const struct mote_instance *instance);

#endif
