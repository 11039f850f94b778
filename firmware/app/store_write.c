/* Writing a record: header, payload in pieces, commit block. An upload that was broken off goes on in place; what a power cut has left
   half-written at its end is noticed when other bytes come, and then the record is copied to another place up to there. */
#include "app/store_format.h"
#include "base/bits.h"
#include "base/text.h"

/* ---- Bytes ------------------------------------------------------------------------------------------------------- */

void mote_store_progress(const struct mote_store *store)
{
    if (store->options.progress) {
        store->options.progress(store->options.user);
    }
}

/* Writes bytes that must then be there. */
static bool write(const struct mote_store *store, uint32_t at, const void *bytes, uint32_t size)
{
    return hal_flash_write(store->options.region, at, bytes, size) && memcmp(store->flash.data + at, bytes, size) == 0;
}

bool mote_store_put_header(struct mote_store *store, uint32_t at, struct store_header *header)
{
    uint32_t sector = at / store->flash.sector_bytes;
    header->format = STORE_FORMAT;
    header->stamp = store->next_stamp++;
    header->check = mote_store_check_word(at, header, sizeof *header / 4 - 1);
    bool is_put = write(store, at, header, sizeof *header);
    if (is_put && at % store->flash.sector_bytes == 0) {
        store->sets[sector / 32] |= 1u << sector % 32;
    }
    return is_put;
}

bool mote_store_put_commit(struct mote_store *store, uint32_t at, struct store_commit *commit)
{
    struct {
        struct store_commit commit;
        uint8_t fill[16];
    } block = {*commit, {0}};
    uint32_t size = mote_store_payload(store, 0) - (uint32_t)sizeof(struct store_header);
    block.commit.fill = 0;
    block.commit.check = mote_store_check_word(at, &block.commit, 10);
    return write(store, at + (uint32_t)sizeof(struct store_header), &block, size);
}

/* Units that read as they should are not written, whether they are there already or should look erased. So none is ever written twice,
   also where a write was broken off. */
bool mote_store_put(struct mote_store *store, uint32_t at, const uint8_t *bytes, uint32_t size, uint32_t *written)
{
    const uint8_t *there = store->flash.data + at;
    uint32_t unit = store->flash.write_bytes, done = 0;
    while (done < size) {
        uint32_t piece = 0;
        while (piece < STORE_PIECE_BYTES && done + piece < size && memcmp(there + done + piece, bytes + done + piece, unit) != 0) {
            piece += unit;
        }
        if (piece && !(mote_store_is_blank(store, at + done, piece) && write(store, at + done, bytes + done, piece))) {
            break;
        }
        piece = piece ? piece : unit;
        if ((done + piece) / STORE_BUSY_BYTES != done / STORE_BUSY_BYTES) {
            mote_store_progress(store);
        }
        done += piece;
    }
    *written += done;
    return done == size;
}

/* ---- The open record --------------------------------------------------------------------------------------------- */

static enum mote_error close_open(struct mote_store *store, enum mote_error error)
{
    struct mote_allocator *allocator = &store->allocator;
    allocator->resize(allocator->user, store->open, sizeof *store->open, 0);
    store->open = NULL;
    return error;
}

static void copy_name(char to[static MOTE_STORE_NAME_BYTES], const char *name)
{
    for (uint32_t i = 0; name[i]; i++) {
        to[i] = name[i];
    }
}

/* Finds a place for the open record and writes its header there. */
static enum mote_error place_open(struct mote_store *store)
{
    struct store_open *open = store->open;
    uint32_t length = mote_store_length(store, open->header.kind - 1u, open->header.size), at;
    enum mote_error error = mote_store_make_room(store, length, false, &at, &open->header.wear);
    if (error == MOTE_ERROR_NONE) {
        open->header.sequence = open->header.sequence ? open->header.sequence : store->next_stamp;
        error = mote_store_put_header(store, at, &open->header) ? MOTE_ERROR_NONE : MOTE_ERROR_FLASH_FAILED;
        open->at = at;
    }
    return error;
}

/* Writes the open record once more elsewhere, as far as it is right. */
static bool move_open(struct mote_store *store)
{
    struct store_open *open = store->open;
    const uint8_t *bytes = store->flash.data + mote_store_payload(store, open->at);
    uint32_t written = 0;
    open->is_resumed = false;
    return place_open(store) == MOTE_ERROR_NONE &&
           mote_store_put(store, mote_store_payload(store, open->at), bytes, open->written, &written);
}

