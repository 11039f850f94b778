/* Moving records out of the way. The records of some neighbouring sectors (the *window*) are written again elsewhere, one behind the
   other, and a mark behind them says that the window is void; until then the copies are garbage. */
#include "app/store_format.h"
#include "base/bits.h"

/* Where a record goes that follows one that ended at `at`. */
static uint32_t follow(const struct mote_store *store, uint32_t at, uint32_t length)
{
    uint32_t size = store->flash.sector_bytes, in_sector = at % size;
    return in_sector && length > size - in_sector ? at - in_sector + size : at;
}

static uint32_t moved_length(const struct mote_store *store, const struct store_header *header)
{
    return mote_store_length(store, header->kind - 1u, store_is_mark(header) ? 0 : store_commit_of(header)->size);
}

/* The next record in the list, from `*i` on, that lies in the window; false: there is none. */
static bool find_in(const struct mote_store *store, struct store_range window, uint32_t *i)
{
    uint32_t size = store->flash.sector_bytes;
    while (*i < store->count && (store_listed_at(store, *i) / size < window.from || store_listed_at(store, *i) / size >= window.to)) {
        ++*i;
    }
    return *i < store->count;
}

bool mote_store_is_movable(const struct mote_store *store, struct store_range window)
{
    uint32_t size = store->flash.sector_bytes;
    struct store_place place = {.end = window.from * size};
    while (mote_store_walk(store, &place) && place.at < window.to * size) {
        bool is_open = store->open && store->open->at == place.at;
        if (is_open || mote_store_is_pinned(store, place.header->sequence)) {
            return false;
        }
    }
    return true;
}

bool mote_store_measure(const struct mote_store *store, struct store_move *move)
{
    uint32_t size = store->flash.sector_bytes, fill = 0, mark = mote_store_length(store, STORE_MOVED, 0);
    move->live = mark;
    for (uint32_t i = 0; find_in(store, move->window, &i); i++) {
        uint32_t length = moved_length(store, mote_store_listed(store, i));
        fill = follow(store, fill, length) + length;
        move->live += length;
    }
    fill = follow(store, fill, mark) + mark;
    move->sectors = (fill + size - 1) / size;
    move->rest = move->sectors * size - fill;
    return move->live > mark;
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

/* Goes through the records of the window and the places that they get: writes them there or (`is_done`) enters that into the list. `*at`
   is then behind the last one. */
static bool go_through(struct mote_store *store, const struct store_move *move, uint16_t wear, bool is_done, uint32_t *at)
{
    *at = move->at;
    for (uint32_t i = 0; find_in(store, move->window, &i); i++) {
        const struct store_header *header = mote_store_listed(store, i);
        uint32_t to = follow(store, *at, moved_length(store, header));
        *at = to + moved_length(store, header);
        if (is_done) {
            store->list[i] = to;
        } else if (!copy(store, header, to, to % store->flash.sector_bytes ? 0 : wear)) {
            return false;
        }
    }
    *at = follow(store, *at, sizeof *mote_store_listed(store, 0));
    return true;
}

bool mote_store_evacuate(struct mote_store *store, const struct store_move *move)
{
    struct store_header mark = {.kind = 1 + STORE_MOVED, .of = move->window.from, .size = move->window.to};
    uint32_t size = store->flash.sector_bytes, at;
    uint16_t wear;
    if (!mote_store_clear(store, move->at, move->sectors * size, &wear) || !go_through(store, move, wear, false, &at)) {
        return false;
    }
    mark.wear = at % size ? 0 : wear;
    mark.sequence = store->next_stamp;
    if (!mote_store_put_header(store, at, &mark)) {
        return false;
    }
    go_through(store, move, wear, true, &at);
    mote_store_enter(store, at);
    return true;
}
