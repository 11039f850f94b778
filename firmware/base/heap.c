/* The embedder's allocator with a quota and an account; see heap.h. */
#include "base/heap.h"
#include "base/bits.h"

void mote_heap_init(struct mote_heap *heap, struct mote_allocator allocator, size_t limit_bytes)
{
    *heap = (struct mote_heap){.allocator = allocator, .limit = limit_bytes ? limit_bytes : SIZE_MAX};
}

bool mote_heap_charge(struct mote_heap *heap, enum mote_heap_kind kind, size_t size)
{
    if (size > heap->limit - heap->used) {
        return false;
    }
    heap->used += size;
    heap->used_by[kind] += size;
    if (heap->used > heap->peak) {
        heap->peak = heap->used;
    }
    return true;
}

void mote_heap_discharge(struct mote_heap *heap, enum mote_heap_kind kind, size_t size)
{
    heap->used -= size;
    heap->used_by[kind] -= size;
}

void *mote_heap_resize(struct mote_heap *heap, enum mote_heap_kind kind, void *block, size_t old_size, size_t new_size)
{
    if (new_size > old_size && !mote_heap_charge(heap, kind, new_size - old_size)) {
        return NULL;
    }
    void *moved = heap->allocator.resize(heap->allocator.user, block, old_size, new_size);
    if (!moved && new_size > old_size) {
        mote_heap_discharge(heap, kind, new_size - old_size);
    }
    if (moved && new_size < old_size) {
        mote_heap_discharge(heap, kind, old_size - new_size);
    }
    return moved;
}

void *mote_heap_new(struct mote_heap *heap, enum mote_heap_kind kind, size_t size)
{
    if (size == 0) {
        return NULL;
    }
    void *block = mote_heap_resize(heap, kind, NULL, 0, size);
    if (block) {
        memset(block, 0, size);
    }
    return block;
}

void *mote_heap_new_array(struct mote_heap *heap, enum mote_heap_kind kind, size_t count, size_t size)
{
    return count > SIZE_MAX / size ? NULL : mote_heap_new(heap, kind, count * size);
}

void mote_heap_free(struct mote_heap *heap, enum mote_heap_kind kind, void *block, size_t size)
{
    if (block) {
        heap->allocator.resize(heap->allocator.user, block, size, 0);
        mote_heap_discharge(heap, kind, size);
    }
}

bool mote_heap_grow(struct mote_heap *heap, enum mote_heap_kind kind, void **array, uint32_t *capacity, uint32_t needed,
                    size_t size)
{
    if (needed <= *capacity) {
        return true;
    }
    uint32_t roomier = *capacity + *capacity / 2 + 16;
    uint32_t wanted = roomier > needed ? roomier : needed;
    if (wanted > SIZE_MAX / size) {
        return false;
    }
    void *moved = mote_heap_resize(heap, kind, *array, *capacity * size, wanted * size);
    if (!moved) {
        return false;
    }
    *array = moved;
    *capacity = wanted;
    return true;
}
