/* A store in long use: random steps in stores that are nearly full, with records that must not move; whether what fits is told right; ten
   thousand updates and how the sectors wear. */
#include "store_world.h"

#include <stdio.h>
#include <stdlib.h>

#include "fault_driver.h"

static struct world world;

/* What the steps came to. */
struct tally {
    uint32_t steps, full, full_early; /* full_early: refused with half of the store unused */
    uint64_t used_bytes_at_full;
};

static bool fail(const char *what, uint32_t step)
{
    fprintf(stderr, "step %u: %s\n", (unsigned)step, what);
    return false;
}

static struct world_step random_step(uint32_t *random, uint32_t number, uint32_t size)
{
    static const enum world_verb verbs[8] = {WORLD_INSTALL, WORLD_INSTALL,   WORLD_INSTALL, WORLD_PREPARE,
                                             WORLD_NOTE,    WORLD_ROLL_BACK, WORLD_REMOVE,  WORLD_BREAK_OFF};
    struct world_step step = {verbs[world_random(random, 8)], world_random(random, WORLD_NAMES), {1 + number, 0}, 0};
    step.bytes.size = step.verb == WORLD_NOTE ? world_random(random, 40) : 1 + world_random(random, size);
    step.part = step.bytes.size / 2;
    return step;
}

/* Pins what a name has, as if it ran, or lets go. */
static void pin(uint32_t *random)
{
    struct mote_store_record record;
    uint32_t slot = world_random(random, 2);
    bool is_there = mote_store_find(world.store, MOTE_STORE_PACKAGE, world_name(world_random(random, WORLD_NAMES)), 0, &record);
    world.pinned[slot] = is_there && world_random(random, 2) ? record.sequence : 0;
}

static bool try_step(const struct world_step *step, uint32_t number, struct tally *tally)
{
    struct mote_store_space space = mote_store_space(world.store);
    uint32_t largest = space.largest_bytes;
    enum mote_error error = world_do(&world, step);
    bool asks_for_room = step->verb == WORLD_INSTALL || step->verb == WORLD_BREAK_OFF || step->verb == WORLD_NOTE;
    tally->steps++;
    if (error == MOTE_ERROR_STORE_FULL) {
        tally->full++;
        tally->used_bytes_at_full += space.used_bytes;
        tally->full_early += space.used_bytes + step->bytes.size < space.size_bytes / 2;
        if (asks_for_room && largest > 0 && step->bytes.size <= largest) {
            return fail("refused although it fits", number);
        }
        if (!asks_for_room && step->verb != WORLD_PREPARE && !world.pinned[0] && !world.pinned[1]) {
            return fail("nothing can be taken back", number);
        }
    } else if (error != MOTE_ERROR_NONE && error != MOTE_ERROR_NOT_FOUND && error != MOTE_ERROR_BUSY) {
        return fail(mote_error_text(error), number);
    }
    return true;
}

/* When it was full, on average. */
static unsigned percent_used(const struct tally *tally, uint32_t size)
{
    return tally->full ? (unsigned)(tally->used_bytes_at_full / tally->full * 100 / size) : 0;
}

static bool use(const struct flash_file *shape, uint32_t steps, uint32_t percent, bool pins, uint32_t seed)
{
    struct tally tally = {0};
    uint32_t random = seed;
    static const struct flash_faults no_faults;
    flash_file_set_faults(&no_faults);
    world = (struct world){.may_lose_previous = true};
    if (!flash_file_open(HAL_FLASH_STORE, shape) || !world_open(&world)) {
        return false;
    }
    for (uint32_t i = 0; i < steps; i++) {
        struct world_step step = random_step(&random, i, shape->size / 100 * percent);
        if (pins && i % 3 == 0) {
            pin(&random);
        }
        if (!try_step(&step, i, &tally) || !world_is_as(&world, &world.model)) {
            return fail("this went wrong", i);
        }
        if (i % 50 == 49) {
            world_close(&world);
            if (!world_open(&world) || !world_is_as(&world, &world.model)) {
                return fail("not the same after opening it again", i);
            }
        }
    }
    struct mote_store_space space = mote_store_space(world.store);
    printf("%u bytes in sectors of %u, up to %u %%%s: %u steps, %u full (%u early) with %u %% used, erases %u to %u\n",
           (unsigned)shape->size, (unsigned)shape->sector_bytes, (unsigned)percent, pins ? ", pins" : "", (unsigned)tally.steps,
           (unsigned)tally.full, (unsigned)tally.full_early, percent_used(&tally, shape->size), (unsigned)space.erases_least,
           (unsigned)space.erases_most);
    world_close(&world);
    return true;
}

