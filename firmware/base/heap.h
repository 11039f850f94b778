/* All memory of a runtime: the embedder's allocator with a quota and an account by kind. */
#ifndef BASE_HEAP_H
#define BASE_HEAP_H

#include "mote.h"

enum mote_heap_kind {
    MOTE_HEAP_OTHER,
    MOTE_HEAP_MODULE,
    MOTE_HEAP_CODE,
    MOTE_HEAP_INSTANCE,
    MOTE_HEAP_MEMORY,
    MOTE_HEAP_STACK,
    MOTE_HEAP_KINDS
};

struct mote_heap {
    struct mote_allocator allocator;
    size_t limit; /* bytes; SIZE_MAX without a quota */
    size_t used;
    size_t peak;
    size_t used_by[MOTE_HEAP_KINDS];
};

void mote_heap_init(struct mote_heap *heap, struct mote_allocator allocator, size_t limit_bytes);

/* `size` bytes of zeros, or NULL. A size of 0 gives NULL too: nothing needs to be freed then. */
void *mote_heap_new(struct mote_heap *heap, enum mote_heap_kind kind, size_t size);
/* `count` elements of `size` bytes, all zeros; NULL as well when the product overflows. */
void *mote_heap_new_array(struct mote_heap *heap, enum mote_heap_kind kind, size_t count, size_t size);
/* Resizes; what is new is not cleared. NULL leaves the old block as it was. new_size is not 0. */
void *mote_heap_resize(struct mote_heap *heap, enum mote_heap_kind kind, void *block, size_t old_size, size_t new_size);
/* Frees a block of `size` bytes; NULL is allowed. */
void mote_heap_free(struct mote_heap *heap, enum mote_heap_kind kind, void *block, size_t size);

/* Accounts for bytes that do not come from the allocator (pages of the machine); false when the quota forbids it. */
bool mote_heap_charge(struct mote_heap *heap, enum mote_heap_kind kind, size_t size);
void mote_heap_discharge(struct mote_heap *heap, enum mote_heap_kind kind, size_t size);

/* An array that grows: room for at least `needed` elements of `size` bytes. `*array` may move; false and nothing changed when there
   is no memory. Ends with mote_heap_free(heap, kind, array, capacity * size). */
bool mote_heap_grow(struct mote_heap *heap, enum mote_heap_kind kind, void **array, uint32_t *capacity, uint32_t needed,
                    size_t size);

#endif
