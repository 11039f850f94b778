/* The records as they lie in flash: which headers are sound, where chains begin, and the walk over them all. Whatever is not a sound header is passed
   over; payloads are never looked into, so nothing in them can pass for a record. */
#include "aot/native_hash.h"
#include "app/store_format.h"
#include "base/bits.h"

#define HEADER_BYTES ((uint32_t)sizeof(struct store_header))

static uint32_t sector_bytes(const struct mote_store *store)
{
    return store->flash->sector_bytes;
}

uint32_t mote_store_payload(const struct mote_store *store, uint32_t at)
{
    return at + HEADER_BYTES + (uint32_t)mote_align_up(sizeof(struct store_commit), store->alignment);
}

uint32_t mote_store_length(const struct mote_store *store, unsigned kind, uint32_t size)
{
    return kind > MOTE_STORE_NOTE ? HEADER_BYTES : mote_store_payload(store, 0) + (uint32_t)mote_align_up(size, store->alignment);
}

uint32_t mote_store_check_word(uint32_t at, const void *words, uint32_t count)
{
    const mote_u32_cell *word = words;
    uint32_t hash = at ^ 0x65726F74u;
    for (; count > 0; count--) {
        hash = mote_native_hash_word(hash, *word++);
    }
    return hash;
}

static const struct store_header *header_at(const struct mote_store *store, uint32_t at)
{
    const struct store_header *header = (const void *)(store->flash->data + at);
    bool is_likely = header->kind >= 1 && header->kind <= 1 + STORE_MOVED && header->format == STORE_FORMAT &&
                     header->name[MOTE_STORE_NAME_BYTES - 1] == '\0';
    return is_likely && header->check == mote_store_check_word(at, header, HEADER_BYTES / 4 - 1) ? header : NULL;
}

static const struct store_commit *commit_at(const struct mote_store *store, uint32_t at)
{
    const struct store_commit *commit = (const void *)(store->flash->data + at + HEADER_BYTES);
    return commit->check == mote_store_check_word(at, commit, 10) ? commit : NULL;
}

/* Reads the record at place->at. False when there is none, or it would be longer than what it may be there. A record whose header is damaged but
   which was committed still has its length, so that the chain goes on behind it. */
static bool read(const struct mote_store *store, struct store_place *place)
{
    uint32_t in_sector = place->at % sector_bytes(store);
    uint32_t room = in_sector ? sector_bytes(store) - in_sector : store->flash->size - place->at;
    uint32_t least = mote_store_length(store, MOTE_STORE_NOTE, 0), size;
    place->header = room >= HEADER_BYTES ? header_at(store, place->at) : NULL;
    place->commit = NULL;
    if (place->header && store_is_mark(place->header)) {
        place->end = place->at + HEADER_BYTES;
        return true;
    }
    place->commit = room >= least ? commit_at(store, place->at) : NULL;
    if (room < least || !(place->header || place->commit)) {
        return false;
    }
    size = place->commit ? place->commit->room : place->header->size;
    place->end = place->at + least + (uint32_t)mote_align_up(size, store->alignment);
    return size <= room - least && place->end - place->at <= room;
}

/* The first sector from this one on with which a chain begins; store->sectors: none. */
static uint32_t next_start(const struct mote_store *store, uint32_t sector)
{
    while (sector < store->sectors && !store_has(store->sets, sector)) {
        sector += sector % 32 == 0 && store->sets[sector / 32] == 0 ? 32 : 1;
    }
    return sector < store->sectors ? sector : store->sectors;
}

bool mote_store_walk(const struct mote_store *store, struct store_place *place)
{
    do {
        place->at = place->end;
        if (place->at % sector_bytes(store) == 0 || !read(store, place)) {
            uint32_t sector = next_start(store, (place->at + sector_bytes(store) - 1) / sector_bytes(store));
            if (sector == store->sectors) {
                return false;
            }
            place->at = sector * sector_bytes(store);
            if (!read(store, place)) {
                place->header = NULL; /* it was sound once: flash has forgotten it */
                place->end = place->at + sector_bytes(store);
            }
        }
    } while (!place->header);
    return true;
}

/* The end of the chain that begins at `at`; `at` itself when none does. */
static uint32_t chain_end(const struct mote_store *store, uint32_t at)
{
    struct store_place place = {.at = at};
    while ((place.at == at || place.at % sector_bytes(store)) && read(store, &place)) {
        place.at = place.end;
    }
    return place.at;
}

bool mote_store_find_chain(const struct mote_store *store, uint32_t sector, struct store_chain *chain)
{
    chain->first = next_start(store, sector);
    if (chain->first == store->sectors) {
        return false;
    }
    uint32_t start = chain->first * sector_bytes(store);
    chain->end = chain_end(store, start);
    uint32_t last = chain->end > start ? chain->end - 1 : start;
    chain->limit = last / sector_bytes(store) + 1;
    return true;
}

bool mote_store_is_blank(const struct mote_store *store, uint32_t at, uint32_t size)
{
    uint32_t end = at + size;
    const uint8_t *data = store->flash->data;
    while (at < end) {
        bool is_word = at % 4 == 0 && end - at >= 4;
        if (is_word ? *(const mote_u32_cell *)(const void *)(data + at) != UINT32_MAX : data[at] != 0xFF) {
            return false;
        }
        at += is_word ? 4 : 1;
    }
    return true;
}

void mote_store_find_chains(struct mote_store *store)
{
    for (uint32_t sector = 0; sector < store->sectors;) {
        uint32_t start = sector * sector_bytes(store), end = chain_end(store, start);
        if (end > start) {
            store->sets[sector / 32] |= 1u << sector % 32;
            sector = (end - 1) / sector_bytes(store);
        }
        sector++;
    }
    struct store_place place = {0};
    while (mote_store_walk(store, &place)) {
        if (place.header->stamp >= store->next_stamp) {
            store->next_stamp = place.header->stamp + 1;
            store->cursor = (place.end - 1) / sector_bytes(store) + 1;
        }
    }
}
