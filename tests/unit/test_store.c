/* app/store: packages in flash (here a file's), as people of the app use it. */
#include "../../ports/linux/flash_file.h"
#include "app/store.h"
#include "unit.h"

#include <stdio.h>

static struct mote_store *store;
static struct unit_account account;
static uint32_t pinned;
static unsigned progressed;
static const struct flash_faults no_faults;

static bool is_pinned(void *user, uint32_t sequence)
{
    (void)user;
    return sequence == pinned;
}

static void progress(void *user)
{
    (void)user;
    progressed++;
}

static enum mote_error open_store(void)
{
    struct mote_store_options options = {.region = HAL_FLASH_STORE, .is_pinned = is_pinned, .progress = progress};
    struct mote_allocator allocator = unit_allocator(&account);
    return mote_store_open(&options, &allocator, &store);
}

static void begin_test(uint32_t size, uint32_t sector, uint32_t unit)
{
    struct flash_file file = {NULL, size, sector, unit};
    memset(&account, 0, sizeof account);
    pinned = 0;
    flash_file_set_faults(&no_faults);
    REQUIRE(flash_file_open(HAL_FLASH_STORE, &file));
    REQUIRE(open_store() == MOTE_ERROR_NONE);
}

static void open_again(void)
{
    mote_store_close(store);
    REQUIRE(open_store() == MOTE_ERROR_NONE);
}

static void end_test(void)
{
    mote_store_close(store);
    CHECK_EQUAL(account.bytes, 0);
    flash_file_close(HAL_FLASH_STORE);
}

/* A record of which every byte is `fill`. */
static enum mote_error put(enum mote_store_kind kind, const char *name, uint32_t of, uint8_t fill, uint32_t size)
{
    uint8_t bytes[300];
    uint32_t at;
    struct mote_store_record record;
    memset(bytes, fill, sizeof bytes);
    enum mote_error error = mote_store_begin(store, kind, name, of, size, NULL, &at);
    if (error != MOTE_ERROR_NONE) {
        return error;
    }
    for (uint32_t left = size; left > 0 && error == MOTE_ERROR_NONE;) {
        uint32_t piece = left < sizeof bytes ? left : (uint32_t)sizeof bytes;
        error = mote_store_append(store, bytes, piece);
        left -= piece;
    }
    return error == MOTE_ERROR_NONE ? mote_store_commit(store, &record) : error;
}

static enum mote_error install(const char *name, uint8_t fill, uint32_t size)
{
    return put(MOTE_STORE_PACKAGE, name, 0, fill, size);
}

/* What the record is filled with; -1 when there is none. */
static int fill_of(enum mote_store_kind kind, const char *name, uint32_t generation)
{
    struct mote_store_record record;
    return mote_store_find(store, kind, name, generation, &record) && record.size > 0 ? record.data[0] : -1;
}

static void digest_of(const void *bytes, size_t size, uint8_t digest[MOTE_SHA256_BYTES])
{
    struct mote_sha256 sha;
    mote_sha256_init(&sha);
    mote_sha256_add(&sha, bytes, size);
    mote_sha256_end(&sha, digest);
}

UNIT_TEST(test_store_needs_a_region_of_two_sectors)
{
    flash_file_close(HAL_FLASH_STORE);
    CHECK_EQUAL(open_store(), MOTE_ERROR_NO_STORE);
    REQUIRE(flash_file_open(HAL_FLASH_STORE, &(struct flash_file){NULL, 4096, 4096, 4}));
    CHECK_EQUAL(open_store(), MOTE_ERROR_NO_STORE);
    CHECK(store == NULL);
    flash_file_close(HAL_FLASH_STORE);
}

UNIT_TEST(test_store_opening_writes_nothing)
{
    begin_test(65536, 4096, 8);
    open_again();
    CHECK_EQUAL(flash_file_operations(), 0);
    CHECK_EQUAL(install("a", 1, 100), MOTE_ERROR_NONE);
    flash_file_set_faults(&no_faults);
    open_again();
    CHECK_EQUAL(flash_file_operations(), 0);
    end_test();
}

