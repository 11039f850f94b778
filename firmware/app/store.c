/* Packages in flash: opening, finding, taking back. See store.h, docs/design/store.md. */
#include "app/store.h"

#include "app/store_format.h"
#include "base/bits.h"

static size_t store_bytes(const struct hal_flash *flash)
{
    return sizeof(struct mote_store) + 2 * ((flash->size / flash->sector_bytes + 31) / 32) * sizeof(uint32_t);
}

enum mote_error mote_store_open(const struct mote_store_options *options, const struct mote_allocator *allocator, struct mote_store **out)
{
    const struct hal_flash *flash = hal_flash_region(options->region);
    *out = NULL;
    if (!flash || flash->size / flash->sector_bytes < 2) {
        return MOTE_ERROR_NO_STORE;
    }
    struct mote_store *store = allocator->resize(allocator->user, NULL, 0, store_bytes(flash));
    if (!store) {
        return MOTE_ERROR_NO_MEMORY;
    }
    memset(store, 0, store_bytes(flash));
    store->options = *options;
    store->allocator = *allocator;
    store->flash = *flash;
    store->alignment = flash->write_bytes > 16 ? flash->write_bytes : 16;
    store->sectors = flash->size / flash->sector_bytes;
    store->next_stamp = 1;
    mote_store_find_chains(store);
    if (!mote_store_list_all(store)) {
        mote_store_close(store);
        return MOTE_ERROR_NO_MEMORY;
    }
    *out = store;
    return MOTE_ERROR_NONE;
}

void mote_store_close(struct mote_store *store)
{
    if (store) {
        struct mote_allocator allocator = store->allocator;
        mote_store_abort(store);
        if (store->list) {
            allocator.resize(allocator.user, store->list, store->capacity * sizeof *store->list, 0);
        }
        allocator.resize(allocator.user, store, store_bytes(&store->flash), 0);
    }
}

/* ---- Finding ----------------------------------------------------------------------------------------------------- */

void mote_store_tell(const struct mote_store *store, const struct store_header *header, uint32_t at, uint32_t size, const uint8_t *sha256,
                     struct mote_store_record *record)
{
    record->kind = (enum mote_store_kind)(header->kind - 1);
    record->sequence = header->sequence;
    record->of = header->of;
    record->data = store->flash.data + mote_store_payload(store, at);
    record->size = size;
    memcpy(record->name, header->name, sizeof record->name);
    memcpy(record->sha256, sha256, sizeof record->sha256);
}

static void tell(const struct mote_store *store, const struct store_header *header, struct mote_store_record *record)
{
    const struct store_commit *commit = store_commit_of(header);
    mote_store_tell(store, header, (uint32_t)((const uint8_t *)header - store->flash.data), commit->size, commit->sha256, record);
}

/* The newest record of a kind and name that is older than `before`; NULL: there is none. */
static const struct store_header *find(const struct mote_store *store, enum mote_store_kind kind, const char *name, uint32_t before)
{
    const struct store_header *found = NULL;
    for (uint32_t i = 0; i < store->count; i++) {
        const struct store_header *header = mote_store_listed(store, i);
        if (header->kind == 1 + kind && header->sequence < before && (!found || header->sequence > found->sequence) &&
            mote_store_same_name(header->name, name)) {
            found = header;
        }
    }
    return found;
}

const struct store_header *mote_store_find_package(const struct mote_store *store, const char *name, uint32_t generation)
{
    const struct store_header *newest = find(store, MOTE_STORE_PACKAGE, name, UINT32_MAX);
    return newest && generation == 1 ? find(store, MOTE_STORE_PACKAGE, name, newest->sequence) : newest;
}

bool mote_store_find(struct mote_store *store, enum mote_store_kind kind, const char *name, uint32_t generation,
                     struct mote_store_record *record)
{
    const struct store_header *header = NULL;
    if (kind == MOTE_STORE_NOTE && generation == 0) {
        header = find(store, kind, name, UINT32_MAX);
    } else if (kind != MOTE_STORE_NOTE && generation <= 1) {
        header = mote_store_find_package(store, name, generation);
    }
    if (header && kind == MOTE_STORE_PREPARED) {
        return mote_store_find_prepared(store, header->sequence, record);
    }
    if (header) {
        tell(store, header, record);
    }
    return header != NULL;
}