/* One package is updated all the time, with what is prepared of it; another one, of a quarter of the store, stays. */
static bool update(const struct flash_file *shape, uint32_t updates)
{
    const struct world_step still = {WORLD_INSTALL, 1, {1, shape->size / 4}, 0};
    uint32_t most = 0, least = UINT32_MAX, sectors = shape->size / shape->sector_bytes, random = 1;
    uint64_t sum = 0;
    world = (struct world){0};
    if (!flash_file_open(HAL_FLASH_STORE, shape) || !world_open(&world) || world_do(&world, &still) != MOTE_ERROR_NONE) {
        return fail("cannot begin", 0);
    }
    for (uint32_t i = 0; i < updates; i++) {
        struct world_step install = {WORLD_INSTALL, 0, {2 + i, shape->size / 40 + world_random(&random, shape->size / 40)}, 0};
        struct world_step prepare = {WORLD_PREPARE, 0, {3 + i, shape->size / 50 + world_random(&random, shape->size / 50)}, 0};
        if (world_do(&world, &install) != MOTE_ERROR_NONE || world_do(&world, &prepare) != MOTE_ERROR_NONE) {
            return fail("an update failed", i);
        }
        if (i % 100 == 0 && !world_is_as(&world, &world.model)) {
            return fail("this went wrong", i);
        }
    }
    for (uint32_t sector = 0; sector < sectors; sector++) {
        uint32_t erases = flash_file_erases(HAL_FLASH_STORE, sector);
        most = erases > most ? erases : most;
        least = erases < least ? erases : least;
        sum += erases;
    }
    struct mote_store_space space = mote_store_space(world.store);
    printf("%u updates, %u sectors: erased %u to %u times, %u on average; the store says %u to %u\n", (unsigned)updates, (unsigned)sectors,
           (unsigned)least, (unsigned)most, (unsigned)(sum / sectors), (unsigned)space.erases_least, (unsigned)space.erases_most);
    world_close(&world);
    return true;
}

/* UPDATES [SHAPES] */
int fault_store_updates(int count, char **arguments)
{
    static const struct flash_file shapes[] = {{NULL, 65536, 1024, 4}, {NULL, 262144, 4096, 16}, {NULL, 1048576, 65536, 4}};
    uint32_t updates = count > 0 ? (uint32_t)strtoul(arguments[0], NULL, 10) : 10000;
    size_t most = count > 1 ? strtoul(arguments[1], NULL, 10) : sizeof shapes / sizeof shapes[0];
    bool is_good = true;
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0] && i < most && is_good; i++) {
        is_good = update(&shapes[i], updates);
    }
    flash_file_close(HAL_FLASH_STORE);
    return is_good ? 0 : 1;
}

/* STEPS */
int fault_store_use(int count, char **arguments)
{
    static const struct flash_file shapes[] = {
        {NULL, 16384, 256, 1}, {NULL, 65536, 4096, 16}, {NULL, 262144, 4096, 4}, {NULL, 131072, 65536, 4}, {NULL, 524288, 65536, 32},
    };
    uint32_t steps = count > 0 ? (uint32_t)strtoul(arguments[0], NULL, 10) : 1000;
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
        for (uint32_t percent = 3; percent <= 24; percent *= 2) {
            if (!use(&shapes[i], steps, percent, false, (uint32_t)i) || !use(&shapes[i], steps, percent, true, (uint32_t)i)) {
                return 1;
            }
        }
    }
    flash_file_close(HAL_FLASH_STORE);
    return 0;
}