/* The last package that was begun and not committed, if it is this one and nothing newer of its name counts. */
static bool find_broken_off(const struct mote_store *store, struct store_place *found)
{
    const struct store_header *wanted = &store->open->header;
    struct store_place place = {0};
    uint32_t newest = 0;
    found->header = NULL;
    while (mote_store_walk(store, &place)) {
        const struct store_header *header = place.header;
        if (header->kind == 1 + MOTE_STORE_PACKAGE && !place.commit && (!found->header || header->stamp > found->header->stamp)) {
            *found = place;
        }
        bool counts = place.commit || store_is_mark(header);
        if (counts && header->sequence > newest && mote_store_same_name(header->name, wanted->name)) {
            newest = header->sequence;
        }
    }
    const struct store_header *header = found->header;
    return header && header->sequence > newest && header->sequence != store->spoilt && header->size == wanted->size &&
           mote_store_same_name(header->name, wanted->name) && memcmp(header->wanted, wanted->wanted, sizeof header->wanted) == 0 &&
           !mote_store_is_moved(store, header);
}

/* Goes on behind the bytes that are certain to be right: the last piece may have been broken off. False when what was broken off is the
   commit, and the record cannot be moved. */
static bool resume(struct mote_store *store, const struct store_place *place)
{
    struct store_open *open = store->open;
    uint32_t payload = mote_store_payload(store, place->at), end = place->end - payload;
    while (end > 0 && mote_store_is_blank(store, payload + end - store->alignment, store->alignment)) {
        end -= store->alignment;
    }
    end = end > STORE_PIECE_BYTES ? end - STORE_PIECE_BYTES : 0;
    for (uint32_t at = 0; at < end; at += STORE_BUSY_BYTES) {
        mote_sha256_add(&open->sha, store->flash.data + payload + at, end - at < STORE_BUSY_BYTES ? end - at : STORE_BUSY_BYTES);
        mote_store_progress(store);
    }
    open->at = place->at;
    open->header.sequence = place->header->sequence;
    open->size = open->written = end;
    open->is_resumed = true;
    uint32_t commit = place->at + (uint32_t)sizeof(struct store_header);
    return mote_store_is_blank(store, commit, payload - commit) || move_open(store);
}

/* When there is no room for another generation, the previous one goes: it would go anyway as soon as the new one is there. */
static bool drop_previous(struct mote_store *store, const char *name)
{
    const struct store_header *newest = mote_store_find_package(store, name, 0), *previous = mote_store_find_package(store, name, 1);
    return previous && !mote_store_is_pinned(store, previous->sequence) &&
           mote_store_take_back(store, name, newest->sequence) == MOTE_ERROR_NONE;
}

/* There is nothing of it yet. */
static void start_anew(struct store_open *open)
{
    open->at = UINT32_MAX;
    open->header.sequence = open->size = open->written = 0;
    open->is_resumed = false;
    mote_sha256_init(&open->sha);
}

/* Whether an upload that was broken off goes on. */
static bool is_going_on(struct mote_store *store)
{
    struct store_open *open = store->open;
    struct store_place place = {0};
    return open->has_wanted && find_broken_off(store, &place) && resume(store, &place);
}

enum mote_error mote_store_begin(struct mote_store *store, enum mote_store_kind kind, const char *name, uint32_t of, uint32_t size_max,
                                 const uint8_t *sha256, uint32_t *at)
{
    *at = 0;
    if (!mote_is_name(name, MOTE_STORE_NAME_BYTES)) {
        return MOTE_ERROR_BAD_NAME;
    }
    if (store->open || size_max > store->flash.size) {
        return store->open ? MOTE_ERROR_BUSY : MOTE_ERROR_STORE_FULL;
    }
    store->open = store->allocator.resize(store->allocator.user, NULL, 0, sizeof *store->open);
    if (!store->open || !mote_store_reserve(store)) {
        return store->open ? close_open(store, MOTE_ERROR_NO_MEMORY) : MOTE_ERROR_NO_MEMORY;
    }
    *store->open = (struct store_open){.header = {.kind = (uint8_t)(1 + kind), .size = size_max}};
    store->open->header.of = kind == MOTE_STORE_PREPARED ? of : 0;
    copy_name(store->open->header.name, name);
    start_anew(store->open);
    if (kind == MOTE_STORE_PACKAGE && sha256) {
        store->open->has_wanted = true;
        memcpy(store->open->wanted, sha256, MOTE_SHA256_BYTES);
        memcpy(store->open->header.wanted, sha256, STORE_WANTED_BYTES);
    }
    if (is_going_on(store)) {
        *at = store->open->size;
        return MOTE_ERROR_NONE;
    }
    start_anew(store->open);
    enum mote_error error = place_open(store);
    if (error == MOTE_ERROR_STORE_FULL && kind == MOTE_STORE_PACKAGE && drop_previous(store, name)) {
        error = place_open(store);
    }
    return error == MOTE_ERROR_NONE ? error : close_open(store, error);
}

