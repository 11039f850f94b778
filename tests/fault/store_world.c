/* Steps on a store and on its model, and the comparison of both. */
#include "store_world.h"

#include <stdio.h>
#include <string.h>

#define PIECE_BYTES 200u /* of an upload; no multiple of anything */

/* Not from malloc: when power is lost nobody frees it. */
static uint8_t made[WORLD_BYTES_MAX];
static _Alignas(16) uint8_t memory[16384];
static struct mote_allocator pool;

uint32_t world_random(uint32_t *state, uint32_t below)
{
    *state = *state * 1664525u + 1013904223u;
    return (uint32_t)(((uint64_t)(*state >> 8) * below) >> 24);
}

const char *world_name(uint32_t name)
{
    static const char *const names[WORLD_NAMES] = {"a", "blink", "a-name-of-thirty-one-characters", "d.1", "e_2", "f"};
    return names[name];
}

/* Noise, with stretches of ones (which look erased) and of zeros, also at the end. */
uint8_t world_byte(struct world_bytes bytes, uint32_t i)
{
    uint32_t mixed = (i / 37 + bytes.seed * 2654435761u) * 2246822519u;
    if (mixed >> 30 == 0) {
        return 0xFF;
    }
    return mixed >> 29 == 2 ? 0 : (uint8_t)((i * 167 + bytes.seed) ^ mixed >> 11);
}

static void make(struct world_bytes bytes)
{
    for (uint32_t i = 0; i < bytes.size; i++) {
        made[i] = world_byte(bytes, i);
    }
}

/* Of bytes that follow from a number; remembered, for a sweep asks for the same few again and again. */
static const uint8_t *digest_of(struct world_bytes bytes)
{
    static struct {
        struct world_bytes bytes;
        uint8_t digest[MOTE_SHA256_BYTES];
    } known[256];
    uint32_t slot = bytes.seed % 256;
    if (known[slot].bytes.seed != bytes.seed || known[slot].bytes.size != bytes.size) {
        struct mote_sha256 sha;
        make(bytes);
        mote_sha256_init(&sha);
        mote_sha256_add(&sha, made, bytes.size);
        mote_sha256_end(&sha, known[slot].digest);
        known[slot].bytes = bytes;
    }
    return known[slot].digest;
}

/* ---- The store --------------------------------------------------------------------------------------------------- */

static void *resize(void *user, void *block, size_t old_size, size_t new_size)
{
    struct world *world = user;
    world->memory_bytes += new_size - old_size;
    return pool.resize(pool.user, block, old_size, new_size);
}

static bool is_pinned(void *user, uint32_t sequence)
{
    const struct world *world = user;
    return sequence == world->pinned[0] || sequence == world->pinned[1];
}

bool world_open(struct world *world)
{
    struct mote_store_options options = {.region = HAL_FLASH_STORE, .is_pinned = is_pinned, .user = world};
    struct mote_allocator allocator = {resize, world};
    world->memory_bytes = 0;
    pool = mote_pool_allocator(memory, sizeof memory);
    return mote_store_open(&options, &allocator, &world->store) == MOTE_ERROR_NONE;
}

void world_close(struct world *world)
{
    mote_store_close(world->store);
    world->store = NULL;
}

/* Writes a record of which `part` bytes come, in pieces; all of them: it is committed. */
static enum mote_error put(struct world *world, enum mote_store_kind kind, const char *name, uint32_t of, struct world_bytes bytes,
                           uint32_t part)
{
    uint32_t at;
    struct mote_store_record record;
    /* nobody knows the size of what will be prepared */
    uint32_t size_max = kind == MOTE_STORE_PREPARED ? bytes.size + bytes.size / 4 : bytes.size;
    const uint8_t *sha256 = kind == MOTE_STORE_PACKAGE ? digest_of(bytes) : NULL;
    make(bytes);
    enum mote_error error = mote_store_begin(world->store, kind, name, of, size_max, sha256, &at);
    bool is_begun = error == MOTE_ERROR_NONE;
    world->resumed_bytes += at;
    while (error == MOTE_ERROR_NONE && at < part) {
        uint32_t piece = part - at < PIECE_BYTES ? part - at : PIECE_BYTES;
        error = mote_store_append(world->store, made + at, piece);
        at += piece;
    }
    if (error == MOTE_ERROR_NONE && part == bytes.size) {
        error = mote_store_commit(world->store, &record);
    } else if (is_begun) {
        mote_store_abort(world->store);
    }
    return error;
}

static enum mote_error prepare(struct world *world, const struct world_step *step)
{
    struct mote_store_record package;
    if (!mote_store_find(world->store, MOTE_STORE_PACKAGE, world_name(step->name), 0, &package)) {
        return MOTE_ERROR_NOT_FOUND;
    }
    return put(world, MOTE_STORE_PREPARED, package.name, package.sequence, step->bytes, step->bytes.size);
}