UNIT_TEST(test_store_tells_what_was_put_into_it)
{
    begin_test(65536, 4096, 4);
    uint8_t bytes[1000], digest[MOTE_SHA256_BYTES];
    struct mote_store_record record, found;
    uint32_t at;
    for (uint32_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (uint8_t)(i * 3);
    }
    digest_of(bytes, sizeof bytes, digest);
    REQUIRE(mote_store_begin(store, MOTE_STORE_PACKAGE, "app", 0, sizeof bytes, digest, &at) == MOTE_ERROR_NONE);
    CHECK_EQUAL(at, 0);
    CHECK(!mote_store_find(store, MOTE_STORE_PACKAGE, "app", 0, &record));
    for (uint32_t i = 0; i < sizeof bytes; i += 125) {
        CHECK_EQUAL(mote_store_append(store, bytes + i, 125), MOTE_ERROR_NONE);
    }
    CHECK_EQUAL(mote_store_flush(store, &found), MOTE_ERROR_NONE);
    CHECK(found.size == sizeof bytes && memcmp(found.data, bytes, sizeof bytes) == 0);
    REQUIRE(mote_store_commit(store, &record) == MOTE_ERROR_NONE);
    open_again();
    REQUIRE(mote_store_find(store, MOTE_STORE_PACKAGE, "app", 0, &found));
    CHECK_EQUAL(found.kind, MOTE_STORE_PACKAGE);
    CHECK_TEXT(found.name, "app");
    CHECK(found.sequence == record.sequence && found.of == 0 && found.size == sizeof bytes);
    CHECK(found.data == record.data && (uintptr_t)found.data % 16 == 0);
    CHECK(memcmp(found.data, bytes, sizeof bytes) == 0 && memcmp(found.sha256, digest, sizeof digest) == 0);
    CHECK(mote_store_is_intact(store, &found));
    end_test();
}

UNIT_TEST(test_store_keeps_two_generations_and_rolls_back)
{
    begin_test(65536, 4096, 4);
    for (uint8_t fill = 1; fill <= 3; fill++) {
        CHECK_EQUAL(install("a", fill, 500), MOTE_ERROR_NONE);
    }
    CHECK_EQUAL(fill_of(MOTE_STORE_PACKAGE, "a", 0), 3);
    CHECK_EQUAL(fill_of(MOTE_STORE_PACKAGE, "a", 1), 2);
    CHECK_EQUAL(fill_of(MOTE_STORE_PACKAGE, "a", 2), -1);
    CHECK_EQUAL(mote_store_rollback(store, "a"), MOTE_ERROR_NONE);
    CHECK_EQUAL(fill_of(MOTE_STORE_PACKAGE, "a", 0), 2);
    CHECK_EQUAL(fill_of(MOTE_STORE_PACKAGE, "a", 1), -1);
    CHECK_EQUAL(mote_store_rollback(store, "a"), MOTE_ERROR_NOT_FOUND);
    open_again();
    CHECK_EQUAL(fill_of(MOTE_STORE_PACKAGE, "a", 0), 2);
    CHECK_EQUAL(install("a", 4, 500), MOTE_ERROR_NONE);
    CHECK_EQUAL(fill_of(MOTE_STORE_PACKAGE, "a", 1), 2);
    end_test();
}

UNIT_TEST(test_store_removes_all_of_a_name)
{
    begin_test(65536, 4096, 4);
    install("a", 1, 10);
    install("a", 2, 10);
    install("b", 3, 10);
    put(MOTE_STORE_NOTE, "a", 0, 4, 1);
    put(MOTE_STORE_NOTE, "only-noted", 0, 5, 1);
    CHECK_EQUAL(mote_store_remove(store, "a"), MOTE_ERROR_NONE);
    CHECK_EQUAL(mote_store_remove(store, "a"), MOTE_ERROR_NOT_FOUND);
    open_again();
    CHECK_EQUAL(fill_of(MOTE_STORE_PACKAGE, "a", 0), -1);
    CHECK_EQUAL(fill_of(MOTE_STORE_NOTE, "a", 0), -1);
    CHECK_EQUAL(fill_of(MOTE_STORE_PACKAGE, "b", 0), 3);
    CHECK_EQUAL(fill_of(MOTE_STORE_NOTE, "only-noted", 0), 5);
    CHECK_EQUAL(mote_store_remove(store, "only-noted"), MOTE_ERROR_NONE);
    CHECK_EQUAL(fill_of(MOTE_STORE_NOTE, "only-noted", 0), -1);
    end_test();
}