/* Writes whole alignments of the open record. */
static enum mote_error put_open(struct mote_store *store, const uint8_t *bytes, uint32_t size)
{
    struct store_open *open = store->open;
    enum mote_error error = open->is_resumed ? MOTE_ERROR_HASH_MISMATCH : MOTE_ERROR_FLASH_FAILED;
    uint32_t done = 0;
    bool is_put = mote_store_put(store, mote_store_payload(store, open->at) + open->written, bytes, size, &done);
    if (!is_put && open->is_resumed && move_open(store)) {
        is_put = mote_store_put(store, mote_store_payload(store, open->at) + open->written, bytes, size, &done);
    }
    if (!is_put) {
        store->spoilt = open->header.sequence;
        return error;
    }
    open->written += size;
    return MOTE_ERROR_NONE;
}

enum mote_error mote_store_append(struct mote_store *store, const void *bytes, uint32_t size)
{
    struct store_open *open = store->open;
    const uint8_t *from = bytes;
    enum mote_error error = MOTE_ERROR_NONE;
    if (!open || open->is_flushed) {
        return MOTE_ERROR_INVALID_ARGUMENT;
    }
    if (size > open->header.size - open->size) {
        return MOTE_ERROR_STORE_FULL;
    }
    mote_sha256_add(&open->sha, bytes, size);
    while (size > 0 && error == MOTE_ERROR_NONE) {
        uint32_t unit = store->alignment, filled = open->size - open->written;
        uint32_t piece = size & ~(unit - 1);
        if (filled || piece == 0) {
            piece = size < unit - filled ? size : unit - filled;
            memcpy(open->last + filled, from, piece);
            error = filled + piece == unit ? put_open(store, open->last, unit) : MOTE_ERROR_NONE;
        } else {
            error = put_open(store, from, piece);
        }
        open->size += piece;
        from += piece;
        size -= piece;
    }
    return error;
}

/* Writes what is still in RAM; the rest of its alignment stays erased. */
static enum mote_error put_last(struct mote_store *store)
{
    struct store_open *open = store->open;
    uint32_t filled = open->size - open->written;
    if (filled == 0 || open->is_flushed) {
        return MOTE_ERROR_NONE;
    }
    memset(open->last + filled, 0xFF, store->alignment - filled);
    open->is_flushed = true;
    return put_open(store, open->last, store->alignment);
}

enum mote_error mote_store_flush(struct mote_store *store, struct mote_store_record *record)
{
    struct store_open *open = store->open;
    enum mote_error error = open ? put_last(store) : MOTE_ERROR_INVALID_ARGUMENT;
    if (error == MOTE_ERROR_NONE) {
        struct mote_sha256 sha = open->sha;
        uint8_t digest[MOTE_SHA256_BYTES];
        mote_sha256_end(&sha, digest);
        mote_store_tell(store, &open->header, open->at, open->size, digest, record);
    }
    return error;
}

enum mote_error mote_store_commit(struct mote_store *store, struct mote_store_record *record)
{
    struct store_open *open = store->open;
    enum mote_error error = mote_store_flush(store, record);
    if (error != MOTE_ERROR_NONE) {
        return open ? close_open(store, error) : error;
    }
    if (open->has_wanted && memcmp(record->sha256, open->wanted, sizeof open->wanted) != 0) {
        store->spoilt = open->header.sequence;
        return close_open(store, MOTE_ERROR_HASH_MISMATCH);
    }
    struct store_commit commit = {.size = open->size, .room = open->is_resumed ? open->header.size : open->size};
    memcpy(commit.sha256, record->sha256, sizeof commit.sha256);
    if (!mote_store_put_commit(store, open->at, &commit)) {
        return close_open(store, MOTE_ERROR_FLASH_FAILED);
    }
    mote_store_enter(store, open->at);
    return close_open(store, MOTE_ERROR_NONE);
}

void mote_store_abort(struct mote_store *store)
{
    if (store->open) {
        close_open(store, MOTE_ERROR_NONE);
    }
}

/* ---- Taking back ------------------------------------------------------------------------------------------------- */

enum mote_error mote_store_take_back(struct mote_store *store, const char *name, uint32_t of)
{
    struct store_header header = {.kind = 1 + STORE_TAKEN_BACK, .of = of};
    uint32_t at;
    if (!mote_store_reserve(store)) {
        return MOTE_ERROR_NO_MEMORY;
    }
    enum mote_error error = mote_store_make_room(store, sizeof header, true, &at, &header.wear);
    if (error != MOTE_ERROR_NONE) {
        return error;
    }
    copy_name(header.name, name);
    header.sequence = store->next_stamp;
    if (!mote_store_put_header(store, at, &header)) {
        return MOTE_ERROR_FLASH_FAILED;
    }
    mote_store_enter(store, at);
    return MOTE_ERROR_NONE;
}
