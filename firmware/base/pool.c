/* An allocator over a piece of memory that the embedder gives: an address-ordered list of free blocks, first fit, neighbours merged at once
   (Knuth, The Art of Computer Programming 1, 2.5, algorithms A and B). A block grows in place when its neighbour is free. */
#include "base/bits.h"
#include "mote.h"

/* In front of each block, used or free. */
struct block {
    size_t size;        /* bytes behind the header, a multiple of 8 */
    struct block *next; /* the next free block by address; not used in a used block */
};

struct pool {
    struct block *free;
    size_t total_bytes; /* of all blocks, with their headers */
    size_t free_bytes;  /* of the free ones */
    size_t least_bytes; /* that ever were free */
};

#define HEADER mote_align_up(sizeof(struct block), 8)

static struct block *block_end(struct block *block)
{
    return (struct block *)(void *)((uint8_t *)block + HEADER + block->size);
}

/* Cuts what is not needed off a block that is not in the list; returns the rest as a block of its own, or NULL. */
static struct block *split(struct block *block, size_t size)
{
    if (block->size - size < HEADER + 8) {
        return NULL;
    }
    size_t rest_size = block->size - size - HEADER;
    block->size = size;
    struct block *rest = block_end(block);
    rest->size = rest_size;
    return rest;
}

static void give_back(struct pool *pool, struct block *block)
{
    pool->free_bytes += HEADER + block->size;
    struct block **link = &pool->free;
    struct block *before = NULL;
    while (*link && *link < block) {
        before = *link;
        link = &before->next;
    }
    block->next = *link;
    *link = block;
    if (block->next == block_end(block)) {
        block->size += HEADER + block->next->size;
        block->next = block->next->next;
    }
    if (before && block_end(before) == block) {
        before->size += HEADER + block->size;
        before->next = block->next;
    }
}

static void *take(struct pool *pool, size_t size)
{
    for (struct block **link = &pool->free; *link; link = &(*link)->next) {
        struct block *block = *link;
        if (block->size < size) {
            continue;
        }
        *link = block->next;
        pool->free_bytes -= HEADER + block->size;
        struct block *rest = split(block, size);
        if (rest) {
            give_back(pool, rest);
        }
        return (uint8_t *)block + HEADER;
    }
    return NULL;
}

/* Takes the free block behind `block`, if there is one that makes it large enough. */
static bool extend(struct pool *pool, struct block *block, size_t size)
{
    for (struct block **link = &pool->free; *link && *link <= block_end(block); link = &(*link)->next) {
        if (*link != block_end(block) || block->size + HEADER + (*link)->size < size) {
            continue;
        }
        struct block *behind = *link;
        *link = behind->next;
        pool->free_bytes -= HEADER + behind->size;
        block->size += HEADER + behind->size;
        return true;
    }
    return false;
}

static void shrink(struct pool *pool, struct block *block, size_t size)
{
    struct block *rest = split(block, size);
    if (rest) {
        give_back(pool, rest);
    }
}

static void *resize(struct pool *pool, void *memory, size_t old_size, size_t new_size)
{
    if (new_size > SIZE_MAX - 8) {
        return NULL;
    }
    size_t size = mote_align_up(new_size, 8);
    if (!memory) {
        return size ? take(pool, size) : NULL;
    }
    struct block *block = (struct block *)(void *)((uint8_t *)memory - HEADER);
    if (new_size == 0) {
        give_back(pool, block);
        return NULL;
    }
    if (size <= block->size || extend(pool, block, size)) {
        shrink(pool, block, size);
        return memory;
    }
    void *moved = take(pool, size);
    if (moved) {
        memcpy(moved, memory, old_size < new_size ? old_size : new_size);
        give_back(pool, block);
    }
    return moved;
}

static void *pool_resize(void *user, void *memory, size_t old_size, size_t new_size)
{
    struct pool *pool = user;
    void *block = resize(pool, memory, old_size, new_size);
    if (pool->free_bytes < pool->least_bytes) {
        pool->least_bytes = pool->free_bytes;
    }
    return block;
}

bool mote_pool_usage(const struct mote_allocator *allocator, struct mote_pool_usage *usage)
{
    if (allocator->resize != pool_resize) {
        return false;
    }
    const struct pool *pool = allocator->user;
    *usage = (struct mote_pool_usage){pool->total_bytes, pool->free_bytes, pool->total_bytes - pool->least_bytes};
    return true;
}

struct mote_allocator mote_pool_allocator(void *memory, size_t size)
{
    uintptr_t start = mote_align_up((uintptr_t)memory, 8);
    size_t lost = start - (uintptr_t)memory;
    size_t head = mote_align_up(sizeof(struct pool), 8);
    if (!memory || size < lost || size - lost < head + HEADER + 8 || size < 64) {
        return (struct mote_allocator){NULL, NULL};
    }
    struct pool *pool = (struct pool *)start;
    pool->free = (struct block *)(start + head);
    pool->free->size = (size - lost - head - HEADER) & ~(size_t)7;
    pool->free->next = NULL;
    pool->total_bytes = pool->free_bytes = pool->least_bytes = HEADER + pool->free->size;
    return (struct mote_allocator){pool_resize, pool};
}
