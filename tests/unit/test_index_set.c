/* wasm/index_set: equals are found, also when all hashes are the same. */
#include "unit.h"
#include "wasm/index_set.h"

static bool equal(const void *context, uint32_t a, uint32_t b)
{
    const uint32_t *values = context;
    return values[a] == values[b];
}

static void fill(struct mote_index_set *set, uint32_t *values, uint32_t count, bool same_hash)
{
    for (uint32_t i = 0; i < count; i++) {
        values[i] = i * 7 % (count / 2); /* each value twice */
        uint32_t hash = same_hash ? 42 : mote_hash(MOTE_HASH_START, (const uint8_t *)&values[i], 4);
        uint32_t found = mote_index_set_add(set, i, hash);
        uint32_t first = i;
        for (uint32_t k = 0; k < i; k++) {
            first = values[k] == values[i] && k < first ? k : first;
        }
        CHECK_EQUAL(found, first);
    }
}

UNIT_TEST(test_index_set_finds_the_first_equal)
{
    static uint32_t values[200];
    for (int same_hash = 0; same_hash < 2; same_hash++) {
        struct unit_account account = {0};
        struct mote_heap heap;
        struct mote_index_set set;
        mote_heap_init(&heap, unit_allocator(&account), 0);
        REQUIRE(mote_index_set_init(&set, &heap, 200, equal, values));
        fill(&set, values, 200, same_hash);
        mote_index_set_deinit(&set, &heap);
        CHECK_EQUAL(account.bytes, 0);
    }
}

UNIT_TEST(test_index_set_says_when_there_is_no_memory)
{
    struct unit_account account = {.fail_only = 1};
    struct mote_heap heap;
    struct mote_index_set set;
    mote_heap_init(&heap, unit_allocator(&account), 0);
    CHECK(!mote_index_set_init(&set, &heap, 200, equal, NULL));
    CHECK_EQUAL(account.bytes, 0);
}

UNIT_TEST(test_index_set_hash_is_fnv_1a)
{
    CHECK_EQUAL(mote_hash(MOTE_HASH_START, (const uint8_t *)"", 0), 0x811C9DC5);
    CHECK_EQUAL(mote_hash(MOTE_HASH_START, (const uint8_t *)"a", 1), 0xE40C292C);
    CHECK_EQUAL(mote_hash(MOTE_HASH_START, (const uint8_t *)"foobar", 6), 0xBF9CF968);
}
