/* Where a record goes: behind a chain in whose last sector there is room, or into free sectors, which are used in turn all around the
   region so that they wear alike. A chain in which nothing is live is free as a whole. */
#include "app/store_format.h"
#include "base/bits.h"

bool mote_store_is_pinned(const struct mote_store *store, uint32_t sequence)
{
    return store->options.is_pinned && store->options.is_pinned(store->options.user, sequence);
}

static bool is_open(const struct mote_store *store, uint32_t at)
{
    return store->open && store->open->at == at;
}

static bool is_chain_held(const struct mote_store *store, const struct store_chain *chain)
{
    struct store_place place = {.end = chain->first * store->flash.sector_bytes};
    while (mote_store_walk(store, &place) && place.at < chain->end) {
        if (is_open(store, place.at) || mote_store_is_live(store, place.at) || mote_store_is_pinned(store, place.header->sequence)) {
            return true;
        }
    }
    return false;
}

uint32_t mote_store_survey(struct mote_store *store)
{
    uint32_t *held = store_held(store), free = store->sectors;
    struct store_chain chain = {0};
    mote_store_drop_marks(store);
    memset(held, 0, (store->sectors + 31) / 32 * sizeof *held);
    while (mote_store_find_chain(store, chain.limit, &chain)) {
        if (is_chain_held(store, &chain)) {
            for (uint32_t sector = chain.first; sector < chain.limit; sector++) {
                held[sector / 32] |= 1u << sector % 32;
            }
            free -= chain.limit - chain.first;
        }
    }
    return free;
}

/* The same in sectors from `from` on. A run begins behind a sector that is held or at `from`: never inside a chain. */
static uint32_t find_run_from(const struct mote_store *store, uint32_t from, uint32_t count, struct store_range avoid)
{
    uint32_t found = 0;
    for (uint32_t sector = from; sector < store->sectors; sector++) {
        bool is_free = !store_has(store_held(store), sector) && !(sector >= avoid.from && sector < avoid.to);
        found = is_free ? found + 1 : 0;
        if (found == count) {
            return sector + 1 - count;
        }
    }
    return UINT32_MAX;
}

uint32_t mote_store_find_run(const struct mote_store *store, uint32_t count, struct store_range avoid)
{
    uint32_t run = find_run_from(store, store->cursor, count, avoid);
    return run != UINT32_MAX ? run : find_run_from(store, 0, count, avoid);
}

uint32_t mote_store_find_tail(const struct mote_store *store, uint32_t length, struct store_range avoid)
{
    struct store_chain chain = {0};
    while (length <= store->flash.sector_bytes && mote_store_find_chain(store, chain.limit, &chain)) {
        uint32_t room = chain.limit * store->flash.sector_bytes - chain.end;
        bool is_avoided = chain.first >= avoid.from && chain.first < avoid.to;
        bool is_growing = store->open && store->open->at / store->flash.sector_bytes >= chain.first &&
                          store->open->at / store->flash.sector_bytes < chain.limit;
        if (room >= length && !is_avoided && !is_growing && store_has(store_held(store), chain.first) &&
            mote_store_is_blank(store, chain.end, length)) {
            return chain.end;
        }
    }
    return UINT32_MAX;
}

/* What a record must find behind a chain, or in sectors of its own, when so many are free: one stays free in any case. */
struct store_demand mote_store_demand(const struct mote_store *store, uint32_t length, uint32_t free, bool is_mark)
{
    uint32_t sector = store->flash.sector_bytes, count = (length - 1) / sector + 1;
    uint32_t with_slack = length + (is_mark ? 0 : STORE_SLACK_BYTES);
    struct store_demand demand = {.length = free > 1 ? length : with_slack, .count = count};
    if (free < count + 2) {
        demand.count = (with_slack - 1) / sector + 1;
    }
    demand.length = free > 0 ? demand.length : UINT32_MAX;
    demand.count = free > demand.count ? demand.count : UINT32_MAX;
    return demand;
}

uint32_t mote_store_find_room(const struct mote_store *store, uint32_t length, uint32_t free, bool is_mark)
{
    struct store_range nothing = {0};
    struct store_demand demand = mote_store_demand(store, length, free, is_mark);
    uint32_t at = mote_store_find_tail(store, demand.length, nothing);
    if (at == UINT32_MAX && demand.count != UINT32_MAX) {
        uint32_t run = mote_store_find_run(store, demand.count, nothing);
        at = run == UINT32_MAX ? run : run * store->flash.sector_bytes;
    }
    return at;
}

/* ---- Erasing ----------------------------------------------------------------------------------------------------- */

/* Erases sectors, the last one first: the header that tells of a chain goes last. `*is_erased`: one of them was not blank. */
static bool erase(struct mote_store *store, uint32_t from, uint32_t to, bool *is_erased)
{
    uint32_t size = store->flash.sector_bytes;
    *is_erased = false;
    while (to-- > from) {
        if (mote_store_is_blank(store, to * size, size)) {
            continue;
        }
        *is_erased = true;
        bool is_done = hal_flash_erase(store->options.region, to * size, size);
        mote_store_progress(store);
        if (!is_done || !mote_store_is_blank(store, to * size, size)) {
            return false;
        }
    }
    store->sets[from / 32] &= ~(1u << from % 32);
    return true;
}

uint16_t mote_store_wear(const struct mote_store *store, uint32_t sector)
{
    struct store_place place = {.end = sector * store->flash.sector_bytes};
    return mote_store_walk(store, &place) && place.at == sector * store->flash.sector_bytes ? place.header->wear : 0;
}

/* Free sectors that belong to no chain were erased together with the chain before them, if they were ever erased. */
bool mote_store_clear(struct mote_store *store, uint32_t at, uint32_t length, uint16_t *wear)
{
    uint32_t size = store->flash.sector_bytes, sector = at / size, to = (at + length - 1) / size + 1, most = 0;
    *wear = 0;
    if (at % size) {
        return true;
    }
    store->cursor = to;
    while (sector < to) {
        uint32_t first = sector, limit = sector + 1;
        struct store_chain chain;
        while (first > 0 && !store_has(store->sets, first)) {
            first--;
        }
        uint32_t known = mote_store_wear(store, first);
        if (mote_store_find_chain(store, first, &chain) && chain.first == first && sector < chain.limit) {
            sector = first;
            limit = chain.limit;
        }
        bool is_erased;
        if (!erase(store, sector, limit, &is_erased)) {
            return false;
        }
        known += is_erased;
        most = known > most ? known : most;
        sector = limit;
    }
    *wear = (uint16_t)(most < UINT16_MAX ? most : UINT16_MAX);
    return true;
}
