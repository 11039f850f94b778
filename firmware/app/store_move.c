/* Compaction. When there is no room, the live records of some neighbouring sectors (the *window*) are written again elsewhere, one behind the
   other; the window is then free. A copy counts from its commit on, and the original is only erased when its place is needed. */
#include "app/store_format.h"
#include "base/bits.h"

/* A record that wants a place, and how many sectors are free. */
struct wish {
    uint32_t length, free;
    bool is_mark;
};

struct evacuation {
    struct store_range window;
    uint32_t live;    /* bytes of the records that must move, and of the mark behind them */
    uint32_t sectors; /* that they fill when they begin with a fresh one */
    uint32_t rest;    /* bytes left in the last of these */
    uint32_t at;      /* where they go */
};

/* Where a record goes that follows one that ended at `at`. */
static uint32_t follow(const struct mote_store *store, uint32_t at, uint32_t length)
{
    uint32_t size = store->flash->sector_bytes, in_sector = at % size;
    return in_sector && length > size - in_sector ? at - in_sector + size : at;
}

static uint32_t moved_length(const struct mote_store *store, const struct store_place *place)
{
    return mote_store_length(store, (enum mote_store_kind)(place->header->kind - 1), place->commit ? place->commit->size : 0);
}

/* The next live record in the window; false behind the last. */
static bool next_live(const struct mote_store *store, struct store_range window, struct store_place *place)
{
    uint32_t size = store->flash->sector_bytes;
    place->end = place->end ? place->end : window.from * size;
    while (mote_store_walk(store, place) && place->at < window.to * size) {
        if (mote_store_is_live(store, place)) {
            return true;
        }
    }
    return false;
}

static bool is_movable(const struct mote_store *store, struct store_range window)
{
    uint32_t size = store->flash->sector_bytes;
    struct store_place place = {.end = window.from * size};
    while (mote_store_walk(store, &place) && place.at < window.to * size) {
        bool is_open = store->open && store->open->at == place.at;
        if (is_open || mote_store_is_pinned(store, place.header->sequence)) {
            return false;
        }
    }
    return true;
}

/* What it would take to empty the window; false when it cannot be, or is empty. */
static bool measure(const struct mote_store *store, struct evacuation *evacuation)
{
    uint32_t size = store->flash->sector_bytes, fill = 0, mark = mote_store_length(store, STORE_MOVED, 0);
    struct store_place place = {0};
    evacuation->live = mark;
    if (!is_movable(store, evacuation->window)) {
        return false;
    }
    while (next_live(store, evacuation->window, &place)) {
        uint32_t length = moved_length(store, &place);
        fill = follow(store, fill, length) + length;
        evacuation->live += length;
    }
    fill = follow(store, fill, mark) + mark;
    evacuation->sectors = (fill + size - 1) / size;
    evacuation->rest = evacuation->sectors * size - fill;
    return evacuation->live > mark;
}

/* Whether there is room for the record when so many sectors are free, among them the window, and `rest` bytes behind what was moved. */
static bool is_enough(const struct mote_store *store, const struct wish *wish, struct store_range window, uint32_t free, uint32_t rest)
{
    struct store_demand demand = mote_store_demand(store, wish->length, free, wish->is_mark);
    return demand.length <= rest || demand.count <= window.to - window.from;
}

/* Chooses where the window's records go so that there is room for the record afterwards: in the window, or behind them. */
static bool find_destination(const struct mote_store *store, const struct wish *wish, struct evacuation *evacuation)
{
    uint32_t size = store->flash->sector_bytes, free = wish->free;
    struct store_range window = evacuation->window;
    for (uint32_t sector = window.from; sector < window.to; sector++) {
        free += store_has(store_held(store), sector);
    }
    evacuation->at = mote_store_find_tail(store, evacuation->live, window);
    if (evacuation->at != UINT32_MAX && is_enough(store, wish, window, free, size - evacuation->at % size - evacuation->live)) {
        return true;
    }
    uint32_t run = mote_store_find_run(store, evacuation->sectors, window);
    evacuation->at = run * size;
    return run != UINT32_MAX && is_enough(store, wish, window, free - evacuation->sectors, evacuation->rest);
}

/* The sector behind the chain that begins with this one, or behind this one when it is free. */
static uint32_t behind(const struct mote_store *store, uint32_t sector)
{
    struct store_chain chain = {.limit = sector + 1};
    if (store_has(store_held(store), sector)) {
        mote_store_find_chain(store, sector, &chain);
    }
    return chain.limit;
}