/* An upload into a full store lets the previous package go before it is certain that the new one comes. */
static void see_whether_previous_went(struct world *world, uint32_t name)
{
    static const struct world_bytes none;
    struct mote_store_record record;
    if (!mote_store_find(world->store, MOTE_STORE_PACKAGE, world_name(name), 1, &record)) {
        world->model.names[name].package[1] = world->model.names[name].prepared[1] = none;
    }
}

enum mote_error world_do(struct world *world, const struct world_step *step)
{
    const char *name = world_name(step->name);
    enum mote_error error = MOTE_ERROR_NONE;
    switch (step->verb) {
    case WORLD_INSTALL: error = put(world, MOTE_STORE_PACKAGE, name, 0, step->bytes, step->bytes.size); break;
    case WORLD_PREPARE: error = prepare(world, step); break;
    case WORLD_NOTE: error = put(world, MOTE_STORE_NOTE, name, 0, step->bytes, step->bytes.size); break;
    case WORLD_ROLL_BACK: error = mote_store_rollback(world->store, name); break;
    case WORLD_REMOVE: error = mote_store_remove(world->store, name); break;
    case WORLD_BREAK_OFF: error = put(world, MOTE_STORE_PACKAGE, name, 0, step->bytes, step->part); break;
    }
    if (error == MOTE_ERROR_NONE) {
        world_follow(&world->model, step);
    }
    if (world->may_lose_previous && (step->verb == WORLD_BREAK_OFF || error == MOTE_ERROR_STORE_FULL)) {
        see_whether_previous_went(world, step->name);
    }
    return error;
}

/* ---- The model --------------------------------------------------------------------------------------------------- */

void world_follow(struct world_model *model, const struct world_step *step)
{
    static const struct world_bytes none;
    struct world_name *name = &model->names[step->name];
    switch (step->verb) {
    case WORLD_INSTALL:
        name->package[1] = name->package[0];
        name->prepared[1] = name->prepared[0];
        name->package[0] = step->bytes;
        name->prepared[0] = none;
        break;
    case WORLD_PREPARE: name->prepared[0] = step->bytes; break;
    case WORLD_NOTE: name->note = step->bytes; break;
    case WORLD_ROLL_BACK:
        name->package[0] = name->package[1];
        name->prepared[0] = name->prepared[1];
        name->package[1] = name->prepared[1] = none;
        break;
    case WORLD_REMOVE: *name = (struct world_name){0}; break;
    case WORLD_BREAK_OFF: break;
    }
}

static bool is_record(const struct mote_store_record *record, struct world_bytes bytes)
{
    if (record->size != bytes.size || (uintptr_t)record->data % 16) {
        return false;
    }
    for (uint32_t i = 0; i < bytes.size; i++) {
        if (record->data[i] != world_byte(bytes, i)) {
            return false;
        }
    }
    return memcmp(record->sha256, digest_of(bytes), sizeof record->sha256) == 0;
}

/* What differs; NULL: nothing. */
static const char *compare(struct world *world, uint32_t i, const struct world_name *name)
{
    struct mote_store_record record;
    for (uint32_t generation = 0; generation < 2; generation++) {
        bool is_there = mote_store_find(world->store, MOTE_STORE_PACKAGE, world_name(i), generation, &record);
        if (is_there != (name->package[generation].seed != 0) || (is_there && !is_record(&record, name->package[generation]))) {
            return generation ? "previous package" : "package";
        }
        bool is_prepared = is_there && mote_store_find_prepared(world->store, record.sequence, &record);
        if (is_prepared != (name->prepared[generation].seed != 0) || (is_prepared && !is_record(&record, name->prepared[generation]))) {
            return "what is prepared";
        }
    }
    bool is_noted = mote_store_find(world->store, MOTE_STORE_NOTE, world_name(i), 0, &record);
    return is_noted != (name->note.seed != 0) || (is_noted && !is_record(&record, name->note)) ? "note" : NULL;
}

bool world_has(struct world *world, uint32_t name, const struct world_name *expected)
{
    return compare(world, name, expected) == NULL;
}

bool world_is_as(struct world *world, const struct world_model *model)
{
    uint32_t count = 0;
    struct mote_store_record record;
    for (uint32_t i = 0; i < WORLD_NAMES; i++) {
        const char *difference = compare(world, i, &model->names[i]);
        if (difference) {
            fprintf(stderr, "%s of %s is not as it should be\n", difference, world_name(i));
            return false;
        }
        count += model->names[i].package[0].seed != 0;
    }
    if (mote_store_next(world->store, MOTE_STORE_PACKAGE, count, &record) ||
        (count && !mote_store_next(world->store, MOTE_STORE_PACKAGE, count - 1, &record))) {
        fprintf(stderr, "there are not %u packages\n", (unsigned)count);
        return false;
    }
    return true;
}

bool world_is_old_or_new(struct world *world, const struct world_step *step)
{
    struct world_model after = world->model;
    world_follow(&after, step);
    if (!compare(world, step->name, &after.names[step->name])) {
        world->model = after;
    } else if (world->may_lose_previous && (step->verb == WORLD_INSTALL || step->verb == WORLD_BREAK_OFF)) {
        see_whether_previous_went(world, step->name);
    }
    return world_is_as(world, &world->model);
}
