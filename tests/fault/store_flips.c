/* Flash that forgets: each bit (or one in so many) of each header and commit block is flipped in turn. The record is lost or, if another
   one is there, that counts; other names keep what they have, and the store goes on working. */
#include "store_world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/store_format.h"
#include "fault_driver.h"

#define RECORDS_MAX 40u
#define HISTORY_MAX 40u

static struct world world;
static struct world_step history[HISTORY_MAX]; /* all that was ever written */
static uint32_t history_count;

static bool do_step(enum world_verb verb, uint32_t name, uint32_t size)
{
    struct world_step step = {verb, name, {1 + history_count, size}, 0};
    history[history_count++] = step;
    return world_do(&world, &step) == MOTE_ERROR_NONE;
}

/* Garbage of all kinds, marks, a moved window. */
static bool fill(uint32_t size)
{
    bool is_good = true;
    for (uint32_t name = 0; name < WORLD_NAMES; name++) {
        is_good = is_good && do_step(WORLD_INSTALL, name, size / 40 + name * 50) && do_step(WORLD_PREPARE, name, size / 50) &&
                  do_step(WORLD_NOTE, name, 20);
    }
    is_good = is_good && do_step(WORLD_INSTALL, 0, size / 12) && do_step(WORLD_INSTALL, 0, size / 13);
    is_good = is_good && do_step(WORLD_INSTALL, 1, size / 15);
    is_good = is_good && do_step(WORLD_ROLL_BACK, 0, 0) && do_step(WORLD_REMOVE, 2, 0) && do_step(WORLD_NOTE, 3, 7);
    return is_good && do_step(WORLD_INSTALL, 4, size / 9) && do_step(WORLD_INSTALL, 5, size / 10);
}

/* Whether these bytes were written under this name once. */
static bool was_written(const struct mote_store_record *record, uint32_t name)
{
    for (uint32_t i = 0; i < history_count; i++) {
        uint32_t k = 0;
        while (k < record->size && record->data[k] == world_byte(history[i].bytes, k)) {
            k++;
        }
        if (history[i].name == name && history[i].bytes.size == record->size && k == record->size) {
            return mote_store_is_intact(world.store, record);
        }
    }
    return false;
}

static bool is_sound(const struct store_header *flipped)
{
    struct mote_store_record record;
    struct world_model model = world.model;
    for (uint32_t name = 0; name < WORLD_NAMES; name++) {
        bool is_affected = flipped->kind == 1 + STORE_MOVED || strcmp(flipped->name, world_name(name)) == 0;
        for (uint32_t generation = 0; generation < 2 && is_affected; generation++) {
            for (enum mote_store_kind kind = MOTE_STORE_PACKAGE; kind <= MOTE_STORE_NOTE; kind++) {
                if (mote_store_find(world.store, kind, world_name(name), generation, &record) && !was_written(&record, name)) {
                    fprintf(stderr, "%s has bytes that nobody wrote\n", world_name(name));
                    return false;
                }
            }
        }
        if (!is_affected && !world_has(&world, name, &model.names[name])) {
            fprintf(stderr, "%s has changed\n", world_name(name));
            return false;
        }
    }
    return true;
}

/* Flips one bit in a copy of the region and opens it. */
static bool flip(uint8_t *bytes, uint32_t at, unsigned bit, const struct store_header *header)
{
    struct world_model model = world.model;
    const struct world_step install = {WORLD_INSTALL, 0, {1000, 500}, 0};
    struct mote_store_record record;
    bytes[at] ^= (uint8_t)(1u << bit);
    bool is_good = flash_file_restore(HAL_FLASH_STORE, bytes) && world_open(&world) && is_sound(header) &&
                   world_do(&world, &install) == MOTE_ERROR_NONE &&
                   mote_store_find(world.store, MOTE_STORE_PACKAGE, world_name(0), 0, &record) && record.size == 500;
    world_close(&world);
    bytes[at] ^= (uint8_t)(1u << bit);
    world.model = model;
    return is_good;
}

static bool flip_all(const struct flash_file *shape, uint32_t every, uint32_t *count)
{
    static const struct flash_faults no_faults;
    uint32_t at[RECORDS_MAX], records = 0;
    struct store_place place = {0};
    world = (struct world){.store = NULL};
    history_count = 0;
    flash_file_set_faults(&no_faults);
    if (!flash_file_open(HAL_FLASH_STORE, shape) || !world_open(&world) || !fill(shape->size)) {
        return false;
    }
    while (mote_store_walk(world.store, &place) && records < RECORDS_MAX) {
        at[records++] = place.at;
    }
    world_close(&world);
    uint8_t *bytes = flash_file_save(HAL_FLASH_STORE);
    bool is_good = bytes != NULL;
    for (uint32_t i = 0; i < records && is_good; i++) {
        struct store_header header;
        memcpy(&header, bytes + at[i], sizeof header);
        uint32_t size = sizeof header + (store_is_mark(&header) ? 0 : sizeof(struct store_commit));
        for (uint32_t k = i % every; k < 8 * size && is_good; k += every, ++*count) {
            is_good = flip(bytes, at[i] + k / 8, k % 8, &header);
        }
    }
    free(bytes);
    return is_good;
}

/* EVERY */
int fault_store_flips(int count, char **arguments)
{
    static const struct flash_file shapes[] = {{NULL, 32768, 1024, 4}, {NULL, 65536, 4096, 32}, {NULL, 131072, 16384, 8}};
    uint32_t flips = 0, every = count > 0 ? (uint32_t)strtoul(arguments[0], NULL, 10) : 1;
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
        if (!flip_all(&shapes[i], every, &flips)) {
            fprintf(stderr, "shape %u, after %u flips\n", (unsigned)i, (unsigned)flips);
            return 1;
        }
    }
    flash_file_close(HAL_FLASH_STORE);
    printf("%u flips\n", (unsigned)flips);
    return 0;
}
