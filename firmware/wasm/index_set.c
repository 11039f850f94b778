/* Finds equals among the elements of an array; see index_set.h. */
#include "wasm/index_set.h"

bool mote_index_set_init(struct mote_index_set *set, struct mote_heap *heap, uint32_t count,
                         bool (*equal)(const void *context, uint32_t a, uint32_t b), const void *context)
{
    uint32_t size = 4;
    while (size < UINT32_MAX / 2 && size / 2 < count) {
        size *= 2;
    }
    *set = (struct mote_index_set){NULL, size, equal, context};
    set->slots = mote_heap_new_array(heap, MOTE_HEAP_OTHER, size, sizeof *set->slots);
    return set->slots != NULL;
}

void mote_index_set_deinit(struct mote_index_set *set, struct mote_heap *heap)
{
    mote_heap_free(heap, MOTE_HEAP_OTHER, set->slots, set->size * sizeof *set->slots);
}

uint32_t mote_index_set_add(struct mote_index_set *set, uint32_t index, uint32_t hash)
{
    uint32_t mask = set->size - 1;
    for (uint32_t i = hash & mask;; i = (i + 1) & mask) {
        if (set->slots[i] == 0) {
            set->slots[i] = index + 1;
            return index;
        }
        if (set->equal(set->context, set->slots[i] - 1, index)) {
            return set->slots[i] - 1;
        }
    }
}

uint32_t mote_hash(uint32_t hash, const uint8_t *bytes, uint32_t length)
{
    for (uint32_t i = 0; i < length; i++) {
        hash = (hash ^ bytes[i]) * 16777619u;
    }
    return hash;
}
