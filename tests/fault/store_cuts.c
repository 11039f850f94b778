/* Power is lost during each operation of each step on a store, in each way, and then once more; and each operation fails. Afterwards every
   name has what it had or what it was to get, and the store goes on working. */
#include "store_world.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#include "fault_driver.h"

#define STEPS_MAX 40u
#define SCRIPTS 6u
#define FAIL_ONCE ((unsigned)FLASH_CUTS)
#define FAIL_ALWAYS ((unsigned)FLASH_CUTS + 1)
#define FAULTS ((unsigned)FLASH_CUTS + 2)

struct script {
    char name[64];
    bool may_lose_previous; /* it fills the store */
    uint32_t count;
    struct world_step steps[STEPS_MAX];
};

static jmp_buf power;
static struct world world;
static uint64_t cuts, double_cuts, failures, resumed;
static const struct flash_faults no_faults;

static void power_lost(void)
{
    longjmp(power, 1);
}

static bool say(const struct script *script, uint32_t step, uint64_t operation, unsigned fault, const char *what)
{
    fprintf(stderr, "%s: step %u (verb %u on %s), operation %llu, fault %u: %s\n", script->name, (unsigned)step,
            (unsigned)script->steps[step].verb, world_name(script->steps[step].name), (unsigned long long)operation, fault, what);
    return false;
}

/* Does a step while a fault happens at an operation of it; true when it came to its end. */
static bool do_step(const struct world_step *step, uint64_t operation, unsigned fault, uint32_t seed, enum mote_error *error)
{
    struct flash_faults faults = {.seed = seed, .lost = power_lost};
    if (fault < FLASH_CUTS) {
        faults.cut_at = operation;
        faults.cut = (enum flash_cut)fault;
    } else {
        faults.fail_from = operation;
        faults.fail_until = fault == FAIL_ONCE ? operation : UINT64_MAX;
    }
    flash_file_set_faults(&faults);
    bool is_done = setjmp(power) == 0;
    if (is_done) {
        *error = world_do(&world, step);
    }
    flash_file_set_faults(&no_faults);
    return is_done;
}

static bool start(const void *saved, const struct world_model *model)
{
    world.model = *model;
    return flash_file_restore(HAL_FLASH_STORE, saved) && world_open(&world);
}

/* A step may have been done already, or have nothing to do; and a store may be full. */
static bool is_refusal(const struct script *script, enum mote_error error)
{
    return error == MOTE_ERROR_NOT_FOUND || (script->may_lose_previous && error == MOTE_ERROR_STORE_FULL);
}

/* The steps from `i` on, up to `count` of them, without any fault. */
static bool go_on(const struct script *script, uint32_t i, uint32_t count)
{
    enum mote_error error;
    for (uint32_t end = i + count < script->count ? i + count : script->count; i < end; i++) {
        error = world_do(&world, &script->steps[i]);
        if (error == MOTE_ERROR_HASH_MISMATCH) { /* what was to be resumed is spoilt, and there is no room beside it */
            error = world_do(&world, &script->steps[i]);
        }
        if (error != MOTE_ERROR_NONE && !is_refusal(script, error)) {
            fprintf(stderr, "going on with step %u: %s\n", (unsigned)i, mote_error_text(error));
            return false;
        }
    }
    return world_is_as(&world, &world.model);
}

/* Power is lost at one operation of a step, and later sometimes once more. */
static const char *cut(const struct world_step *step, uint64_t operation, unsigned fault, uint32_t *random)
{
    enum mote_error error;
    if (do_step(step, operation, fault, *random, &error)) {
        return "it ended without the operation";
    }
    cuts++;
    if (!world_open(&world) || !world_is_old_or_new(&world, step)) {
        return "the store is not as it was, nor as it should become";
    }
    uint64_t second = 1 + world_random(random, 20);
    if (operation % 4 == 0 && !do_step(step, second, world_random(random, FLASH_CUTS), *random, &error)) {
        double_cuts++;
        if (!world_open(&world) || !world_is_old_or_new(&world, step)) {
            return "the same after a second cut";
        }
    }
    return NULL;
}

