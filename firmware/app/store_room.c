/* Makes room for a record: looks for a place, erases garbage, moves records out of the way, and sees to it that sectors wear alike. */
#include "app/store_format.h"
#include "base/bits.h"

#define LEVEL 32u /* erases by which sectors may differ before records move for it */

/* A record that wants a place, and how many sectors are free. */
struct wish {
    uint32_t length, free;
    bool is_mark;
};

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
static bool find_destination(const struct mote_store *store, const struct wish *wish, struct store_move *move)
{
    struct store_range window = move->window;
    uint32_t size = store->flash.sector_bytes, free = free_with(store, wish, window);
    if (!is_enough(store, wish, window, free, size)) {
        return false; /* wherever they go */
    }
    move->at = mote_store_find_tail(store, move->live, window);
    if (move->at != UINT32_MAX && is_enough(store, wish, window, free, size - move->at % size - move->live)) {
        return true;
    }
    if (free < move->sectors || !is_enough(store, wish, window, free - move->sectors, move->rest)) {
        return false;
    }
    uint32_t run = mote_store_find_run(store, move->sectors, window);
    move->at = run * size;
    return run != UINT32_MAX;
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

/* The window with the fewest live bytes after whose evacuation there is room. */
static bool find_evacuation(const struct mote_store *store, const struct wish *wish, struct store_move *best)
{
    uint32_t count = (wish->length - 1) / store->flash.sector_bytes + 1;
    best->live = UINT32_MAX;
    for (uint32_t from = 0, to = 0; from < store->sectors; from = behind(store, from)) {
        while (to < store->sectors && to - from < count) {
            to = behind(store, to);
        }
        struct store_move here = {.window = {from, to}};
        if (to - from >= count && mote_store_measure(store, &here) && here.live < best->live &&
            find_destination(store, wish, &here) && mote_store_is_movable(store, here.window)) {
            *best = here;
        }
    }
    return best->live != UINT32_MAX;
}

/* Where the records of the window go without more sectors being used than they have now. */
static uint32_t find_place(const struct mote_store *store, const struct store_move *move)
{
    uint32_t at = mote_store_find_tail(store, move->live, move->window), run;
    if (at == UINT32_MAX && move->sectors <= move->window.to - move->window.from) {
        run = mote_store_find_run(store, move->sectors, move->window);
        at = run == UINT32_MAX ? run : run * store->flash.sector_bytes;
    }
    return at;
}

/* The chain that should move: the one with the most garbage or, if `wear` is not 0, the one whose sectors have been erased far less often
   than that. */
static bool find_chain_to_move(const struct mote_store *store, uint16_t wear, struct store_move *best)
{
    struct store_chain chain = {0};
    uint32_t most = wear ? LEVEL : STORE_SLACK_BYTES, least = most;
    while (mote_store_find_chain(store, chain.limit, &chain)) {
        struct store_move here = {.window = {chain.first, chain.limit}};
        bool is_live = mote_store_measure(store, &here);
        uint32_t all = wear ? wear : chain.end - chain.first * store->flash.sector_bytes;
        uint32_t good = wear ? mote_store_wear(store, chain.first) : here.live;
        if (is_live && all > good + most) {
            here.at = find_place(store, &here);
            if (here.at != UINT32_MAX && mote_store_is_movable(store, here.window)) {
                most = all - good;
                *best = here;
            }
        }
    }
    return most > least;
}

/* Records that never change keep others from using their sectors. When these have been erased far less often than those that are about to
   be used, the records move, and wear goes on there. */
static void level(struct mote_store *store, uint32_t at, uint32_t length, uint16_t wear)
{
    uint32_t size = store->flash.sector_bytes;
    struct store_move cold;
    for (uint32_t sector = at / size; sector <= (at + length - 1) / size; sector++) {
        store_held(store)[sector / 32] |= 1u << sector % 32;
    }
    if (mote_store_reserve(store) && find_chain_to_move(store, wear, &cold)) {
        (void)mote_store_evacuate(store, &cold);
    }
}

/* Erases a chain of garbage, for marks to go that are only needed for its sake; `*is_done`: there was one. What is known of its wear
   stays, in a mark that makes nothing void. False: flash failed. */
static bool sweep(struct mote_store *store, bool *is_done)
{
    struct store_header mark = {.kind = 1 + STORE_MOVED, .sequence = store->next_stamp};
    struct store_chain chain = {0};
    uint32_t cursor = store->cursor;
    *is_done = false;
    while (mote_store_find_chain(store, chain.limit, &chain)) {
        uint32_t at = chain.first * store->flash.sector_bytes;
        const struct store_header *first = (const void *)(store->flash.data + at);
        bool is_swept = first->kind == 1 + STORE_MOVED && first->size == 0;
        if (!is_swept && !store_has(store_held(store), chain.first)) {
            *is_done = mote_store_clear(store, at, 1, &mark.wear) && mote_store_put_header(store, at, &mark);
            store->cursor = cursor;
            return *is_done;
        }
    }
    return true;
}

/* One step towards room for the record; `*is_done`: something was done. False: flash failed. */
static bool make_way(struct mote_store *store, const struct wish *wish, bool *is_done)
{
    struct store_move move;
    *is_done = mote_store_reserve(store) && find_evacuation(store, wish, &move);
    if (*is_done) {
        return mote_store_evacuate(store, &move);
    }
    if (!sweep(store, is_done) || *is_done) {
        return *is_done;
    }
    *is_done = mote_store_reserve(store) && find_chain_to_move(store, 0, &move); /* without its garbage marks may not be needed any more */
    return !*is_done || mote_store_evacuate(store, &move);
}

enum mote_error mote_store_make_room(struct mote_store *store, uint32_t length, bool is_mark, uint32_t *at, uint16_t *wear)
{
    struct wish wish = {length, mote_store_survey(store), is_mark};
    bool is_done;
    *at = mote_store_find_room(store, length, wish.free, is_mark);
    is_done = *at == UINT32_MAX && length < store->flash.size - store->flash.sector_bytes - mote_store_used(store);
    for (uint32_t round = 0; *at == UINT32_MAX && is_done && round < 2 * store->sectors + 8; round++) {
        if (!make_way(store, &wish, &is_done)) {
            return MOTE_ERROR_FLASH_FAILED;
        }
        wish.free = mote_store_survey(store);
        *at = mote_store_find_room(store, length, wish.free, is_mark);
    }
    if (*at == UINT32_MAX && is_mark && wish.free > 0) {
        *at = mote_store_find_run(store, 1, (struct store_range){0}) * store->flash.sector_bytes; /* the last resort */
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
    struct store_move move;
    return mote_store_find_room(store, wish->length, wish->free, false) != UINT32_MAX || find_evacuation(store, wish, &move);
}

/* The largest length below `high` that fits, in steps; `high` is a multiple of them. */
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
    uint32_t overhead = mote_store_length(store, MOTE_STORE_NOTE, 0), sector = store->flash.sector_bytes;
    uint32_t most = search(store, &wish, (store->flash.size - mote_store_used(store)) / sector * sector, sector);
    most = most ? most : search(store, &wish, sector, store->alignment);
    return most > overhead ? most - overhead : 0;
}
