/* Which records count. That follows from the records that are there, never from their places: of each name the two newest packages that
   were not taken back, the newest note, and the newest that was prepared of each of these packages. So garbage may go in any order; only
   a mark stays as long as something is there that it makes void. A list in RAM says where the records that count lie, four bytes each. */
#include "app/store_format.h"
#include "base/bits.h"

#define SPARE 4u /* a record that is written, what it takes back, and two windows */
#define GROWTH 8u

/* ---- The list ---------------------------------------------------------------------------------------------------- */

bool mote_store_reserve(struct mote_store *store)
{
    if (store->capacity - store->count >= SPARE) {
        return true;
    }
    uint32_t capacity = store->capacity + GROWTH;
    uint32_t *list = store->allocator.resize(store->allocator.user, store->list, store->capacity * sizeof *list, capacity * sizeof *list);
    if (!list) {
        return false;
    }
    store->list = list;
    store->capacity = capacity;
    return true;
}

const struct store_header *mote_store_listed(const struct mote_store *store, uint32_t i)
{
    return (const void *)(store->flash.data + store_listed_at(store, i));
}

bool mote_store_is_live(const struct mote_store *store, uint32_t at)
{
    for (uint32_t i = 0; i < store->count; i++) {
        if (store_listed_at(store, i) == at) {
            return true;
        }
    }
    return false;
}

static void drop(struct mote_store *store, uint32_t i)
{
    store->list[i] = store->list[--store->count];
}

bool mote_store_same_name(const char *a, const char *b)
{
    while (*a && *a == *b) {
        a++, b++;
    }
    return *a == *b;
}

/* ---- What makes what void ---------------------------------------------------------------------------------------- */

/* Whether a mark takes this record back. Rolling back (of != 0) leaves all but packages alone. */
static bool is_taken_back_by(const struct store_header *header, const struct store_header *mark)
{
    bool is_affected = mark->of == 0 || (header->kind == 1 + MOTE_STORE_PACKAGE && header->sequence != mark->of);
    return mark->kind == 1 + STORE_TAKEN_BACK && is_affected && mark->sequence > header->sequence &&
           mote_store_same_name(mark->name, header->name);
}

/* Whether a mark says that this record has been copied to another place. */
static bool is_moved_by(const struct mote_store *store, const struct store_header *header, const struct store_header *mark)
{
    uint32_t sector = (uint32_t)((const uint8_t *)header - store->flash.data) / store->flash.sector_bytes;
    return mark->kind == 1 + STORE_MOVED && sector >= mark->of && sector < mark->size && header->stamp < mark->sequence;
}

bool mote_store_is_moved(const struct mote_store *store, const struct store_header *header)
{
    bool is_moved = false;
    for (uint32_t i = 0; i < store->count && !is_moved; i++) {
        is_moved = is_moved_by(store, header, mote_store_listed(store, i));
    }
    return is_moved;
}

static bool is_void_by(const struct mote_store *store, const struct store_header *header, const struct store_header *mark)
{
    return is_taken_back_by(header, mark) || is_moved_by(store, header, mark);
}

/* Which of two records that want the same place in the world has it. Of copies of one record it is the first until that is void: if
   moving was broken off, the others are not needed. */
static bool is_before(const struct store_header *header, const struct store_header *than)
{
    return header->sequence != than->sequence ? header->sequence > than->sequence : header->stamp < than->stamp;
}

static bool is_rival(const struct store_header *a, const struct store_header *b)
{
    return a->kind == b->kind && a->of == b->of && !store_is_mark(a) && mote_store_same_name(a->name, b->name);
}

/* Whether this is what was prepared of a package that does not count. */
static bool is_orphan(const struct mote_store *store, const struct store_header *header)
{
    bool is_orphan = header->kind == 1 + MOTE_STORE_PREPARED;
    for (uint32_t i = 0; i < store->count && is_orphan; i++) {
        const struct store_header *package = mote_store_listed(store, i);
        is_orphan = package->kind != 1 + MOTE_STORE_PACKAGE || package->sequence != header->of;
    }
    return is_orphan;
}

/* Puts a sound record where it belongs in the list, if it counts; others may go. */
static void enter(struct mote_store *store, uint32_t at)
{
    const struct store_header *header = (const void *)(store->flash.data + at);
    uint32_t places = header->kind == 1 + MOTE_STORE_PACKAGE ? 2 : 1, last = UINT32_MAX;
    if (is_orphan(store, header)) {
        return;
    }
    for (uint32_t i = store->count; i-- > 0;) {
        const struct store_header *other = mote_store_listed(store, i);
        if (is_void_by(store, header, other)) {
            return;
        }
        if (is_void_by(store, other, header)) {
            drop(store, i);
        }
    }
    for (uint32_t i = 0; i < store->count; i++) {
        const struct store_header *other = mote_store_listed(store, i);
        if (!is_rival(header, other)) {
            continue;
        }
        if (header->sequence == other->sequence) { /* a copy */
            store->list[i] = is_before(header, other) ? at : store->list[i];
            return;
        }
        last = last == UINT32_MAX || is_before(mote_store_listed(store, last), other) ? i : last;
        places--;
    }
    if (places > 0) {
        store->list[store->count++] = at;
    } else if (is_before(header, mote_store_listed(store, last))) {
        store->list[last] = at;
    }
}

void mote_store_enter(struct mote_store *store, uint32_t at)
{
    enter(store, at);
    for (uint32_t i = store->count; i-- > 0;) {
        if (is_orphan(store, mote_store_listed(store, i))) {
            drop(store, i);
        }
    }
}

/* Whether something is there that a mark makes void. */
static bool is_needed(const struct mote_store *store, const struct store_header *mark)
{
    struct store_place place = {0};
    while (mote_store_walk(store, &place)) {
        bool counts = place.commit && place.header->kind != 1 + MOTE_STORE_PREPARED;
        if ((counts && is_taken_back_by(place.header, mark)) || is_moved_by(store, place.header, mark)) {
            return true;
        }
    }
    return false;
}

void mote_store_drop_marks(struct mote_store *store)
{
    for (uint32_t i = store->count; i-- > 0;) {
        const struct store_header *header = mote_store_listed(store, i);
        if (store_is_mark(header) && !is_needed(store, header)) {
            drop(store, i);
        }
    }
}

/* Copies of marks, where moving was broken off. */
static void drop_copies(struct mote_store *store)
{
    for (uint32_t i = store->count; i-- > 0;) {
        const struct store_header *header = mote_store_listed(store, i);
        bool is_copy = false;
        for (uint32_t k = 0; k < store->count && !is_copy; k++) {
            const struct store_header *other = mote_store_listed(store, k);
            is_copy = other->kind == header->kind && other->sequence == header->sequence && other->stamp < header->stamp;
        }
        if (is_copy) {
            drop(store, i);
        }
    }
}

/* Marks first: they say of what follows whether it counts. What was prepared comes last: it counts with its package. */
bool mote_store_list_all(struct mote_store *store)
{
    for (unsigned round = 0; round < 3; round++) {
        struct store_place place = {0};
        while (mote_store_walk(store, &place)) {
            bool is_mark = store_is_mark(place.header), is_prepared = place.header->kind == 1 + MOTE_STORE_PREPARED;
            if ((is_mark ? 0u : 1u + is_prepared) != round || !(is_mark || place.commit)) {
                continue;
            }
            if (!mote_store_reserve(store)) {
                return false;
            }
            enter(store, place.at);
        }
        drop_copies(store);
    }
    mote_store_drop_marks(store);
    return true;
}
