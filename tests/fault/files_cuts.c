/* Power is lost during each operation of each step on files, in each way, and then once more; and each operation fails. Afterwards every file has the
   bytes that it had or those that it was to get, nothing is lost in between, and the file system goes on working. */
#include "files_world.h"

#include <setjmp.h>
#include <stdlib.h>

#include "../../ports/linux/flash_file.h"
#include "fault_driver.h"

#define STEPS_MAX 40u
#define FAIL_ONCE ((unsigned)FLASH_CUTS)
#define FAIL_ALWAYS ((unsigned)FLASH_CUTS + 1)
#define FAULTS ((unsigned)FLASH_CUTS + 2)

static jmp_buf power;
static uint64_t cuts, double_cuts, failures;
static const struct flash_faults no_faults;
static struct files_model before, now;
static struct mote_vfs *vfs;

struct script {
    char name[64];
    uint32_t count;
    struct files_step steps[STEPS_MAX];
};

static void power_lost(void)
{
    longjmp(power, 1);
}

static bool say(const struct script *script, uint32_t step, uint64_t operation, unsigned fault, const char *what, const char *where)
{
    fprintf(stderr, "%s: step %u (verb %u on %s), operation %llu, fault %u: %s%s%s\n", script->name, (unsigned)step,
            (unsigned)script->steps[step].verb, files_name(script->steps[step].name), (unsigned long long)operation, fault, what,
            *where ? ": " : "", where);
    return false;
}

static uint32_t random_below(uint32_t *state, uint32_t below)
{
    *state = *state * 1664525u + 1013904223u;
    return (uint32_t)(((uint64_t)(*state >> 8) * below) >> 24);
}

/* ---- One fault --------------------------------------------------------------------------------------------------- */

/* Does a step while a fault happens at an operation of it; true when it came to its end. */
static bool do_step(const struct files_step *step, uint64_t operation, unsigned fault, uint32_t seed, enum mote_errno *error)
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
        *error = files_do(vfs, step);
    }
    flash_file_set_faults(&no_faults);
    return is_done;
}

/* Boots, and finds how far the step came: `now` becomes that. A file that could not be written may have any part of what it was to get. */
static bool is_old_or_new(const struct files_step *step, bool has_failed, unsigned *phase, const char **why)
{
    *why = "mounting";
    bool is_found = false, is_written = step->verb <= FILES_CUT;
    for (*phase = files_last_phase(step) + 1; files_boot(&vfs) && !is_found && *phase > 0;) {
        now = before;
        files_follow(&now, step, --*phase);
        is_found = files_are_as(vfs, &now, has_failed && is_written ? step->name : FILES_NAMES, why);
    }
    return is_found;
}

/* Steps of the script from `i` on, without faults. */
static bool goes_on(const struct script *script, uint32_t i, const char **why)
{
    for (uint32_t end = i + 2 < script->count ? i + 2 : script->count; i < end; i++) {
        *why = "a step fails";
        if (files_do(vfs, &script->steps[i]) != MOTE_ERRNO_SUCCESS) {
            return false;
        }
        files_follow(&now, &script->steps[i], files_last_phase(&script->steps[i]));
    }
    return files_are_as(vfs, &now, FILES_NAMES, why) && files_boot(&vfs) && files_are_as(vfs, &now, FILES_NAMES, why);
}

/* One fault in step `i`, which begins with what is in `before`. */
static bool fault_once(const struct script *script, uint32_t i, uint64_t operation, unsigned fault, uint32_t *random)
{
    const struct files_step *step = &script->steps[i];
    const char *why = "";
    unsigned phase = 0;
    enum mote_errno error = MOTE_ERRNO_SUCCESS;
    bool is_cut = fault < FLASH_CUTS;
    bool is_done = do_step(step, operation, fault, *random, &error);
    if (is_done == is_cut || (fault == FAIL_ONCE && error != MOTE_ERRNO_SUCCESS)) {
        return say(script, i, operation, fault, is_cut ? "it came to its end" : "it failed", "");
    }
    bool has_failed = !is_cut && error != MOTE_ERRNO_SUCCESS;
    if (!is_old_or_new(step, has_failed, &phase, &why) || (fault == FAIL_ONCE && phase != files_last_phase(step))) {
        return say(script, i, operation, fault, "not as it was, nor as it should become", why);
    }
    *(is_cut ? &cuts : &failures) += 1;
    if (has_failed) {
        return true;
    }
    if (is_cut && operation % 3 == 0) {
        struct files_model old = before;
        before = now;
        bool is_double = !do_step(step, 1 + random_below(random, 12), random_below(random, FLASH_CUTS), *random, &error);
        double_cuts += is_double;
        bool is_good = is_old_or_new(step, false, &phase, &why) && (is_double || phase == files_last_phase(step));
        before = old;
        if (!is_good) {
            return say(script, i, operation, fault, "the same after a second cut", why);
        }
    }
    if (!goes_on(script, phase == files_last_phase(step) ? i + 1 : i, &why)) {
        return say(script, i, operation, fault, "it does not go on", why);
    }
    if (operation % 5 == 0 && !files_give_all_back(vfs)) {
        return say(script, i, operation, fault, "blocks are lost", "");
    }
    return true;
}

/* ---- All of them ------------------------------------------------------------------------------------------------- */

