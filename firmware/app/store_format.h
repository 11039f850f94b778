/* The bytes of the store (docs/formats/store.md) and what its files share. A *record* is a header, a commit block and a payload in one
   piece; a *chain* is records one behind the other, from the beginning of a sector on; only the first of a chain may be longer than what
   is left of its sector. A sector that belongs to no chain is free, whatever is in it. */
#ifndef APP_STORE_FORMAT_H
#define APP_STORE_FORMAT_H

#include "app/store.h"

#define STORE_FORMAT 1
/* Two more kinds, *marks*, which are only headers. */
#define STORE_TAKEN_BACK (MOTE_STORE_NOTE + 1) /* of all that is older under its name, only `of` remains (0: nothing) */
#define STORE_MOVED (MOTE_STORE_NOTE + 2)      /* what is older in the sectors [of, size) has been copied to other places */
#define STORE_WANTED_BYTES 8
#define STORE_PIECE_BYTES 256u /* at most this much is written at once: what a power cut can have left half-written */
#define STORE_SLACK_BYTES 128u /* room for two marks */
#define STORE_BUSY_BYTES 4096u /* after this much work `progress` is called */

struct store_header {
    uint8_t kind; /* 1 + enum mote_store_kind, or 1 + a mark's */
    uint8_t format;
    uint16_t wear;     /* the first of a chain: erases of the sector that was erased most often under it, as far as is known */
    uint32_t stamp;    /* grows with each header that is written */
    uint32_t sequence; /* the stamp of the header that was written first; a moved record keeps it */
    uint32_t of;
    uint32_t size; /* of the payload, at most */
    uint8_t wanted[STORE_WANTED_BYTES]; /* of the sha256 that was told at the beginning */
    char name[MOTE_STORE_NAME_BYTES];
    uint32_t check; /* of the words before it and the place where it lies */
};
_Static_assert(sizeof(struct store_header) == 64, "the header has 64 bytes");

struct store_commit {
    uint8_t sha256[MOTE_SHA256_BYTES];
    uint32_t size;  /* of the payload */
    uint32_t room;  /* of the payload in the chain: at least size */
    uint32_t check; /* as above */
    uint32_t fill;  /* 0 */
};
_Static_assert(sizeof(struct store_commit) == 48, "the commit block has 48 bytes");

/* A record that is being written. */
struct store_open {
    struct store_header header; /* sequence 0: there is none in flash yet */
    uint32_t at;                /* where it is */
    uint32_t size;              /* appended so far */
    uint32_t written;           /* of those in flash, a multiple of the alignment until it is flushed */
    bool is_resumed;
    bool is_flushed;
    bool has_wanted;
    uint8_t wanted[MOTE_SHA256_BYTES];
    uint8_t last[32]; /* what has not been written yet */
    struct mote_sha256 sha;
};

struct mote_store {
    struct mote_store_options options;
    struct mote_allocator allocator;
    struct hal_flash flash;
    struct store_open *open; /* NULL: nothing is being written */
    uint32_t alignment;      /* of records and payloads: 16, or the unit of writing if that is larger */
    uint32_t sectors;
    uint32_t next_stamp;
    uint32_t cursor; /* the sector from which on free ones are looked for */
    uint32_t *list;  /* where the records that count lie, in no order; marks among them; with STORE_INTACT */
    uint32_t count, capacity;
    uint32_t spoilt; /* sequence number of a record that is not to be resumed */
    uint32_t sets[]; /* two sets of sectors: those with which a chain begins; those of chains that are held (store_place.c) */
};

/* ---- store_walk.c: what lies where ---- */

/* Where a walk over the records stands; begin with {0}, or with `end` at the beginning of a chain. */
struct store_place {
    uint32_t at, end; /* of the record: from its header on, and up to where the next one may begin */
    const struct store_header *header;
    const struct store_commit *commit; /* NULL: not committed, or a mark */
};

uint32_t mote_store_length(const struct mote_store *store, unsigned kind, uint32_t size); /* of a record */
uint32_t mote_store_payload(const struct mote_store *store, uint32_t at);
uint32_t mote_store_check_word(uint32_t at, const void *words, uint32_t count);
/* Goes on to the next record with a sound header. */
bool mote_store_walk(const struct mote_store *store, struct store_place *place);
/* The chain that begins with the first sector from `sector` on with which one does: [first, limit) are its sectors, at `end` it could go
   on. */
struct store_chain {
    uint32_t first, limit, end;
};
bool mote_store_find_chain(const struct mote_store *store, uint32_t sector, struct store_chain *chain);
bool mote_store_is_blank(const struct mote_store *store, uint32_t at, uint32_t size); /* at least one byte */
void mote_store_find_chains(struct mote_store *store); /* at the beginning */

static inline bool store_has(const uint32_t *set, uint32_t sector)
{
    return set[sector / 32] >> sector % 32 & 1;
}
static inline uint32_t *store_held(const struct mote_store *store)
{
    return (uint32_t *)store->sets + (store->sectors + 31) / 32;
}

/* ---- store_live.c: which records count ---- */