UNIT_TEST(test_store_ties_what_is_prepared_to_its_package)
{
    begin_test(65536, 4096, 4);
    struct mote_store_record old, new, prepared;
    install("a", 1, 10);
    mote_store_find(store, MOTE_STORE_PACKAGE, "a", 0, &old);
    CHECK_EQUAL(put(MOTE_STORE_PREPARED, "a", old.sequence, 11, 20), MOTE_ERROR_NONE);
    CHECK_EQUAL(put(MOTE_STORE_PREPARED, "a", old.sequence, 12, 20), MOTE_ERROR_NONE);
    REQUIRE(mote_store_find_prepared(store, old.sequence, &prepared));
    CHECK(prepared.of == old.sequence && prepared.data[0] == 12);
    install("a", 2, 10);
    mote_store_find(store, MOTE_STORE_PACKAGE, "a", 0, &new);
    CHECK(!mote_store_find_prepared(store, new.sequence, &prepared));
    CHECK(mote_store_find_prepared(store, old.sequence, &prepared));
    CHECK_EQUAL(put(MOTE_STORE_PREPARED, "a", new.sequence, 13, 20), MOTE_ERROR_NONE);
    CHECK_EQUAL(fill_of(MOTE_STORE_PREPARED, "a", 0), 13);
    CHECK_EQUAL(fill_of(MOTE_STORE_PREPARED, "a", 1), 12);
    install("a", 3, 10);
    CHECK(!mote_store_find_prepared(store, old.sequence, &prepared));
    CHECK_EQUAL(mote_store_rollback(store, "a"), MOTE_ERROR_NONE);
    CHECK_EQUAL(fill_of(MOTE_STORE_PREPARED, "a", 0), 13);
    CHECK_EQUAL(put(MOTE_STORE_PREPARED, "a", 12345, 14, 20), MOTE_ERROR_NONE); /* of no package */
    CHECK(!mote_store_find_prepared(store, 12345, &prepared));
    end_test();
}

UNIT_TEST(test_store_lists_each_name_once)
{
    begin_test(65536, 4096, 4);
    struct mote_store_record record;
    unsigned seen = 0;
    for (uint8_t i = 0; i < 12; i++) {
        install((const char *[]){"a", "b", "c", "d"}[i % 4], i, 100);
        put(MOTE_STORE_NOTE, "n", 0, i, 3);
    }
    for (uint32_t i = 0; mote_store_next(store, MOTE_STORE_PACKAGE, i, &record); i++) {
        CHECK(record.data[0] >= 8);
        seen |= 1u << (record.name[0] - 'a');
        CHECK(i < 4);
    }
    CHECK_EQUAL(seen, 15);
    CHECK(mote_store_next(store, MOTE_STORE_NOTE, 0, &record) && record.data[0] == 11);
    CHECK(!mote_store_next(store, MOTE_STORE_NOTE, 1, &record));
    end_test();
}

