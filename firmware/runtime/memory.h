/* Linear memories (specification, 4.2.8). How they are kept depends on the bounds mode: memory_guarded.c reserves address space
   behind which every possible address lies, memory_checked.c takes blocks from the heap. */
#ifndef RUNTIME_MEMORY_H
#define RUNTIME_MEMORY_H

#include "hal/pages.h"
#include "wasm/module.h"

struct mote_memory {
    struct mote_memory *next; /* in the runtime's list */
    struct mote_runtime *runtime;
    uint8_t *data;
    size_t size;        /* bytes that may be accessed, a multiple of the page size */
    uint32_t pages;
    uint32_t max_pages; /* declared or 65536 */
    struct mote_memory_type type;
};

/* Makes a memory of its minimum size. */
enum mote_error mote_memory_init(struct mote_memory *memory, struct mote_runtime *runtime,
                                 const struct mote_memory_type *type);
void mote_memory_deinit(struct mote_memory *memory);

/* Grows by `delta` pages; the old size in pages, or UINT32_MAX when that cannot be. `data` may move. */
uint32_t mote_memory_grow(struct mote_memory *memory, uint32_t delta);

/* Whether `size` bytes from `address` on exist: for instructions, whose addresses have 32 bits. */
static inline bool mote_memory_has(const struct mote_memory *memory, uint32_t address, size_t size)
{
    return size <= memory->size && address <= memory->size - size;
}

/* The one door from an address of the guest to a pointer: NULL unless all `size` bytes lie inside (a memory of no pages may have
   no bytes to point to). */
static inline uint8_t *mote_memory_range(const struct mote_memory *memory, uint64_t address, uint64_t size)
{
    bool is_inside = size <= memory->size && address <= memory->size - size;
    return memory->data && is_inside ? memory->data + address : NULL;
}

/* The bounds mode's part: `bytes` more at the end, zeroed; false when there is no memory. */
bool mote_memory_reserve(struct mote_memory *memory);
bool mote_memory_extend(struct mote_memory *memory, size_t bytes);
void mote_memory_release(struct mote_memory *memory);

/* Runs run(argument) so that an access outside a linear memory of the runtime ends it: then refused(argument, fault) is called first, in a
   signal handler, while all frames are still there. */
void mote_memory_guarded(struct mote_runtime *runtime, void (*run)(void *argument),
                         void (*refused)(void *argument, const struct hal_fault *fault), void *argument);

#endif
