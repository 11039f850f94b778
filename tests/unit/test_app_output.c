/* app/output: rings. */
#include "app/output.h"
#include "unit.h"

#define ROOM 10

static uint32_t put(struct mote_ring *ring, struct unit_account *account, const char *text, bool overwrites)
{
    struct mote_allocator allocator = unit_allocator(account);
    return mote_ring_put(ring, &allocator, ROOM, text, (uint32_t)strlen(text), overwrites);
}

static void check_take(struct mote_ring *ring, uint32_t size, const char *expected)
{
    char text[2 * ROOM + 1] = {0};
    CHECK_EQUAL(mote_ring_take(ring, text, size), strlen(expected));
    CHECK_TEXT(text, expected);
}

static void end(struct mote_ring *ring, struct unit_account *account)
{
    struct mote_allocator allocator = unit_allocator(account);
    mote_ring_free(ring, &allocator);
    CHECK_EQUAL(account->bytes, 0);
}

UNIT_TEST(test_app_output_ring_takes_memory_when_it_is_first_used)
{
    struct unit_account account = {0};
    struct mote_ring ring = {.bytes = NULL};
    check_take(&ring, 5, "");
    CHECK_EQUAL(account.requests, 0);
    CHECK_EQUAL(put(&ring, &account, "abc", false), 3);
    CHECK_EQUAL(account.bytes, ROOM);
    check_take(&ring, 5, "abc");
    end(&ring, &account);
}

UNIT_TEST(test_app_output_ring_takes_what_fits_and_goes_round)
{
    struct unit_account account = {0};
    struct mote_ring ring = {.bytes = NULL};
    CHECK_EQUAL(put(&ring, &account, "0123456", false), 7);
    CHECK_EQUAL(put(&ring, &account, "789abc", false), 3);
    CHECK_EQUAL(put(&ring, &account, "x", false), 0);
    check_take(&ring, 4, "0123");
    CHECK_EQUAL(put(&ring, &account, "abcdef", false), 4);
    check_take(&ring, 2 * ROOM, "456789abcd");
    check_take(&ring, 2 * ROOM, "");
    CHECK_EQUAL(ring.total, 14);
    end(&ring, &account);
}

UNIT_TEST(test_app_output_ring_keeps_the_last_when_it_overwrites)
{
    struct unit_account account = {0};
    struct mote_ring ring = {.bytes = NULL};
    char text[ROOM + 1] = {0};
    CHECK_EQUAL(put(&ring, &account, "0123456", true), 7);
    CHECK_EQUAL(put(&ring, &account, "789abc", true), 6);
    CHECK_EQUAL(mote_ring_peek(&ring, 0, text, ROOM), ROOM);
    CHECK_TEXT(text, "3456789abc");
    CHECK_EQUAL(put(&ring, &account, "ABCDEFGHIJKLMN", true), 14); /* the first of them are gone at once */
    CHECK_EQUAL(ring.total, 27);
    CHECK_EQUAL(mote_ring_peek(&ring, 7, text, ROOM), 3);
    CHECK(memcmp(text, "LMN", 3) == 0);
    CHECK_EQUAL(mote_ring_peek(&ring, ROOM, text, ROOM), 0);
    end(&ring, &account);
}

/* Its reader finds all that was left, and nothing else is kept. */
UNIT_TEST(test_app_output_ring_is_trimmed_to_what_is_left)
{
    struct unit_account account = {0};
    struct mote_allocator allocator = unit_allocator(&account);
    struct mote_ring ring = {.bytes = NULL};
    mote_ring_trim(&ring, &allocator);
    CHECK_EQUAL(account.requests, 0);
    put(&ring, &account, "0123456", false);
    check_take(&ring, 5, "01234");
    put(&ring, &account, "789abc", false);
    mote_ring_trim(&ring, &allocator);
    CHECK_EQUAL(account.bytes, 8);
    check_take(&ring, 3, "567");
    check_take(&ring, ROOM, "89abc");
    mote_ring_trim(&ring, &allocator);
    CHECK_EQUAL(account.bytes, 0);
    CHECK_EQUAL(ring.total, 13);
    end(&ring, &account);
}

UNIT_TEST(test_app_output_ring_without_memory_takes_nothing)
{
    struct unit_account account = {.fail_only = 1};
    struct mote_ring ring = {.bytes = NULL};
    CHECK_EQUAL(put(&ring, &account, "abc", true), 0);
    CHECK(ring.bytes == NULL);
    CHECK_EQUAL(put(&ring, &account, "abc", true), 3);
    end(&ring, &account);
}
