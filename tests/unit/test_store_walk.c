/* app/store_walk: a package may hold the bytes of records, also while its sectors are being erased. */
#include "../../ports/linux/flash_file.h"
#include "app/store_format.h"
#include "unit.h"

#include <stdlib.h>

#define SECTOR_BYTES 1024u
#define PAYLOAD 112u /* where it begins in a record */

static struct mote_store *store;
static struct unit_account account;

static bool open_store(void)
{
    struct mote_store_options options = {.region = HAL_FLASH_STORE};
    struct mote_allocator allocator = unit_allocator(&account);
    return mote_store_open(&options, &allocator, &store) == MOTE_ERROR_NONE;
}

static bool install(const char *name, const uint8_t *bytes, uint32_t size)
{
    uint32_t at;
    struct mote_store_record record;
    if (mote_store_begin(store, MOTE_STORE_PACKAGE, name, 0, size, NULL, &at) != MOTE_ERROR_NONE) {
        return false;
    }
    if (mote_store_append(store, bytes, size) != MOTE_ERROR_NONE) {
        mote_store_abort(store);
        return false;
    }
    return mote_store_commit(store, &record) == MOTE_ERROR_NONE;
}

/* A record that would be sound, and newer than any other, at the beginning of the second sector. */
static void forge(uint8_t forged[static SECTOR_BYTES])
{
    static const uint8_t bytes[800];
    const struct flash_file file = {NULL, 16384, SECTOR_BYTES, 4};
    REQUIRE(flash_file_open(HAL_FLASH_STORE, &file) && open_store());
    REQUIRE(install("filler", bytes, 800) && install("inside", bytes, 400));
    memcpy(forged, hal_flash_region(HAL_FLASH_STORE)->data + SECTOR_BYTES, SECTOR_BYTES);
    struct store_header *header = (void *)forged;
    REQUIRE(header->kind == 1 + MOTE_STORE_PACKAGE && header->format == STORE_FORMAT);
    header->stamp = header->sequence = 100000;
    header->check = mote_store_check_word(SECTOR_BYTES, header, sizeof *header / 4 - 1);
    mote_store_close(store);
    REQUIRE(flash_file_open(HAL_FLASH_STORE, &file) && open_store());
}

/* Flash fails at each operation while others take the sectors of a package that was removed: its own header must go last. */
UNIT_TEST(test_store_walk_never_looks_into_packages_that_are_half_erased)
{
    static _Alignas(4) uint8_t forged[SECTOR_BYTES];
    static uint8_t bytes[3500];
    uint64_t operations = 1000;
    memset(&account, 0, sizeof account);
    forge(forged);
    memcpy(bytes + SECTOR_BYTES - PAYLOAD, forged, sizeof forged);
    REQUIRE(install("outside", bytes, 3000) && mote_store_remove(store, "outside") == MOTE_ERROR_NONE);
    memset(bytes, 0, sizeof bytes);
    void *saved = flash_file_save(HAL_FLASH_STORE);
    for (uint64_t failing = 0; failing <= operations; failing++) { /* 0: none does, they are counted */
        struct mote_store_record record;
        mote_store_close(store);
        REQUIRE(flash_file_restore(HAL_FLASH_STORE, saved) && open_store());
        flash_file_set_faults(&(struct flash_faults){.fail_from = failing ? failing : UINT64_MAX, .fail_until = UINT64_MAX});
        for (unsigned i = 0; i < 6 && install("other", bytes, sizeof bytes); i++) {
        }
        operations = failing ? operations : flash_file_operations();
        flash_file_set_faults(&(struct flash_faults){0});
        mote_store_close(store);
        REQUIRE(open_store() && !mote_store_find(store, MOTE_STORE_PACKAGE, "inside", 0, &record));
    }
    CHECK(operations > 50 && operations < 1000);
    CHECK_EQUAL(flash_file_erases(HAL_FLASH_STORE, 1) > 0, true);
    free(saved);
    mote_store_close(store);
    CHECK_EQUAL(account.bytes, 0);
    flash_file_close(HAL_FLASH_STORE);
}
