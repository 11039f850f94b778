/* Which records count. That follows from the records that are there, never from their places: of each name the two newest packages that were not
   taken back, the newest note, and the newest that was prepared of each of these packages. So garbage may go in any order; only a mark stays as long
   as something is there that it makes void. */
#include "app/store_format.h"

bool mote_store_same_name(const char *a, const char *b)
{
    while (*a && *a == *b) {
        a++, b++;
    }
    return *a == *b;
}

/* Whether a mark takes this record back. Rolling back (of != 0) leaves all but packages alone. */
static bool is_taken_back_by(const struct store_place *place, const struct store_header *mark)
{
    const struct store_header *header = place->header;
    bool is_affected = mark->of == 0 || (header->kind == 1 + MOTE_STORE_PACKAGE && header->sequence != mark->of);
    return mark->kind == 1 + STORE_TAKEN_BACK && is_affected && mark->sequence > header->sequence &&
           mote_store_same_name(mark->name, header->name);
}

/* Whether a mark says that this record has been copied to another place. */
static bool is_moved_by(const struct mote_store *store, const struct store_place *place, const struct store_header *mark)
{
    uint32_t sector = place->at / store->flash->sector_bytes;
    return mark->kind == 1 + STORE_MOVED && sector >= mark->of && sector < mark->size && place->header->stamp < mark->sequence;
}

static bool is_void(const struct mote_store *store, const struct store_place *place)
{
    struct store_place other = {0};
    while (mote_store_walk(store, &other)) {
        if (is_taken_back_by(place, other.header) || is_moved_by(store, place, other.header)) {
            return true;
        }
    }
    return false;
}

/* Of copies of one record the first counts until it is void: if moving was broken off, the others are not needed. */
static bool is_before(const struct store_header *header, const struct store_header *than)
{
    return !than || header->sequence > than->sequence || (header->sequence == than->sequence && header->stamp < than->stamp);
}

static void rank(struct store_place best[static 2], const struct store_place *place)
{
    const struct store_header *header = place->header, *first = best[0].header;
    if (first && header->sequence == first->sequence) {
        best[0] = is_before(header, first) ? *place : best[0];
    } else if (is_before(header, first)) {
        best[1] = best[0];
        best[0] = *place;
    } else if (is_before(header, best[1].header)) {
        best[1] = *place;
    }
}

void mote_store_newest(const struct mote_store *store, unsigned kind, const char *name, uint32_t of, struct store_place best[static 2])
{
    struct store_place place = {0};
    best[0] = best[1] = (struct store_place){0};
    while (mote_store_walk(store, &place)) {
        const struct store_header *header = place.header;
        bool is_asked_for = header->kind == 1 + kind && place.commit && header->of == of && mote_store_same_name(header->name, name);
        if (is_asked_for && !is_void(store, &place)) {
            rank(best, &place);
        }
    }
}

/* Whether a mark is still needed: something that it makes void is still there, and it is the first copy of itself. */
static bool is_needed(const struct mote_store *store, const struct store_place *place)
{
    const struct store_header *header = place->header;
    struct store_place other = {0};
    bool is_needed = false;
    while (mote_store_walk(store, &other)) {
        bool is_same = other.header->kind == header->kind && other.header->sequence == header->sequence;
        if (is_same && other.header->stamp < header->stamp && !is_void(store, &other)) {
            return false;
        }
        bool counts = other.commit && other.header->kind != 1 + MOTE_STORE_PREPARED;
        is_needed = is_needed || (counts && is_taken_back_by(&other, header)) || is_moved_by(store, &other, header);
    }
    return is_needed && !is_void(store, place);
}

bool mote_store_is_live(const struct mote_store *store, const struct store_place *place)
{
    const struct store_header *header = place->header;
    struct store_place best[2];
    if (store_is_mark(header) || !place->commit) {
        return store_is_mark(header) && is_needed(store, place);
    }
    mote_store_newest(store, header->kind - 1u, header->name, header->of, best);
    bool is_newest = best[0].header == header;
    if (header->kind == 1 + MOTE_STORE_PACKAGE) {
        return is_newest || best[1].header == header;
    }
    if (!is_newest || header->kind == 1 + MOTE_STORE_NOTE) {
        return is_newest;
    }
    mote_store_newest(store, MOTE_STORE_PACKAGE, header->name, 0, best);
    return (best[0].header && best[0].header->sequence == header->of) || (best[1].header && best[1].header->sequence == header->of);
}

bool mote_store_is_pinned(const struct mote_store *store, uint32_t sequence)
{
    return store->options.is_pinned && store->options.is_pinned(store->options.user, sequence);
}