/* Flash fails at one operation of a step, or from there on. Somebody notices, or nothing has happened. */
static const char *let_fail(const struct world_step *step, uint64_t operation, unsigned fault, uint32_t *random)
{
    enum mote_error error = MOTE_ERROR_NONE;
    failures++;
    do_step(step, operation, fault, *random, &error);
    if (error == MOTE_ERROR_NONE ? !world_is_as(&world, &world.model) : !world_is_old_or_new(&world, step)) {
        return "the store is not as it was, nor as it should become";
    }
    world_close(&world);
    return world_open(&world) && world_is_old_or_new(&world, step) ? NULL : "it is another after it was opened again";
}

static bool try_fault(const struct script *script, uint32_t i, uint64_t operation, unsigned fault, uint32_t *random)
{
    const struct world_step *step = &script->steps[i];
    const char *wrong = fault < FLASH_CUTS ? cut(step, operation, fault, random) : let_fail(step, operation, fault, random);
    if (wrong) {
        return say(script, i, operation, fault, wrong);
    }
    world.resumed_bytes = 0;
    if (!go_on(script, i, 3)) {
        return say(script, i, operation, fault, "it does not go on");
    }
    resumed += world.resumed_bytes > 0;
    return true;
}

/* All faults of one step; with `every` above 1 only one in so many operations. Leaves the store as it is after the step. */
static bool try_step(const struct script *script, uint32_t i, uint32_t every, uint32_t *random)
{
    struct world_model model = world.model;
    void *saved = flash_file_save(HAL_FLASH_STORE);
    enum mote_error error = MOTE_ERROR_NONE;
    bool is_good = saved && start(saved, &model);
    flash_file_set_faults(&no_faults);
    error = is_good ? world_do(&world, &script->steps[i]) : error;
    uint64_t operations = flash_file_operations();
    if (error != MOTE_ERROR_NONE && !is_refusal(script, error)) {
        fprintf(stderr, "%s: step %u: %s\n", script->name, (unsigned)i, mote_error_text(error));
        is_good = false;
    }
    for (uint64_t k = 1 + world_random(random, every); k <= operations && is_good; k += every) {
        for (unsigned fault = 0; fault < FAULTS && is_good; fault++) {
            is_good = start(saved, &model) && try_fault(script, i, k, fault, random);
        }
    }
    is_good = is_good && start(saved, &model);
    if (is_good) {
        world_do(&world, &script->steps[i]);
        world_close(&world);
    }
    free(saved);
    return is_good;
}

static bool sweep(const struct script *script, uint32_t every)
{
    uint32_t random = 1;
    world.model = (struct world_model){0};
    world.may_lose_previous = script->may_lose_previous;
    for (uint32_t i = 0; i < script->count; i++) {
        if (!try_step(script, i, every, &random)) {
            return false;
        }
    }
    return true;
}

/* ---- Scripts ----------------------------------------------------------------------------------------------------- */

static void add(struct script *script, enum world_verb verb, uint32_t name, uint32_t size, uint32_t part)
{
    struct world_bytes bytes = {1 + script->count, size};
    script->steps[script->count++] = (struct world_step){verb, name, bytes, part};
}

/* A package is installed, updated, rolled back, removed, with all that goes along. */
static void write_life(struct script *script, uint32_t size)
{
    add(script, WORLD_INSTALL, 0, size, 0);
    add(script, WORLD_PREPARE, 0, size / 2, 0);
    add(script, WORLD_NOTE, 0, 1, 0);
    add(script, WORLD_INSTALL, 1, size / 3, 0);
    add(script, WORLD_NOTE, 2, 40, 0);
    add(script, WORLD_INSTALL, 0, size + 77, 0);
    add(script, WORLD_PREPARE, 0, size / 3, 0);
    add(script, WORLD_PREPARE, 0, size / 3 + 1, 0);
    add(script, WORLD_ROLL_BACK, 0, 0, 0);
    add(script, WORLD_INSTALL, 0, size / 4, 0);
    add(script, WORLD_INSTALL, 0, size / 5, 0);
    add(script, WORLD_REMOVE, 1, 0, 0);
    add(script, WORLD_NOTE, 0, 0, 0);
    add(script, WORLD_REMOVE, 0, 0, 0);
    add(script, WORLD_INSTALL, 0, size / 2, 0);
    add(script, WORLD_REMOVE, 2, 0, 0);
}

