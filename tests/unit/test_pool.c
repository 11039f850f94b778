/* base/pool: the allocator over a given piece of memory. */
#include "unit.h"

#include <stdlib.h>

#define POOL_BYTES 4096

static _Alignas(8) uint8_t memory[POOL_BYTES + 16];

static void *take(struct mote_allocator pool, size_t size)
{
    return pool.resize(pool.user, NULL, 0, size);
}

static void give(struct mote_allocator pool, void *block, size_t size)
{
    CHECK(pool.resize(pool.user, block, size, 0) == NULL);
}

/* The largest block that can be had. */
static size_t largest(struct mote_allocator pool)
{
    size_t size = POOL_BYTES;
    void *block = NULL;
    while (size && !(block = take(pool, size))) {
        size -= 8;
    }
    give(pool, block, size);
    return size;
}

UNIT_TEST(test_pool_refuses_memory_that_is_too_small)
{
    CHECK(mote_pool_allocator(memory, 63).resize == NULL);
    CHECK(mote_pool_allocator(NULL, 4096).resize == NULL);
    CHECK(mote_pool_allocator(memory, 0).resize == NULL);
    CHECK(mote_pool_allocator(memory, 64).resize != NULL);
}

UNIT_TEST(test_pool_aligns_blocks_in_unaligned_memory)
{
    for (size_t shift = 0; shift < 8; shift++) {
        struct mote_allocator pool = mote_pool_allocator(memory + shift, POOL_BYTES);
        REQUIRE(pool.resize != NULL);
        for (size_t size = 1; size < 20; size++) {
            uint8_t *block = take(pool, size);
            REQUIRE(block != NULL);
            CHECK_EQUAL((uintptr_t)block % 8, 0);
            CHECK(block >= memory + shift && block + size <= memory + shift + POOL_BYTES);
        }
    }
}

UNIT_TEST(test_pool_fails_when_full_and_recovers)
{
    struct mote_allocator pool = mote_pool_allocator(memory, POOL_BYTES);
    void *blocks[POOL_BYTES / 16];
    unsigned count = 0;
    while ((blocks[count] = take(pool, 32))) {
        memset(blocks[count], (int)count, 32);
        count++;
    }
    CHECK(count > 60);
    for (unsigned i = 0; i < count; i++) {
        CHECK_EQUAL(((uint8_t *)blocks[i])[31], (uint8_t)i);
        give(pool, blocks[i], 32);
    }
    CHECK(largest(pool) > POOL_BYTES - 64);
}

UNIT_TEST(test_pool_merges_neighbours_in_any_order_of_freeing)
{
    struct mote_allocator pool = mote_pool_allocator(memory, POOL_BYTES);
    size_t all = largest(pool);
    static const unsigned orders[][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    for (size_t i = 0; i < 6; i++) {
        void *blocks[3] = {take(pool, 100), take(pool, 200), take(pool, 300)};
        for (size_t k = 0; k < 3; k++) {
            unsigned which = orders[i][k];
            give(pool, blocks[which], 100 * (which + 1));
        }
        CHECK_EQUAL(largest(pool), all);
    }
}

UNIT_TEST(test_pool_grows_in_place_when_there_is_room)
{
    struct mote_allocator pool = mote_pool_allocator(memory, POOL_BYTES);
    uint8_t *block = take(pool, 64);
    memset(block, 7, 64);
    uint8_t *grown = pool.resize(pool.user, block, 64, 1024);
    CHECK(grown == block);
    CHECK_EQUAL(grown[63], 7);
    uint8_t *shrunk = pool.resize(pool.user, grown, 1024, 16);
    CHECK(shrunk == block);
    CHECK(largest(pool) > POOL_BYTES - 128);
}

UNIT_TEST(test_pool_moves_and_keeps_contents_when_there_is_no_room)
{
    struct mote_allocator pool = mote_pool_allocator(memory, POOL_BYTES);
    uint8_t *block = take(pool, 64);
    uint8_t *wall = take(pool, 8);
    memset(block, 9, 64);
    uint8_t *moved = pool.resize(pool.user, block, 64, 512);
    REQUIRE(moved != NULL);
    CHECK(moved != block);
    CHECK_EQUAL(moved[0], 9);
    CHECK_EQUAL(moved[63], 9);
    give(pool, wall, 8);
    give(pool, moved, 512);
    CHECK(largest(pool) > POOL_BYTES - 64);
}

UNIT_TEST(test_pool_failed_resize_leaves_the_block)
{
    struct mote_allocator pool = mote_pool_allocator(memory, POOL_BYTES);
    uint8_t *block = take(pool, 64);
    memset(block, 3, 64);
    CHECK(pool.resize(pool.user, block, 64, 2 * POOL_BYTES) == NULL);
    CHECK(pool.resize(pool.user, block, 64, SIZE_MAX) == NULL);
    CHECK(pool.resize(pool.user, block, 64, SIZE_MAX - 20) == NULL);
    CHECK(take(pool, SIZE_MAX - 16) == NULL);
    CHECK_EQUAL(block[63], 3);
    give(pool, block, 64);
}

/* Random requests against a model: blocks never overlap, contents survive, all memory comes back. */
UNIT_TEST(test_pool_survives_random_requests)
{
    struct mote_allocator pool = mote_pool_allocator(memory, POOL_BYTES);
    size_t all = largest(pool);
    uint8_t *blocks[16] = {0};
    size_t sizes[16] = {0};
    uint32_t random = 1;
    for (int round = 0; round < 20000; round++) {
        random = random * 1664525 + 1013904223;
        unsigned i = random >> 28;
        size_t size = random >> 20 & 1 ? 0 : 1 + (random >> 8) % 600;
        for (size_t k = 0; k < sizes[i]; k++) {
            REQUIRE(blocks[i][k] == (uint8_t)(i * 16 + k % 16));
        }
        uint8_t *moved = pool.resize(pool.user, blocks[i], sizes[i], size);
        if (size && !moved) {
            continue; /* full: the old block stays */
        }
        blocks[i] = moved;
        sizes[i] = size;
        for (size_t k = 0; k < size; k++) {
            moved[k] = (uint8_t)(i * 16 + k % 16);
        }
    }
    for (unsigned i = 0; i < 16; i++) {
        if (blocks[i]) {
            give(pool, blocks[i], sizes[i]);
        }
    }
    CHECK_EQUAL(largest(pool), all);
}