bool mote_store_list_all(struct mote_store *store); /* at the beginning; false: no memory */
/* Makes room in the list for all that one operation can add; false: no memory. */
bool mote_store_reserve(struct mote_store *store);
/* A record or a mark has been written. */
void mote_store_enter(struct mote_store *store, uint32_t at);
/* Forgets marks that have become garbage. */
void mote_store_drop_marks(struct mote_store *store);
#define STORE_INTACT 1u /* in the list: its sha256 was right */
static inline uint32_t store_listed_at(const struct mote_store *store, uint32_t i)
{
    return store->list[i] & ~STORE_INTACT;
}
const struct store_header *mote_store_listed(const struct mote_store *store, uint32_t i);
/* The package of a name that counts, or the one before it; NULL: there is none. */
const struct store_header *mote_store_find_package(const struct mote_store *store, const char *name, uint32_t generation);
bool mote_store_is_live(const struct mote_store *store, uint32_t at);
/* Whether a record lies where everything has been moved away: it would never count there. */
bool mote_store_is_moved(const struct mote_store *store, const struct store_header *header);
uint32_t mote_store_used(const struct mote_store *store); /* bytes of the records in the list, without marks */
bool mote_store_same_name(const char *a, const char *b);

/* Tells of a record; `size` and `sha256` of its payload may not be in flash yet. */
void mote_store_tell(const struct mote_store *store, const struct store_header *header, uint32_t at, uint32_t size, const uint8_t *sha256,
                     struct mote_store_record *record);

static inline bool store_is_mark(const struct store_header *header)
{
    return header->kind > 1 + MOTE_STORE_NOTE;
}
static inline const struct store_commit *store_commit_of(const struct store_header *header)
{
    return (const void *)(header + 1);
}

/* ---- store_place.c: where there is room ---- */

/* Sectors [from, to) that are not to be used. */
struct store_range {
    uint32_t from, to;
};

/* Finds out which chains hold a record that must stay; returns the number of sectors that are not theirs. */
uint32_t mote_store_survey(struct mote_store *store);
/* The first run of `count` sectors that nobody holds, from the cursor on; UINT32_MAX: there is none. */
uint32_t mote_store_find_run(const struct mote_store *store, uint32_t count, struct store_range avoid);
/* The end of a held chain with room for `length` bytes in its last sector; UINT32_MAX: there is none. */
uint32_t mote_store_find_tail(const struct mote_store *store, uint32_t length, struct store_range avoid);
/* What a record must find when so many sectors are free: so many bytes behind a chain or so many sectors; UINT32_MAX: it may not go
   there. */
struct store_demand {
    uint32_t length, count;
};
struct store_demand mote_store_demand(const struct mote_store *store, uint32_t length, uint32_t free, bool is_mark);
/* Where a record of this length can be written without moving others, after a survey; UINT32_MAX: nowhere. A sector stays free, so that
   others can be moved; records that are no marks also leave room for some marks. */
uint32_t mote_store_find_room(const struct mote_store *store, uint32_t length, uint32_t free, bool is_mark);
/* Erases what must be erased for a chain that begins at `at` to have `length` bytes; `*wear` for its header. */
bool mote_store_clear(struct mote_store *store, uint32_t at, uint32_t length, uint16_t *wear);
/* What the chain that begins with this sector tells of erases. */
uint16_t mote_store_wear(const struct mote_store *store, uint32_t sector);
bool mote_store_is_pinned(const struct mote_store *store, uint32_t sequence);

/* ---- store_move.c: moving records ---- */

struct store_move {
    struct store_range window;
    uint32_t live;    /* bytes of the records that must move, and of the mark behind them */
    uint32_t sectors; /* that they fill when they begin with a fresh one */
    uint32_t rest;    /* bytes left in the last of these */
    uint32_t at;      /* where they go */
};

/* What it would take to empty the window; false when it is empty. */
bool mote_store_measure(const struct mote_store *store, struct store_move *move);
/* Whether no record in the window must stay where it is. */
bool mote_store_is_movable(const struct mote_store *store, struct store_range window);
/* Does it; false when flash failed. The list must have been reserved. */
bool mote_store_evacuate(struct mote_store *store, const struct store_move *move);

/* ---- store_room.c ---- */

/* Finds a place for a record and erases it, and moves others out of the way if need be. STORE_FULL, FLASH_FAILED. */
enum mote_error mote_store_make_room(struct mote_store *store, uint32_t length, bool is_mark, uint32_t *at, uint16_t *wear);
/* The largest payload for which that is certain to find a place. */
uint32_t mote_store_largest(struct mote_store *store);

/* ---- store_write.c ---- */

/* Writes a header; stamp, format and check are filled in. */
bool mote_store_put_header(struct mote_store *store, uint32_t at, struct store_header *header);
bool mote_store_put_commit(struct mote_store *store, uint32_t at, struct store_commit *commit);
/* Writes whole alignments of payload. Bytes that are there already are left as they are, erased ones are not written; false when flash
   failed, or other bytes are there (*written says how far it came). */
bool mote_store_put(struct mote_store *store, uint32_t at, const uint8_t *bytes, uint32_t size, uint32_t *written);
/* Writes a mark that takes back: of all that is older under the name, `of` remains. */
enum mote_error mote_store_take_back(struct mote_store *store, const char *name, uint32_t of);
void mote_store_progress(const struct mote_store *store);

#endif
