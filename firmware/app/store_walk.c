/* The records as they lie in flash: which headers are sound, where chains begin, and the walk over them all. Whatever is not a sound
   header is passed over; payloads are never looked into, so nothing in them can pass for a record. */
#include "aot/native_hash.h"
#include "app/store_format.h"
#include "base/bits.h"

#define HEADER_BYTES ((uint32_t)sizeof(struct store_header))
#define COMMIT_WORDS 11u /* with the check word */

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

/* Whether the last word is the check word of those before it. */
static bool is_sound(uint32_t at, const mote_u32_cell *words, uint32_t count)
{
    return words[count - 1] == mote_store_check_word(at, words, count - 1);
}

/* A copy of words of which one bit has changed, as they were; false when it was not one bit. */
static bool mend(uint32_t at, const mote_u32_cell *words, uint32_t count, mote_u32_cell *mended)
{
    memcpy(mended, words, count * sizeof *words);
    for (uint32_t bit = 0; bit < 32 * count; bit++) {
        mended[bit / 32] ^= 1u << bit % 32;
        if (is_sound(at, mended, count)) {
            return true;
        }
        mended[bit / 32] ^= 1u << bit % 32;
    }
    return false;
}

/* A header or commit block in flash that is sound; NULL: it is not. `copy` is then what it probably was, or zeros. */
static const void *find_sound(const struct mote_store *store, uint32_t at, uint32_t block, uint32_t count, mote_u32_cell copy[static 16])
{
    const mote_u32_cell *words = (const void *)(store->flash.data + block);
    if (is_sound(at, words, count)) {
        memcpy(copy, words, count * sizeof *words);
        return words;
    }
    if (mote_store_is_blank(store, block, count * sizeof *words) || !mend(at, words, count, copy)) {
        memset(copy, 0, count * sizeof *words);
    }
    return NULL;
}

/* How much of a header looks like one: 3 in a sound one, at least 2 when one bit has changed. Hardly anything else has to be mended in
   vain. */
static uint32_t likeness(const struct store_header *header)
{
    bool is_kind = header->kind >= 1 && header->kind <= 1 + STORE_MOVED;
    return is_kind + (header->format == STORE_FORMAT) + (header->name[MOTE_STORE_NAME_BYTES - 1] == '\0');
}

/* Reads the record at place->at. False when there is none, or it would be longer than what it may be there. A record of which one bit has
   changed is lost, but its length is not, so that the chain goes on behind it. */
static bool read(const struct mote_store *store, struct store_place *place)
{
    uint32_t in_sector = place->at % store->flash.sector_bytes, least = mote_store_length(store, MOTE_STORE_NOTE, 0);
    uint32_t room = in_sector ? store->flash.sector_bytes - in_sector : store->flash.size - place->at;
    union {
        mote_u32_cell words[16];
        struct store_header header;
        struct store_commit commit;
    } copy;
    *place = (struct store_place){.at = place->at, .end = place->at};
    if (room < HEADER_BYTES || likeness((const void *)(store->flash.data + place->at)) < 2) {
        return false;
    }
    place->header = find_sound(store, place->at, place->at, HEADER_BYTES / 4, copy.words);
    if (likeness(&copy.header) < 3) {
        return false;
    }
    uint32_t size = copy.header.size;
    if (store_is_mark(&copy.header)) {
        place->end = place->at + HEADER_BYTES;
        return true;
    }
    if (room < least) {
        return false;
    }
    place->commit = find_sound(store, place->at, place->at + HEADER_BYTES, COMMIT_WORDS, copy.words);
    size = copy.commit.room && copy.commit.room < size ? copy.commit.room : size;
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
        if (place->at % store->flash.sector_bytes == 0 || !read(store, place)) {
            uint32_t sector = next_start(store, (place->at + store->flash.sector_bytes - 1) / store->flash.sector_bytes);
            if (sector == store->sectors) {
                return false;
            }
            place->at = sector * store->flash.sector_bytes;
            if (!read(store, place)) {
                place->header = NULL; /* it was sound once: flash has forgotten it */
                place->end = place->at + store->flash.sector_bytes;
            }
        }
    } while (!place->header);
    return true;
}

/* The end of the chain that begins at `at`; `at` itself when none does. */
static uint32_t chain_end(const struct mote_store *store, uint32_t at)
{
    struct store_place place = {.at = at};
    while ((place.at == at || place.at % store->flash.sector_bytes) && read(store, &place)) {
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
    uint32_t start = chain->first * store->flash.sector_bytes;
    chain->end = chain_end(store, start);
    uint32_t last = chain->end > start ? chain->end - 1 : start;
    chain->limit = last / store->flash.sector_bytes + 1;
    return true;
}

bool mote_store_is_blank(const struct mote_store *store, uint32_t at, uint32_t size)
{
    const uint8_t *bytes = store->flash.data + at;
    return *bytes == 0xFF && memcmp(bytes, bytes + 1, size - 1) == 0; /* each is like the one before it */
}

void mote_store_find_chains(struct mote_store *store)
{
    for (uint32_t sector = 0; sector < store->sectors;) {
        uint32_t start = sector * store->flash.sector_bytes, end = chain_end(store, start);
        if (end > start) {
            store->sets[sector / 32] |= 1u << sector % 32;
            sector = (end - 1) / store->flash.sector_bytes;
        }
        sector++;
    }
    struct store_place place = {0};
    while (mote_store_walk(store, &place)) {
        if (place.header->stamp >= store->next_stamp) {
            store->next_stamp = place.header->stamp + 1;
            store->cursor = (place.end - 1) / store->flash.sector_bytes + 1;
        }
    }
}
