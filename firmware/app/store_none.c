/* A firmware without a store: there is none to open, so nothing else is ever called. */
#include "app/store.h"

enum mote_error mote_store_open(const struct mote_store_options *options, const struct mote_allocator *allocator, struct mote_store **out)
{
    (void)options, (void)allocator;
    *out = NULL;
    return MOTE_ERROR_NO_STORE;
}

void mote_store_close(struct mote_store *store)
{
    (void)store;
}

bool mote_store_find(struct mote_store *store, enum mote_store_kind kind, const char *name, uint32_t generation,
                     struct mote_store_record *record)
{
    (void)store, (void)kind, (void)name, (void)generation, (void)record;
    return false;
}

bool mote_store_find_prepared(struct mote_store *store, uint32_t package, struct mote_store_record *record)
{
    (void)store, (void)package, (void)record;
    return false;
}

bool mote_store_next(struct mote_store *store, enum mote_store_kind kind, uint32_t i, struct mote_store_record *record)
{
    (void)store, (void)kind, (void)i, (void)record;
    return false;
}

bool mote_store_is_intact(struct mote_store *store, const struct mote_store_record *record)
{
    (void)store, (void)record;
    return false;
}

enum mote_error mote_store_begin(struct mote_store *store, enum mote_store_kind kind, const char *name, uint32_t of, uint32_t size_max,
                                 const uint8_t *sha256, uint32_t *at)
{
    (void)store, (void)kind, (void)name, (void)of, (void)size_max, (void)sha256;
    *at = 0;
    return MOTE_ERROR_NO_STORE;
}

enum mote_error mote_store_append(struct mote_store *store, const void *bytes, uint32_t size)
{
    (void)store, (void)bytes, (void)size;
    return MOTE_ERROR_NO_STORE;
}

enum mote_error mote_store_flush(struct mote_store *store, struct mote_store_record *open)
{
    (void)store, (void)open;
    return MOTE_ERROR_NO_STORE;
}

enum mote_error mote_store_commit(struct mote_store *store, struct mote_store_record *record)
{
    (void)store, (void)record;
    return MOTE_ERROR_NO_STORE;
}

void mote_store_abort(struct mote_store *store)
{
    (void)store;
}

enum mote_error mote_store_remove(struct mote_store *store, const char *name)
{
    (void)store, (void)name;
    return MOTE_ERROR_NO_STORE;
}

enum mote_error mote_store_rollback(struct mote_store *store, const char *name)
{
    (void)store, (void)name;
    return MOTE_ERROR_NO_STORE;
}

struct mote_store_space mote_store_space(struct mote_store *store)
{
    (void)store;
    return (struct mote_store_space){0};
}
