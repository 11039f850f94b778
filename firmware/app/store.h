/* Packages in flash (docs/formats/store.md): records that lie in one piece, so that they can be executed in place; appended, never
   changed, valid from the moment their commit word is written. The newest committed record of a name and kind counts; an older one is
   kept so that it can come back. A power cut at any write or erase leaves the old state or the new one. The main thread's, with the lock
   held. */
#ifndef APP_STORE_H
#define APP_STORE_H

#include "base/sha256.h"
#include "hal/flash.h"
#include "mote.h"

#define MOTE_STORE_NAME_BYTES 32 /* with the zero byte */

enum mote_store_kind {
    MOTE_STORE_PACKAGE,  /* a module, as it was sent */
    MOTE_STORE_PREPARED, /* what mote_prepare made of a package: `of` names it by its sequence number */
    MOTE_STORE_NOTE,     /* a few bytes about a name: for instance that it is disabled */
};

/* A committed record, as the store tells of it. */
struct mote_store_record {
    enum mote_store_kind kind;
    char name[MOTE_STORE_NAME_BYTES];
    uint32_t sequence;    /* grows with each record that is begun; never used twice */
    uint32_t of;          /* PREPARED: sequence number of its package; otherwise 0 */
    const uint8_t *data;  /* in flash, at a multiple of 16; stays there until the store is written to again, and as long as it is pinned */
    uint32_t size;
    uint8_t sha256[MOTE_SHA256_BYTES];
};

struct mote_store; /* defined in store_format.h or the like; its size in mote_store_bytes */

struct mote_store_options {
    enum hal_flash_region region;
    /* Whether a record must stay where it is: code in it may be running. Asked before records are moved or erased. */
    bool (*is_pinned)(void *user, uint32_t sequence);
    void *user;
    /* Called between erases and every few writes of a long operation: to feed the watchdog. May be NULL. */
    void (*progress)(void *user);
};

/* Finds the records of the region; formats it when it is blank. Nothing but a blank or damaged region is ever erased by this. Memory comes
   from `allocator`. Errors: NO_STORE, NO_MEMORY, FLASH_FAILED. `*out` is NULL on error. */
enum mote_error mote_store_open(const struct mote_store_options *options, const struct mote_allocator *allocator, struct mote_store **out);
void mote_store_close(struct mote_store *store);

/* The committed record of a name that counts, or (generation 1) the one before it. False: there is none. */
bool mote_store_find(struct mote_store *store, enum mote_store_kind kind, const char *name, uint32_t generation,
                     struct mote_store_record *record);
/* The PREPARED record of a package, by the package's sequence number. */
bool mote_store_find_prepared(struct mote_store *store, uint32_t package, struct mote_store_record *record);
/* Record i of those of a kind that count (generation 0), in the order of their names' first bytes on flash; false past the last. */
bool mote_store_next(struct mote_store *store, enum mote_store_kind kind, uint32_t i, struct mote_store_record *record);

/* Whether a record's bytes still have its sha256. That is found out once after each opening of the store, and when the record was moved. */
bool mote_store_is_intact(struct mote_store *store, const struct mote_store_record *record);

/* Begins a record of at most `size_max` bytes (it is compacted for if need be). One at a time. For a PACKAGE `sha256` (may be NULL) is
   what its bytes should come to: when the last thing that was begun and not committed, also before a reset, was a PACKAGE of the same
   name, size and sha256, it goes on where it was and *at says how many bytes are there already; otherwise *at is 0. Errors: STORE_FULL,
   BAD_NAME, BUSY, FLASH_FAILED. */
enum mote_error mote_store_begin(struct mote_store *store, enum mote_store_kind kind, const char *name, uint32_t of, uint32_t size_max,
                                 const uint8_t *sha256, uint32_t *at);
/* Appends bytes to it, any number. Errors: STORE_FULL (more than size_max), FLASH_FAILED. */
enum mote_error mote_store_append(struct mote_store *store, const void *bytes, uint32_t size);
/* The bytes that have been appended, in flash: a package can be looked at before it is committed. The last few may still be in RAM until
   mote_store_flush. */
enum mote_error mote_store_flush(struct mote_store *store, struct mote_store_record *open);
/* Ends it. HASH_MISMATCH: the bytes are not those of `sha256`; the record is then dropped. Afterwards the record counts, and the one
   before it becomes generation 1; older ones are garbage. */
enum mote_error mote_store_commit(struct mote_store *store, struct mote_store_record *record);
/* Forgets what was begun; what was written may be resumed later all the same. */
void mote_store_abort(struct mote_store *store);

/* Takes back: all generations of a name and what is prepared of them (remove), or only the newest, so that the one before counts
   (rollback). Errors: NOT_FOUND, BUSY (pinned), FLASH_FAILED. */
enum mote_error mote_store_remove(struct mote_store *store, const char *name);
enum mote_error mote_store_rollback(struct mote_store *store, const char *name);

struct mote_store_space {
    uint32_t size_bytes;    /* for records */
    uint32_t used_bytes;    /* by records that count and the ones before them */
    uint32_t largest_bytes; /* the largest record that would fit now, after compaction */
    uint32_t erases_most;   /* of the sector that was erased most often */
    uint32_t erases_least;
};
struct mote_store_space mote_store_space(struct mote_store *store);

#endif