/* All faults of one step, with `every` above 1 only at one in so many operations. Leaves the files as they are after the step. */
static bool fault_step(const struct script *script, uint32_t i, uint32_t every, uint32_t *random)
{
    void *saved = flash_file_save(HAL_FLASH_FILES);
    bool is_good = saved && files_boot(&vfs);
    flash_file_set_faults(&no_faults);
    if (!is_good || files_do(vfs, &script->steps[i]) != MOTE_ERRNO_SUCCESS) {
        return say(script, i, 0, 0, "it fails without a fault", "");
    }
    uint64_t operations = flash_file_operations();
    for (uint64_t k = 1 + random_below(random, every); k <= operations && is_good; k += every) {
        for (unsigned fault = 0; fault < FAULTS && is_good; fault++) {
            is_good = flash_file_restore(HAL_FLASH_FILES, saved) && files_boot(&vfs) && fault_once(script, i, k, fault, random);
        }
    }
    is_good = is_good && flash_file_restore(HAL_FLASH_FILES, saved) && files_boot(&vfs);
    free(saved);
    const char *why = "";
    files_follow(&before, &script->steps[i], files_last_phase(&script->steps[i]));
    if (is_good && (files_do(vfs, &script->steps[i]) != MOTE_ERRNO_SUCCESS || !files_are_as(vfs, &before, FILES_NAMES, &why))) {
        return say(script, i, 0, 0, "not as it should be without a fault", why);
    }
    return is_good;
}

static void add(struct script *script, enum files_verb verb, uint32_t name, uint32_t size)
{
    uint8_t seed = (uint8_t)(1 + script->count);
    script->steps[script->count++] = (struct files_step){verb, name, size % FILES_NAMES, size, seed};
}

/* A life of files small (within their directory) and large (in blocks of their own). */
static void write_life(struct script *script)
{
    static const uint32_t steps[][3] = {
        {FILES_PUT, 0, 40},     {FILES_PUT, 1, 5000},   {FILES_APPEND, 0, 30},   {FILES_PUT, 0, 9000},   {FILES_MAKE_DIR, 2, 0},
        {FILES_PUT, 3, 100},    {FILES_PUT, 4, 300},    {FILES_SYNCED, 1, 700},  {FILES_PATCH, 0, 900},  {FILES_PUT, 7, 6000},
        {FILES_RENAME, 7, 1},   {FILES_RENAME, 3, 0},   {FILES_CUT, 1, 0},       {FILES_MAKE_DIR, 8, 0}, {FILES_RENAME, 4, 9},
        {FILES_REMOVE, 2, 0},   {FILES_REMOVE, 0, 0},   {FILES_RENAME, 8, 2},    {FILES_SYNCED, 9, 60},  {FILES_CUT, 9, 0},
        {FILES_MAKE_DIR, 2, 0}, {FILES_MAKE_DIR, 5, 0}, {FILES_PUT, 6, 4200},    {FILES_RENAME, 6, 7},   {FILES_REMOVE, 5, 0},
    };
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        add(script, (enum files_verb)steps[i][0], steps[i][1], steps[i][2]);
    }
}

static void write_anything(struct script *script, uint32_t seed)
{
    while (script->count < STEPS_MAX) {
        static const enum files_verb verbs[] = {FILES_PUT, FILES_PUT, FILES_PUT, FILES_APPEND, FILES_PATCH, FILES_SYNCED, FILES_CUT,
                                                FILES_REMOVE, FILES_RENAME, FILES_RENAME, FILES_MAKE_DIR};
        enum files_verb verb = verbs[random_below(&seed, sizeof verbs / sizeof verbs[0])];
        uint32_t name = random_below(&seed, FILES_NAMES);
        add(script, verb, name, 1 + random_below(&seed, verb == FILES_PUT ? 3000 : 300));
    }
}

static const struct flash_file shapes[] = {{NULL, 131072, 4096, 1}, {NULL, 131072, 4096, 32}, {NULL, 65536, 256, 4}, {NULL, 3145728, 262144, 4}};

/* EVERY: faults at one in so many operations. */
int fault_files_cuts(int count, char **arguments)
{
    uint32_t every = count > 0 ? (uint32_t)strtoul(arguments[0], NULL, 10) : 1;
    for (uint32_t i = 0; i < 2 * sizeof shapes / sizeof shapes[0]; i++) {
        const struct flash_file *shape = &shapes[i / 2];
        struct script script = {.count = 0};
        uint32_t random = i;
        snprintf(script.name, sizeof script.name, "%u bytes in sectors of %u, script %u", (unsigned)shape->size,
                 (unsigned)shape->sector_bytes, (unsigned)i % 2);
        if (i % 2) {
            write_anything(&script, i);
        } else {
            write_life(&script);
        }
        before = (struct files_model){0};
        if (!flash_file_open(HAL_FLASH_FILES, shape)) {
            perror("flash");
            return 1;
        }
        for (uint32_t step = 0; step < script.count; step++) {
            if (!fault_step(&script, step, every, &random)) {
                return 1;
            }
        }
    }
    flash_file_close(HAL_FLASH_FILES);
    printf("%llu cuts, %llu second cuts, %llu failures\n", (unsigned long long)cuts, (unsigned long long)double_cuts,
           (unsigned long long)failures);
    return 0;
}