UNIT_TEST(test_store_refuses_bad_names_sizes_and_a_second_record)
{
    begin_test(65536, 4096, 4);
    static const char *const bad[] = {"", "-a", ".a", "_a", "a b", "a/b", "\xC3\xA4", "a-name-of-thirty-two-characters."};
    uint32_t at;
    struct mote_store_record record;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        CHECK_EQUAL(mote_store_begin(store, MOTE_STORE_PACKAGE, bad[i], 0, 1, NULL, &at), MOTE_ERROR_BAD_NAME);
    }
    CHECK_EQUAL(mote_store_begin(store, MOTE_STORE_PACKAGE, "a", 0, 65536, NULL, &at), MOTE_ERROR_STORE_FULL);
    CHECK_EQUAL(mote_store_begin(store, MOTE_STORE_PACKAGE, "a", 0, UINT32_MAX, NULL, &at), MOTE_ERROR_STORE_FULL);
    CHECK_EQUAL(mote_store_append(store, "x", 1), MOTE_ERROR_INVALID_ARGUMENT);
    CHECK_EQUAL(mote_store_commit(store, &record), MOTE_ERROR_INVALID_ARGUMENT);
    CHECK_EQUAL(mote_store_flush(store, &record), MOTE_ERROR_INVALID_ARGUMENT);
    REQUIRE(mote_store_begin(store, MOTE_STORE_PACKAGE, "a-name-of-thirty-one-characters", 0, 4, NULL, &at) == MOTE_ERROR_NONE);
    CHECK_EQUAL(mote_store_begin(store, MOTE_STORE_NOTE, "b", 0, 4, NULL, &at), MOTE_ERROR_BUSY);
    CHECK_EQUAL(mote_store_append(store, "12345", 5), MOTE_ERROR_STORE_FULL);
    CHECK_EQUAL(mote_store_append(store, "1234", 4), MOTE_ERROR_NONE);
    CHECK_EQUAL(mote_store_remove(store, "a-name-of-thirty-one-characters"), MOTE_ERROR_BUSY);
    CHECK_EQUAL(mote_store_commit(store, &record), MOTE_ERROR_NONE);
    CHECK_EQUAL(put(MOTE_STORE_NOTE, "empty", 0, 0, 0), MOTE_ERROR_NONE);
    CHECK(mote_store_find(store, MOTE_STORE_NOTE, "empty", 0, &record) && record.size == 0 && mote_store_is_intact(store, &record));
    end_test();
}

UNIT_TEST(test_store_goes_on_with_a_broken_upload)
{
    begin_test(65536, 4096, 4);
    uint8_t bytes[3000], digest[MOTE_SHA256_BYTES];
    uint32_t at;
    struct mote_store_record record;
    memset(bytes, 0x5A, sizeof bytes);
    digest_of(bytes, sizeof bytes, digest);
    REQUIRE(mote_store_begin(store, MOTE_STORE_PACKAGE, "a", 0, sizeof bytes, digest, &at) == MOTE_ERROR_NONE);
    CHECK_EQUAL(mote_store_append(store, bytes, 2000), MOTE_ERROR_NONE);
    open_again(); /* a reset */
    put(MOTE_STORE_NOTE, "b", 0, 1, 1);
    REQUIRE(mote_store_begin(store, MOTE_STORE_PACKAGE, "a", 0, sizeof bytes, digest, &at) == MOTE_ERROR_NONE);
    CHECK(at > 2000 - 300 && at <= 2000);
    mote_store_abort(store);
    REQUIRE(mote_store_begin(store, MOTE_STORE_PACKAGE, "a", 0, sizeof bytes - 1, digest, &at) == MOTE_ERROR_NONE);
    CHECK_EQUAL(at, 0); /* another size: another upload; the first is not the last one any more */
    mote_store_abort(store);
    REQUIRE(mote_store_begin(store, MOTE_STORE_PACKAGE, "a", 0, sizeof bytes, digest, &at) == MOTE_ERROR_NONE);
    CHECK_EQUAL(at, 0);
    CHECK_EQUAL(mote_store_append(store, bytes, 1234), MOTE_ERROR_NONE);
    mote_store_abort(store);
    REQUIRE(mote_store_begin(store, MOTE_STORE_PACKAGE, "a", 0, sizeof bytes, digest, &at) == MOTE_ERROR_NONE);
    CHECK(at > 900);
    CHECK_EQUAL(mote_store_append(store, bytes + at, (uint32_t)sizeof bytes - at), MOTE_ERROR_NONE);
    CHECK_EQUAL(mote_store_commit(store, &record), MOTE_ERROR_NONE);
    CHECK(memcmp(record.data, bytes, sizeof bytes) == 0);
    end_test();
}

