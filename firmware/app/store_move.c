/* Compaction. When there is no room, the live records of some neighbouring sectors (the *window*) are written again elsewhere, one behind the
   other; the window is then free. A copy counts from its commit on, and the original is only erased when its place is needed. */
#include "app/store_format.h"
#include "base/bits.h"

#define LEVEL 32u /* erases by which sectors may differ before records move for it */

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

static uint32_t moved_length(const struct mote_store *store, const struct store_header *header)
{
    return mote_store_length(store, header->kind - 1u, store_is_mark(header) ? 0 : store_commit_of(header)->size);
}

/* The next record in the list, from `*i` on, that lies in the window; false: there is none. */
static bool find_in(const struct mote_store *store, struct store_range window, uint32_t *i)
{
    uint32_t size = store->flash->sector_bytes;
    while (*i < store->count && (store->list[*i] / size < window.from || store->list[*i] / size >= window.to)) {
        ++*i;
    }
    return *i < store->count;
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

/* What it would take to empty the window; false when it is empty. */
static bool measure(const struct mote_store *store, struct evacuation *evacuation)
{
    uint32_t size = store->flash->sector_bytes, fill = 0, mark = mote_store_length(store, STORE_MOVED, 0);
    evacuation->live = mark;
    for (uint32_t i = 0; find_in(store, evacuation->window, &i); i++) {
        uint32_t length = moved_length(store, mote_store_listed(store, i));
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

/* How many sectors are free if the window is. */
static uint32_t free_with(const struct mote_store *store, const struct wish *wish, struct store_range window)
{
    uint32_t free = wish->free;
    for (uint32_t sector = window.from; sector < window.to; sector++) {
        free += store_has(store_held(store), sector);
    }
    return free;
}

/* Chooses where the window's records go so that there is room for the record afterwards: in the window, or behind them. */
static bool find_destination(const struct mote_store *store, const struct wish *wish, struct evacuation *evacuation)
{
    struct store_range window = evacuation->window;
    uint32_t size = store->flash->sector_bytes, free = free_with(store, wish, window);
    if (!is_enough(store, wish, window, free, size) || !measure(store, evacuation)) {
        return false; /* wherever they go; or it is empty */
    }
    evacuation->at = mote_store_find_tail(store, evacuation->live, window);
    if (evacuation->at != UINT32_MAX && is_enough(store, wish, window, free, size - evacuation->at % size - evacuation->live)) {
        return true;
    }
    uint32_t run = mote_store_find_run(store, evacuation->sectors, window);
    evacuation->at = run * size;
    return run != UINT32_MAX && is_enough(store, wish, window, free - evacuation->sectors, evacuation->rest);
}

/* The sector behind the held chain that begins with this one, or behind this one when it is free. */
static uint32_t behind(const struct mote_store *store, uint32_t sector)
{
    bool is_held = store_has(store_held(store), sector++);
    while (is_held && sector < store->sectors && store_has(store_held(store), sector) && !store_has(store->sets, sector)) {
        sector++;
    }
    return sector;
}

/* The shortest window of at least `count` sectors that begins with this one, without the free sectors on its left that it does not need. */
static struct store_range window_from(const struct mote_store *store, uint32_t from, uint32_t count)
{
    struct store_range window = {from, from};
    while (window.to < store->sectors && window.to - from < count) {
        window.to = behind(store, window.to);
    }
    while (window.to - window.from > count && !store_has(store_held(store), window.from)) {
        window.from++;
    }
    return window;
}

/* The window with the fewest live bytes after whose evacuation there is room. Windows begin with a chain or with free sectors behind one. */
static bool find_evacuation(const struct mote_store *store, const struct wish *wish, struct evacuation *best)
{
    uint32_t count = (wish->length - 1) / store->flash->sector_bytes + 1;
    bool was_free = false;
    best->live = UINT32_MAX;
    for (uint32_t from = 0; from < store->sectors; from = behind(store, from)) {
        bool is_free = !store_has(store_held(store), from), is_inside = is_free && was_free;
        struct evacuation here = {.window = {from, from}};
        was_free = is_free;
        if (!is_inside) {
            here.window = window_from(store, from, count);
        }
        if (here.window.to - here.window.from >= count && find_destination(store, wish, &here) && here.live < best->live &&
            is_movable(store, here.window)) {
            *best = here;
        }
    }
    return best->live != UINT32_MAX;
}

/* Writes a record once more. */
static bool copy(struct mote_store *store, const struct store_header *from, uint32_t at, uint16_t wear)
{
    struct store_header header = *from;
    header.wear = wear;
    if (store_is_mark(from)) {
        return mote_store_put_header(store, at, &header);
    }
    struct store_commit commit = *store_commit_of(from);
    const uint8_t *bytes = (const uint8_t *)from + mote_store_payload(store, 0);
    uint32_t written = 0;
    header.size = commit.room = commit.size;
    return mote_store_put_header(store, at, &header) &&
           mote_store_put(store, mote_store_payload(store, at), bytes, (uint32_t)mote_align_up(commit.size, store->alignment), &written) &&
           mote_store_put_commit(store, at, &commit);
}

/* Goes through the records of the window and the places that they get: writes them there or (`is_done`) enters that into the list. `*at` is then behind
   the last one. */
static bool go_through(struct mote_store *store, const struct evacuation *evacuation, uint16_t wear, bool is_done, uint32_t *at)
{
    *at = evacuation->at;
    for (uint32_t i = 0; find_in(store, evacuation->window, &i); i++) {
        const struct store_header *header = mote_store_listed(store, i);
        uint32_t to = follow(store, *at, moved_length(store, header));
        *at = to + moved_length(store, header);
        if (is_done) {
            store->list[i] = to;
        } else if (!copy(store, header, to, to % store->flash->sector_bytes ? 0 : wear)) {
            return false;
        }
    }
    *at = follow(store, *at, sizeof *mote_store_listed(store, 0));
    return true;
}

static bool evacuate(struct mote_store *store, const struct evacuation *evacuation)
{
    struct store_header mark = {.kind = 1 + STORE_MOVED, .of = evacuation->window.from, .size = evacuation->window.to};
    uint32_t size = store->flash->sector_bytes, at;
    uint16_t wear;
    if (!mote_store_clear(store, evacuation->at, evacuation->sectors * size, &wear) || !go_through(store, evacuation, wear, false, &at)) {
        return false;
    }
    mark.wear = at % size ? 0 : wear;
    mark.sequence = store->next_stamp;
    if (!mote_store_put_header(store, at, &mark)) {
        return false;
    }
    go_through(store, evacuation, wear, true, &at);
    mote_store_enter(store, at);
    return true;
}

/* Records that never change keep others from using their sectors. When these have been erased far less often than those that are about to be used, the records
   move, and wear goes on there. */
static void level(struct mote_store *store, uint32_t at, uint32_t length, uint16_t wear)
{
    uint32_t size = store->flash->sector_bytes, least = wear;
    struct store_chain chain = {0};
    struct evacuation here, cold = {.sectors = 0};
    for (uint32_t sector = at / size; sector <= (at + length - 1) / size; sector++) {
        store_held(store)[sector / 32] |= 1u << sector % 32;
    }
    while (mote_store_find_chain(store, chain.limit, &chain)) {
        uint32_t known = mote_store_wear(store, chain.first);
        here.window = (struct store_range){chain.first, chain.limit};
        if (known + LEVEL < wear && known < least && measure(store, &here) && is_movable(store, here.window)) {
            least = known;
            cold = here;
        }
    }
    uint32_t run = cold.sectors ? mote_store_find_run(store, cold.sectors, cold.window) : UINT32_MAX;
    if (run != UINT32_MAX && mote_store_reserve(store)) {
        cold.at = run * size;
        (void)evacuate(store, &cold);
    }
}

enum mote_error mote_store_make_room(struct mote_store *store, uint32_t length, bool is_mark, uint32_t *at, uint16_t *wear)
{
    struct wish wish = {length, mote_store_survey(store), is_mark};
    struct evacuation evacuation;
    *at = mote_store_find_room(store, length, wish.free, is_mark);
    if (*at == UINT32_MAX && mote_store_reserve(store) && find_evacuation(store, &wish, &evacuation)) {
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
    if (!mote_store_clear(store, *at, length, wear)) {
        return MOTE_ERROR_FLASH_FAILED;
    }
    if (*wear > LEVEL) {
        level(store, *at, length, *wear);
    }
    return MOTE_ERROR_NONE;
}

static bool fits(const struct mote_store *store, const struct wish *wish)
{
    struct evacuation evacuation;
    return mote_store_find_room(store, wish->length, wish->free, false) != UINT32_MAX || find_evacuation(store, wish, &evacuation);
}

/* The largest length below `high` that fits, in steps. */
static uint32_t search(const struct mote_store *store, struct wish *wish, uint32_t high, uint32_t step)
{
    uint32_t low = 0;
    while (high - low > step) {
        wish->length = low + (high - low) / step / 2 * step;
        if (fits(store, wish)) {
            low = wish->length;
        } else {
            high = wish->length;
        }
    }
    return low;
}

/* In whole sectors; when there is not even one, in a part of one. */
uint32_t mote_store_largest(struct mote_store *store)
{
    struct wish wish = {.free = mote_store_survey(store)};
    uint32_t overhead = mote_store_length(store, MOTE_STORE_NOTE, 0), sector = store->flash->sector_bytes;
    uint32_t most = search(store, &wish, store->flash->size, sector);
    most = most ? most : search(store, &wish, sector, store->alignment);
    return most > overhead ? most - overhead : 0;
}