/* The window with the fewest live bytes after whose evacuation there is room. A window begins with a chain or with the first of some free
   sectors, and is as short as it can be. */
static bool find_evacuation(const struct mote_store *store, const struct wish *wish, struct evacuation *best)
{
    uint32_t count = (wish->length - 1) / store->flash->sector_bytes + 1, next;
    best->live = UINT32_MAX;
    for (uint32_t from = 0; from < store->sectors; from = next) {
        struct evacuation here = {.window = {from, from}};
        while (here.window.to < store->sectors && here.window.to - from < count) {
            here.window.to = behind(store, here.window.to);
        }
        next = behind(store, from);
        while (next < store->sectors && !store_has(store_held(store), from) && !store_has(store_held(store), next)) {
            next++;
        }
        while (here.window.to - here.window.from > count && !store_has(store_held(store), here.window.from)) {
            here.window.from++;
        }
        if (here.window.to - here.window.from >= count && measure(store, &here) && here.live < best->live &&
            find_destination(store, wish, &here)) {
            *best = here;
        }
    }
    return best->live != UINT32_MAX;
}

/* Writes a record once more. */
static bool copy(struct mote_store *store, const struct store_place *place, uint32_t at, uint16_t wear)
{
    struct store_header header = *place->header;
    header.wear = wear;
    if (!place->commit) {
        return mote_store_put_header(store, at, &header);
    }
    struct store_commit commit = *place->commit;
    const uint8_t *bytes = store->flash->data + mote_store_payload(store, place->at);
    uint32_t written = 0;
    header.size = commit.room = commit.size;
    return mote_store_put_header(store, at, &header) &&
           mote_store_put(store, mote_store_payload(store, at), bytes, (uint32_t)mote_align_up(commit.size, store->alignment), &written) &&
           mote_store_put_commit(store, at, &commit);
}

static bool evacuate(struct mote_store *store, const struct evacuation *evacuation)
{
    uint32_t size = store->flash->sector_bytes, at = evacuation->at;
    struct store_header mark = {.kind = 1 + STORE_MOVED, .of = evacuation->window.from, .size = evacuation->window.to};
    struct store_place place = {0};
    uint16_t wear;
    if (!mote_store_clear(store, at, evacuation->sectors * size, &wear)) {
        return false;
    }
    while (next_live(store, evacuation->window, &place)) {
        uint32_t length = moved_length(store, &place);
        at = follow(store, at, length);
        if (!copy(store, &place, at, at % size ? 0 : wear)) {
            return false;
        }
        at += length;
    }
    at = follow(store, at, sizeof mark);
    mark.wear = at % size ? 0 : wear;
    mark.sequence = store->next_stamp;
    return mote_store_put_header(store, at, &mark);
}

enum mote_error mote_store_make_room(struct mote_store *store, uint32_t length, bool is_mark, uint32_t *at, uint16_t *wear)
{
    struct wish wish = {length, mote_store_survey(store), is_mark};
    struct evacuation evacuation;
    *at = mote_store_find_room(store, length, wish.free, is_mark);
    if (*at == UINT32_MAX && find_evacuation(store, &wish, &evacuation)) {
        if (!evacuate(store, &evacuation)) {
            return MOTE_ERROR_FLASH_FAILED;
        }
        wish.free = mote_store_survey(store);
        *at = mote_store_find_room(store, length, wish.free, is_mark);
    }
    if (*at == UINT32_MAX && is_mark && wish.free > 0) {
        *at = mote_store_find_run(store, 1, (struct store_range){0}) * store->flash->sector_bytes; /* the last resort */
    }
    if (*at == UINT32_MAX) {
        return MOTE_ERROR_STORE_FULL;
    }
    return mote_store_clear(store, *at, length, wear) ? MOTE_ERROR_NONE : MOTE_ERROR_FLASH_FAILED;
}

uint32_t mote_store_largest(struct mote_store *store)
{
    struct wish wish = {.free = mote_store_survey(store)};
    struct evacuation evacuation;
    uint32_t overhead = mote_store_length(store, MOTE_STORE_NOTE, 0);
    uint32_t low = 0, high = store->flash->size / store->alignment; /* in alignments; `low` fits (or nothing does), `high` does not */
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        wish.length = middle * store->alignment;
        bool fits = mote_store_find_room(store, wish.length, wish.free, false) != UINT32_MAX || find_evacuation(store, &wish, &evacuation);
        low = fits ? middle : low;
        high = fits ? high : middle;
    }
    return low * store->alignment > overhead ? low * store->alignment - overhead : 0;
}