/* Uploads that are broken off, once and again, and go on or do not. */
static void write_uploads(struct script *script, uint32_t size)
{
    for (uint32_t i = 0; i < 3; i++) {
        add(script, WORLD_BREAK_OFF, i, size, size / 3 + i);
        script->steps[script->count] = script->steps[script->count - 1];
        script->steps[script->count++].part = size / 2;
        add(script, WORLD_NOTE, 4, 3, 0);
        script->steps[script->count] = script->steps[script->count - 2];
        script->steps[script->count++].verb = WORLD_INSTALL;
        add(script, WORLD_INSTALL, 5, size / 4, 0);
    }
    add(script, WORLD_BREAK_OFF, 0, size, size - 1);
    add(script, WORLD_BREAK_OFF, 1, size, size / 5);
    add(script, WORLD_BREAK_OFF, 0, size, size / 7);
    add(script, WORLD_REMOVE, 0, 0, 0);
}

/* Anything, in a store that is nearly full: packages are moved out of the way all the time. */
static void write_full(struct script *script, uint32_t size, uint32_t seed)
{
    script->may_lose_previous = true;
    while (script->count < STEPS_MAX) {
        uint32_t name = world_random(&seed, WORLD_NAMES), bytes = 1 + world_random(&seed, size);
        switch (world_random(&seed, 8)) {
        case 0: add(script, WORLD_NOTE, name, bytes % 50, 0); break;
        case 1: add(script, WORLD_ROLL_BACK, name, 0, 0); break;
        case 2: add(script, WORLD_REMOVE, name, 0, 0); break;
        case 3: add(script, WORLD_PREPARE, name, bytes / 2, 0); break;
        case 4: add(script, WORLD_BREAK_OFF, name, bytes, bytes / 2); break;
        default: add(script, WORLD_INSTALL, name, bytes, 0); break;
        }
    }
}

/* Where sectors are large, a step has many operations that are alike, and takes long: there only one in `sparse` of them is tried. */
static const struct {
    struct flash_file flash;
    uint32_t sparse;
} shapes[] = {
    {{NULL, 16384, 256, 1}, 1},   {{NULL, 8192, 512, 32}, 1},   {{NULL, 32768, 4096, 16}, 1},
    {{NULL, 32768, 4096, 32}, 1}, {{NULL, 40960, 4096, 4}, 1},  {{NULL, 32768, 16384, 4}, 1},
    {{NULL, 65536, 16384, 8}, 1}, {{NULL, 131072, 65536, 2}, 16}, {{NULL, 524288, 262144, 16}, 100},
};

static void write_script(struct script *script, uint32_t kind, uint32_t size)
{
    if (kind == 0) {
        write_life(script, size / 8);
    } else if (kind == 1) {
        write_uploads(script, size / 12);
    } else {
        write_full(script, size / 6, kind);
    }
}

/* EVERY [FILE]: the file takes the place of memory in the first shape. */
int fault_store_cuts(int count, char **arguments)
{
    uint32_t every = count > 0 ? (uint32_t)strtoul(arguments[0], NULL, 10) : 1;
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
        struct flash_file flash = shapes[i].flash;
        flash.path = i == 0 && count > 1 ? arguments[1] : NULL;
        for (uint32_t kind = 0; kind < SCRIPTS; kind++) {
            struct script script = {.count = 0};
            snprintf(script.name, sizeof script.name, "%u bytes in sectors of %u, script %u", (unsigned)flash.size,
                     (unsigned)flash.sector_bytes, (unsigned)kind);
            write_script(&script, kind, flash.size);
            if (!flash_file_open(HAL_FLASH_STORE, &flash)) {
                perror("flash");
                return 1;
            }
            if (!sweep(&script, every * shapes[i].sparse)) {
                return 1;
            }
        }
    }
    flash_file_close(HAL_FLASH_STORE);
    printf("%llu cuts, %llu second cuts, %llu failures, %llu uploads resumed\n", (unsigned long long)cuts, (unsigned long long)double_cuts,
           (unsigned long long)failures, (unsigned long long)resumed);
    return 0;
}
