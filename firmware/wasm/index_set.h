/* Finds equals among the elements of an array: a hash table of indices with open addressing (linear probing), for duplicate export
   names and equal function types, in time linear in their number. */
#ifndef WASM_INDEX_SET_H
#define WASM_INDEX_SET_H

#include "base/heap.h"

struct mote_index_set {
    uint32_t *slots; /* index + 1; 0 is free */
    uint32_t size;   /* a power of two, at least twice the number of elements */
    bool (*equal)(const void *context, uint32_t a, uint32_t b);
    const void *context;
};

/* Room for `count` elements; false when there is no memory. Ends with mote_index_set_deinit. */
bool mote_index_set_init(struct mote_index_set *set, struct mote_heap *heap, uint32_t count,
                         bool (*equal)(const void *context, uint32_t a, uint32_t b), const void *context);
void mote_index_set_deinit(struct mote_index_set *set, struct mote_heap *heap);

/* The index of an equal element that was added before; otherwise adds this one and returns it. */
uint32_t mote_index_set_add(struct mote_index_set *set, uint32_t index, uint32_t hash);

/* FNV-1a (Fowler, Noll, Vo) over `length` bytes, continuing from `hash`; begin with MOTE_HASH_START. */
#define MOTE_HASH_START 2166136261u
uint32_t mote_hash(uint32_t hash, const uint8_t *bytes, uint32_t length);

#endif