bool mote_store_find_prepared(struct mote_store *store, uint32_t package, struct mote_store_record *record)
{
    for (uint32_t i = 0; i < store->count; i++) {
        const struct store_header *header = mote_store_listed(store, i);
        if (header->kind == 1 + MOTE_STORE_PREPARED && header->of == package) {
            tell(store, header, record);
            return true;
        }
    }
    return false;
}

bool mote_store_next(struct mote_store *store, enum mote_store_kind kind, uint32_t i, struct mote_store_record *record)
{
    for (uint32_t k = 0; k < store->count; k++) {
        const struct store_header *header = mote_store_listed(store, k);
        bool counts = header->kind == 1 + kind &&
                      (kind != MOTE_STORE_PACKAGE || mote_store_find_package(store, header->name, 0) == header);
        if (counts && i-- == 0) {
            tell(store, header, record);
            return true;
        }
    }
    return false;
}

bool mote_store_is_intact(struct mote_store *store, const struct mote_store_record *record)
{
    uint32_t i = 0;
    while (i < store->count && store->flash.data + mote_store_payload(store, store_listed_at(store, i)) != record->data) {
        i++;
    }
    if (i < store->count && store->list[i] & STORE_INTACT) {
        return true;
    }
    struct mote_sha256 sha;
    uint8_t digest[MOTE_SHA256_BYTES];
    mote_sha256_init(&sha);
    mote_sha256_add(&sha, record->data, record->size);
    mote_sha256_end(&sha, digest);
    bool is_intact = memcmp(digest, record->sha256, sizeof digest) == 0;
    if (i < store->count && is_intact) {
        store->list[i] |= STORE_INTACT;
    }
    return is_intact;
}

/* ---- Taking back ------------------------------------------------------------------------------------------------- */

static bool is_being_written(const struct mote_store *store, const char *name)
{
    return store->open && mote_store_same_name(store->open->header.name, name);
}

enum mote_error mote_store_remove(struct mote_store *store, const char *name)
{
    bool is_there = false, is_busy = is_being_written(store, name);
    for (uint32_t i = 0; i < store->count; i++) {
        const struct store_header *header = mote_store_listed(store, i);
        if (!store_is_mark(header) && mote_store_same_name(header->name, name)) {
            is_there = true;
            is_busy = is_busy || mote_store_is_pinned(store, header->sequence);
        }
    }
    if (is_busy || !is_there) {
        return is_busy ? MOTE_ERROR_BUSY : MOTE_ERROR_NOT_FOUND;
    }
    return mote_store_take_back(store, name, 0);
}

enum mote_error mote_store_rollback(struct mote_store *store, const char *name)
{
    const struct store_header *newest = mote_store_find_package(store, name, 0), *previous = mote_store_find_package(store, name, 1);
    if (!previous) {
        return MOTE_ERROR_NOT_FOUND;
    }
    if (mote_store_is_pinned(store, newest->sequence) || is_being_written(store, name)) {
        return MOTE_ERROR_BUSY;
    }
    return mote_store_take_back(store, name, previous->sequence);
}

/* ---- Space ------------------------------------------------------------------------------------------------------- */

static void count_wear(const struct mote_store *store, struct mote_store_space *space)
{
    struct store_chain chain = {0};
    uint32_t sector = 0;
    space->erases_least = UINT32_MAX;
    while (mote_store_find_chain(store, sector, &chain)) {
        uint32_t wear = mote_store_wear(store, chain.first);
        space->erases_most = wear > space->erases_most ? wear : space->erases_most;
        space->erases_least = wear < space->erases_least ? wear : space->erases_least;
        sector = chain.limit;
    }
    space->erases_least = sector == 0 ? 0 : space->erases_least;
}

uint32_t mote_store_used(const struct mote_store *store)
{
    uint32_t used = 0;
    for (uint32_t i = 0; i < store->count; i++) {
        const struct store_header *header = mote_store_listed(store, i);
        used += store_is_mark(header) ? 0 : mote_store_length(store, header->kind - 1u, store_commit_of(header)->size);
    }
    return used;
}

struct mote_store_space mote_store_space(struct mote_store *store)
{
    struct mote_store_space space = {
        .size_bytes = store->flash.size - store->flash.sector_bytes,
        .used_bytes = mote_store_used(store),
        .largest_bytes = mote_store_largest(store),
    };
    count_wear(store, &space);
    return space;
}