/* Moving leaves an upload that was broken off behind. It must begin anew elsewhere: what is written where it was would never count. */
UNIT_TEST(test_store_does_not_go_on_where_everything_was_moved_away)
{
    begin_test(32768, 16384, 4);
    uint8_t bytes[2700], digest[MOTE_SHA256_BYTES];
    uint32_t at;
    struct mote_store_record record;
    memset(bytes, 0x5A, sizeof bytes);
    digest_of(bytes, sizeof bytes, digest);
    REQUIRE(put(MOTE_STORE_NOTE, "a", 0, 1, 1000) == MOTE_ERROR_NONE);
    REQUIRE(mote_store_begin(store, MOTE_STORE_PACKAGE, "broken-off", 0, sizeof bytes, digest, &at) == MOTE_ERROR_NONE);
    CHECK_EQUAL(mote_store_append(store, bytes, 2000), MOTE_ERROR_NONE);
    mote_store_abort(store);
    do {
        REQUIRE(put(MOTE_STORE_NOTE, "a", 0, 1, 1000) == MOTE_ERROR_NONE);
        mote_store_find(store, MOTE_STORE_NOTE, "a", 0, &record);
    } while (record.data < hal_flash_region(HAL_FLASH_STORE)->data + 16384);
    REQUIRE(mote_store_begin(store, MOTE_STORE_PACKAGE, "broken-off", 0, sizeof bytes, digest, &at) == MOTE_ERROR_NONE);
    CHECK_EQUAL(mote_store_append(store, bytes + at, (uint32_t)sizeof bytes - at), MOTE_ERROR_NONE);
    CHECK_EQUAL(mote_store_commit(store, &record), MOTE_ERROR_NONE);
    open_again();
    CHECK_EQUAL(fill_of(MOTE_STORE_PACKAGE, "broken-off", 0), 0x5A);
    end_test();
}

UNIT_TEST(test_store_drops_bytes_that_are_not_those_that_were_promised)
{
    begin_test(65536, 4096, 4);
    uint8_t bytes[600] = {1}, digest[MOTE_SHA256_BYTES];
    uint32_t at;
    struct mote_store_record record;
    digest_of(bytes, sizeof bytes, digest);
    bytes[599] = 1;
    CHECK_EQUAL(install("a", 9, 10), MOTE_ERROR_NONE);
    for (unsigned i = 0; i < 2; i++) {
        REQUIRE(mote_store_begin(store, MOTE_STORE_PACKAGE, "a", 0, sizeof bytes, digest, &at) == MOTE_ERROR_NONE);
        CHECK_EQUAL(at, 0); /* also the second time: what was wrong does not go on */
        CHECK_EQUAL(mote_store_append(store, bytes, sizeof bytes), MOTE_ERROR_NONE);
        CHECK_EQUAL(mote_store_commit(store, &record), MOTE_ERROR_HASH_MISMATCH);
    }
    CHECK_EQUAL(fill_of(MOTE_STORE_PACKAGE, "a", 0), 9);
    end_test();
}

UNIT_TEST(test_store_leaves_pinned_records_where_they_are)
{
    begin_test(65536, 4096, 4);
    struct mote_store_record running, record;
    CHECK_EQUAL(install("runs", 1, 5000), MOTE_ERROR_NONE);
    mote_store_find(store, MOTE_STORE_PACKAGE, "runs", 0, &running);
    pinned = running.sequence;
    CHECK_EQUAL(mote_store_remove(store, "runs"), MOTE_ERROR_BUSY);
    for (uint32_t i = 0; i < 200; i++) { /* updates of the one that runs, too: it is garbage after two of them */
        REQUIRE(install(i % 20 ? "other" : "runs", (uint8_t)i, 3000 + i * 17) == MOTE_ERROR_NONE);
        for (uint32_t k = 0; k < running.size; k++) {
            REQUIRE(running.data[k] == 1);
        }
    }
    CHECK(mote_store_find(store, MOTE_STORE_PACKAGE, "runs", 0, &record) && record.sequence != running.sequence);
    CHECK_EQUAL(mote_store_rollback(store, "runs"), MOTE_ERROR_NONE);
    pinned = record.sequence;
    CHECK_EQUAL(install("runs", 7, 100), MOTE_ERROR_NONE);
    mote_store_find(store, MOTE_STORE_PACKAGE, "runs", 0, &record);
    pinned = record.sequence;
    CHECK_EQUAL(mote_store_rollback(store, "runs"), MOTE_ERROR_BUSY);
    end_test();
}

