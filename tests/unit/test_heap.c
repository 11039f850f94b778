/* base/heap: quota and accounts over the embedder's allocator. */
#include "base/heap.h"
#include "unit.h"

UNIT_TEST(test_heap_new_blocks_are_zero)
{
    struct unit_account account = {0};
    struct mote_heap heap;
    mote_heap_init(&heap, unit_allocator(&account), 0);
    uint8_t *block = mote_heap_new_array(&heap, MOTE_HEAP_CODE, 10, 10);
    REQUIRE(block != NULL);
    for (int i = 0; i < 100; i++) {
        CHECK_EQUAL(block[i], 0);
    }
    CHECK_EQUAL(heap.used_by[MOTE_HEAP_CODE], 100);
    mote_heap_free(&heap, MOTE_HEAP_CODE, block, 100);
    CHECK_EQUAL(heap.used, 0);
    CHECK_EQUAL(heap.peak, 100);
    CHECK_EQUAL(account.bytes, 0);
}

UNIT_TEST(test_heap_size_zero_allocates_nothing)
{
    struct unit_account account = {0};
    struct mote_heap heap;
    mote_heap_init(&heap, unit_allocator(&account), 0);
    CHECK(mote_heap_new(&heap, MOTE_HEAP_OTHER, 0) == NULL);
    mote_heap_free(&heap, MOTE_HEAP_OTHER, NULL, 0);
    CHECK_EQUAL(account.requests, 0);
}

UNIT_TEST(test_heap_quota_is_exact)
{
    struct unit_account account = {0};
    struct mote_heap heap;
    mote_heap_init(&heap, unit_allocator(&account), 1000);
    void *first = mote_heap_new(&heap, MOTE_HEAP_OTHER, 600);
    REQUIRE(first != NULL);
    CHECK(mote_heap_new(&heap, MOTE_HEAP_OTHER, 401) == NULL);
    CHECK_EQUAL(heap.used, 600);
    CHECK(mote_heap_charge(&heap, MOTE_HEAP_MEMORY, 400));
    CHECK(!mote_heap_charge(&heap, MOTE_HEAP_MEMORY, 1));
    CHECK(mote_heap_resize(&heap, MOTE_HEAP_OTHER, first, 600, 601) == NULL);
    mote_heap_discharge(&heap, MOTE_HEAP_MEMORY, 400);
    first = mote_heap_resize(&heap, MOTE_HEAP_OTHER, first, 600, 1000);
    REQUIRE(first != NULL);
    first = mote_heap_resize(&heap, MOTE_HEAP_OTHER, first, 1000, 10);
    CHECK_EQUAL(heap.used, 10);
    mote_heap_free(&heap, MOTE_HEAP_OTHER, first, 10);
    CHECK_EQUAL(heap.used, 0);
}

UNIT_TEST(test_heap_failed_requests_are_not_counted)
{
    struct unit_account account = {.fail_only = 1};
    struct mote_heap heap;
    mote_heap_init(&heap, unit_allocator(&account), 0);
    CHECK(mote_heap_new(&heap, MOTE_HEAP_STACK, 100) == NULL);
    CHECK_EQUAL(heap.used, 0);
    CHECK_EQUAL(heap.used_by[MOTE_HEAP_STACK], 0);
}

UNIT_TEST(test_heap_array_size_does_not_wrap)
{
    struct unit_account account = {0};
    struct mote_heap heap;
    mote_heap_init(&heap, unit_allocator(&account), 0);
    CHECK(mote_heap_new_array(&heap, MOTE_HEAP_OTHER, SIZE_MAX / 4 + 2, 4) == NULL);
    CHECK(mote_heap_new_array(&heap, MOTE_HEAP_OTHER, SIZE_MAX, SIZE_MAX) == NULL);
    CHECK_EQUAL(account.requests, 0);
}

UNIT_TEST(test_heap_grow_keeps_contents_and_stays_put_when_it_fails)
{
    struct unit_account account = {0};
    struct mote_heap heap;
    mote_heap_init(&heap, unit_allocator(&account), 0);
    void *array = NULL;
    uint32_t capacity = 0;
    for (uint32_t i = 0; i < 1000; i++) {
        REQUIRE(mote_heap_grow(&heap, MOTE_HEAP_MODULE, &array, &capacity, i + 1, sizeof i));
        ((uint32_t *)array)[i] = i;
    }
    CHECK(account.requests < 30); /* grows by a factor */
    account.fail_after = 1;
    void *before = array;
    uint32_t capacity_before = capacity;
    CHECK(!mote_heap_grow(&heap, MOTE_HEAP_MODULE, &array, &capacity, capacity + 1, sizeof(uint32_t)));
    CHECK(array == before);
    CHECK_EQUAL(capacity, capacity_before);
    for (uint32_t i = 0; i < 1000; i++) {
        CHECK_EQUAL(((uint32_t *)array)[i], i);
    }
    mote_heap_free(&heap, MOTE_HEAP_MODULE, array, capacity * sizeof(uint32_t));
    CHECK_EQUAL(account.bytes, 0);
}
