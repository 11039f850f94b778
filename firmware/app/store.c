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
    store->flash = flash;
    store->alignment = flash->write_bytes > 16 ? flash->write_bytes : 16;
    store->sectors = flash->size / flash->sector_bytes;
    store->next_stamp = 1;
    mote_store_find_chains(store);
    *out = store;
    return MOTE_ERROR_NONE;
}

void mote_store_close(struct mote_store *store)
{
    if (store) {
        mote_store_abort(store);
        store->allocator.resize(store->allocator.user, store, store_bytes(store->flash), 0);
    }
}

/* ---- Finding ----------------------------------------------------------------------------------------------------- */

static bool tell(const struct mote_store *store, const struct store_place *place, struct mote_store_record *record)
{
    if (!place->header) {
        return false;
    }
    *record = (struct mote_store_record){
        .kind = (enum mote_store_kind)(place->header->kind - 1),
        .sequence = place->header->sequence,
        .of = place->header->of,
        .data = store->flash->data + mote_store_payload(store, place->at),
        .size = place->commit->size,
    };
    memcpy(record->name, place->header->name, sizeof record->name);
    memcpy(record->sha256, place->commit->sha256, sizeof record->sha256);
    return true;
}

bool mote_store_find(struct mote_store *store, enum mote_store_kind kind, const char *name, uint32_t generation,
                     struct mote_store_record *record)
{
    struct store_place best[2];
    mote_store_newest(store, kind == MOTE_STORE_NOTE ? MOTE_STORE_NOTE : MOTE_STORE_PACKAGE, name, 0, best);
    if (generation > (kind != MOTE_STORE_NOTE) || !best[generation].header) {
        return false;
    }
    if (kind == MOTE_STORE_PREPARED) {
        mote_store_newest(store, kind, name, best[generation].header->sequence, best);
        generation = 0;
    }
    return tell(store, &best[generation], record);
}

bool mote_store_find_prepared(struct mote_store *store, uint32_t package, struct mote_store_record *record)
{
    struct store_place place = {0};
    while (mote_store_walk(store, &place)) {
        if (place.header->kind == 1 + MOTE_STORE_PREPARED && place.header->of == package && mote_store_is_live(store, &place)) {
            return tell(store, &place, record);
        }
    }
    return false;
}

bool mote_store_next(struct mote_store *store, enum mote_store_kind kind, uint32_t i, struct mote_store_record *record)
{
    struct store_place place = {0}, best[2];
    while (mote_store_walk(store, &place)) {
        if (place.header->kind != 1 + (unsigned)kind || !mote_store_is_live(store, &place)) {
            continue;
        }
        mote_store_newest(store, kind, place.header->name, place.header->of, best);
        if (best[0].at == place.at && i-- == 0) {
            return tell(store, &place, record);
        }
    }
    return false;
}

bool mote_store_is_intact(const struct mote_store_record *record)
{
    struct mote_sha256 sha;
    uint8_t digest[MOTE_SHA256_BYTES];
    mote_sha256_init(&sha);
    mote_sha256_add(&sha, record->data, record->size);
    mote_sha256_end(&sha, digest);
    return memcmp(digest, record->sha256, sizeof digest) == 0;
}

/* ---- Taking back ------------------------------------------------------------------------------------------------- */

enum mote_error mote_store_remove(struct mote_store *store, const char *name)
{
    struct store_place place = {0};
    bool is_there = false;
    if (store->open && mote_store_same_name(store->open->name, name)) {
        return MOTE_ERROR_BUSY;
    }
    while (mote_store_walk(store, &place)) {
        if (place.commit && mote_store_same_name(place.header->name, name) && mote_store_is_live(store, &place)) {
            if (mote_store_is_pinned(store, place.header->sequence)) {
                return MOTE_ERROR_BUSY;
            }
            is_there = true;
        }
    }
    return is_there ? mote_store_take_back(store, name, 0) : MOTE_ERROR_NOT_FOUND;
}

enum mote_error mote_store_rollback(struct mote_store *store, const char *name)
{
    struct store_place best[2];
    mote_store_newest(store, MOTE_STORE_PACKAGE, name, 0, best);
    if (!best[1].header) {
        return MOTE_ERROR_NOT_FOUND;
    }
    if (mote_store_is_pinned(store, best[0].header->sequence) || (store->open && mote_store_same_name(store->open->name, name))) {
        return MOTE_ERROR_BUSY;
    }
    return mote_store_take_back(store, name, best[1].header->sequence);
}

/* ---- Space ------------------------------------------------------------------------------------------------------- */

static void count_wear(const struct mote_store *store, struct mote_store_space *space)
{
    struct store_chain chain = {0};
    uint32_t sector = 0;
    space->erases_least = UINT32_MAX;
    while (mote_store_find_chain(store, sector, &chain)) {
        struct store_place place = {.end = chain.first * store->flash->sector_bytes};
        uint32_t wear = mote_store_walk(store, &place) ? place.header->wear : 0;
        space->erases_most = wear > space->erases_most ? wear : space->erases_most;
        space->erases_least = wear < space->erases_least ? wear : space->erases_least;
        sector = chain.limit;
    }
    space->erases_least = sector == 0 ? 0 : space->erases_least;
}

struct mote_store_space mote_store_space(struct mote_store *store)
{
    struct mote_store_space space = {.size_bytes = store->flash->size - store->flash->sector_bytes};
    struct store_place place = {0};
    while (mote_store_walk(store, &place)) {
        if (mote_store_is_live(store, &place)) {
            space.used_bytes += place.end - place.at;
        }
    }
    space.largest_bytes = mote_store_largest(store);
    count_wear(store, &space);
    return space;
}