/* Notes until nothing more fits; then everything can be taken back, one by one, and the store is as good as new. */
UNIT_TEST(test_store_that_is_full_to_the_last_byte_can_be_emptied)
{
    static const uint32_t shapes[][3] = {{8192, 256, 1}, {16384, 4096, 4}, {8192, 1024, 32}, {131072, 65536, 8}};
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
        begin_test(shapes[i][0], shapes[i][1], shapes[i][2]);
        char name[MOTE_STORE_NAME_BYTES];
        uint32_t count = 0, largest = mote_store_space(store).largest_bytes;
        enum mote_error error;
        do {
            snprintf(name, sizeof name, "note-%u", (unsigned)count);
            error = put(MOTE_STORE_NOTE, name, 0, (uint8_t)count, 5);
            count += error == MOTE_ERROR_NONE;
        } while (error == MOTE_ERROR_NONE);
        CHECK_EQUAL(error, MOTE_ERROR_STORE_FULL);
        CHECK(mote_store_space(store).largest_bytes < 5);
        CHECK(count > (shapes[i][0] - shapes[i][1]) / 300);
        for (uint32_t k = 0; k < count; k++) {
            snprintf(name, sizeof name, "note-%u", (unsigned)k);
            REQUIRE(fill_of(MOTE_STORE_NOTE, name, 0) == (uint8_t)k);
            REQUIRE(mote_store_remove(store, name) == MOTE_ERROR_NONE);
            open_again();
        }
        CHECK(!mote_store_next(store, MOTE_STORE_NOTE, 0, &(struct mote_store_record){0}));
        CHECK(mote_store_space(store).largest_bytes > largest / 3); /* that much is certain */
        CHECK_EQUAL(install("new", 1, largest), MOTE_ERROR_NONE);
        end_test();
    }
}

UNIT_TEST(test_store_drops_the_previous_package_when_a_third_does_not_fit)
{
    begin_test(65536, 4096, 4);
    CHECK_EQUAL(install("a", 1, 18000), MOTE_ERROR_NONE);
    CHECK_EQUAL(install("a", 2, 18000), MOTE_ERROR_NONE);
    CHECK_EQUAL(install("b", 3, 18000), MOTE_ERROR_NONE);
    CHECK_EQUAL(put(MOTE_STORE_NOTE, "c", 0, 4, 15000), MOTE_ERROR_STORE_FULL); /* not for a note, and not for another name */
    CHECK_EQUAL(install("c", 4, 15000), MOTE_ERROR_STORE_FULL);
    CHECK_EQUAL(fill_of(MOTE_STORE_PACKAGE, "a", 1), 1);
    CHECK_EQUAL(install("a", 5, 18000), MOTE_ERROR_NONE);
    CHECK_EQUAL(fill_of(MOTE_STORE_PACKAGE, "a", 0), 5);
    CHECK_EQUAL(fill_of(MOTE_STORE_PACKAGE, "a", 1), 2);
    end_test();
}

UNIT_TEST(test_store_tells_its_space)
{
    begin_test(65536, 4096, 4);
    struct mote_store_space space = mote_store_space(store);
    CHECK_EQUAL(space.size_bytes, 61440);
    CHECK_EQUAL(space.used_bytes, 0);
    CHECK(space.largest_bytes > 57000 && space.largest_bytes < 61440);
    CHECK_EQUAL(install("a", 1, space.largest_bytes), MOTE_ERROR_NONE);
    CHECK(mote_store_space(store).used_bytes > space.largest_bytes);
    CHECK_EQUAL(mote_store_remove(store, "a"), MOTE_ERROR_NONE);
    progressed = 0;
    CHECK_EQUAL(install("a", 1, space.largest_bytes), MOTE_ERROR_NONE);
    CHECK(progressed >= 14); /* a call for each sector that was erased */
    CHECK_EQUAL(mote_store_space(store).erases_most, 2);
    end_test();
}

/* The bytes of a whole store, with sound headers and all, are no records when they are a package. */
UNIT_TEST(test_store_never_looks_into_packages)
{
    begin_test(16384, 1024, 4);
    uint8_t copy[4096];
    uint32_t at;
    struct mote_store_record record;
    for (uint8_t i = 0; i < 8; i++) {
        install("inside", i, 400);
    }
    memcpy(copy, hal_flash_region(HAL_FLASH_STORE)->data, sizeof copy);
    mote_store_remove(store, "inside");
    REQUIRE(mote_store_begin(store, MOTE_STORE_PACKAGE, "outside", 0, sizeof copy, NULL, &at) == MOTE_ERROR_NONE);
    CHECK_EQUAL(mote_store_append(store, copy, sizeof copy), MOTE_ERROR_NONE);
    CHECK_EQUAL(mote_store_commit(store, &record), MOTE_ERROR_NONE);
    open_again();
    CHECK_EQUAL(fill_of(MOTE_STORE_PACKAGE, "inside", 0), -1);
    CHECK(mote_store_next(store, MOTE_STORE_PACKAGE, 0, &record));
    CHECK(!mote_store_next(store, MOTE_STORE_PACKAGE, 1, &record));
    end_test();
}

UNIT_TEST(test_store_begins_anew_on_garbage)
{
    begin_test(32768, 4096, 1);
    uint32_t random = 7;
    for (uint32_t i = 0; i < 32768; i += 256) {
        uint8_t garbage[256];
        for (uint32_t k = 0; k < sizeof garbage; k++) {
            random = random * 1664525u + 1013904223u;
            garbage[k] = (uint8_t)(random >> 24);
        }
        REQUIRE(hal_flash_write(HAL_FLASH_STORE, i, garbage, sizeof garbage));
    }
    open_again();
    CHECK(!mote_store_next(store, MOTE_STORE_PACKAGE, 0, &(struct mote_store_record){0}));
    for (uint8_t i = 0; i < 20; i++) {
        CHECK_EQUAL(install("a", i, 6000), MOTE_ERROR_NONE);
    }
    open_again();
    CHECK_EQUAL(fill_of(MOTE_STORE_PACKAGE, "a", 0), 19);
    end_test();
}

UNIT_TEST(test_store_survives_when_memory_runs_out)
{
    begin_test(32768, 1024, 4);
    for (uint32_t i = 0; i < 40; i++) {
        char name[8];
        snprintf(name, sizeof name, "n%u", (unsigned)i);
        account.fail_only = account.requests + 1;
        enum mote_error error = put(MOTE_STORE_NOTE, name, 0, (uint8_t)i, 9);
        CHECK_EQUAL(error, MOTE_ERROR_NO_MEMORY);
        account.fail_only = account.requests + 2;
        error = put(MOTE_STORE_NOTE, name, 0, (uint8_t)i, 9);
        CHECK(error == MOTE_ERROR_NONE || error == MOTE_ERROR_NO_MEMORY);
        account.fail_only = 0;
        CHECK(error == MOTE_ERROR_NONE || put(MOTE_STORE_NOTE, name, 0, (uint8_t)i, 9) == MOTE_ERROR_NONE);
    }
    mote_store_close(store);
    CHECK_EQUAL(account.bytes, 0);
    for (uint64_t fail = 1; store == NULL || fail == 1; fail++) {
        account.fail_only = account.requests + fail;
        enum mote_error error = open_store();
        CHECK(error == (store ? MOTE_ERROR_NONE : MOTE_ERROR_NO_MEMORY));
        CHECK(store || account.bytes == 0);
        CHECK(fail < 30);
    }
    account.fail_only = 0;
    CHECK_EQUAL(fill_of(MOTE_STORE_NOTE, "n39", 0), 39);
    end_test();
}
