/* Runs from outside: which there are, how they start and stop, what became of them. */
#include "app/app_state.h"
#include "base/bits.h"
#include "base/diag.h"
#include "base/text.h"
#include "host/wasi/vfs.h"
#include "runtime/runtime.h"

#define STOP_MS 100     /* after which a run that was asked to stop is ended by force */
#define ABANDONED_MS 10000 /* after which a run whose streams nobody touches goes on by itself */

/* ---- Slots ------------------------------------------------------------------------------------------------------- */

static struct mote_app_slot *find_slot(struct mote_app *app, uint32_t id)
{
    for (uint32_t i = 0; i < MOTE_APP_RUNS && id != 0; i++) {
        if (app->slots[i].id == id) {
            return &app->slots[i];
        }
    }
    return NULL;
}

void mote_app_free_slot(struct mote_app *app, struct mote_app_slot *slot)
{
    if (slot->live) {
        mote_app_execute_free(app, slot);
    }
    mote_ring_free(&slot->in, &app->options.allocator);
    mote_ring_free(&slot->out, &app->options.allocator);
    mote_ring_free(&slot->err, &app->options.allocator);
    if (slot->args) {
        mote_app_release(app, slot->args, slot->arg_bytes);
    }
    *slot = (struct mote_app_slot){.id = 0};
}

static bool is_over(const struct mote_app_slot *slot)
{
    return slot->state != MOTE_RUN_RUNNING && slot->state != MOTE_RUN_WAITING;
}

/* Its log stays. */
static void trim(struct mote_app *app, struct mote_app_slot *slot)
{
    mote_ring_free(&slot->in, &app->options.allocator);
    mote_ring_trim(&slot->out, &app->options.allocator);
    mote_ring_trim(&slot->err, &app->options.allocator);
}

bool mote_app_forget_oldest(struct mote_app *app)
{
    struct mote_app_slot *oldest = NULL;
    for (uint32_t i = 0; i < MOTE_APP_RUNS; i++) {
        struct mote_app_slot *slot = &app->slots[i];
        if (is_over(slot) && (slot->out.bytes || slot->err.bytes) && (!oldest || slot->id < oldest->id)) {
            oldest = slot;
        }
    }
    if (oldest) {
        mote_ring_free(&oldest->out, &app->options.allocator);
        mote_ring_free(&oldest->err, &app->options.allocator);
    }
    return oldest != NULL;
}

/* A slot that was never used, or the one whose run ended first. One that waits for its restart gives way to a start of the same module. */
static struct mote_app_slot *choose_slot(struct mote_app *app, const char *name)
{
    struct mote_app_slot *best = NULL;
    uint32_t least = UINT32_MAX;
    for (uint32_t i = 0; i < MOTE_APP_RUNS; i++) {
        struct mote_app_slot *slot = &app->slots[i];
        uint32_t rank = slot->id | (uint32_t)slot->must_disable << 31; /* what is to be noted goes last */
        if (slot->state == MOTE_RUN_WAITING && mote_app_same(slot->name, name)) {
            return slot;
        }
        if (is_over(slot) && rank < least) {
            best = slot;
            least = rank;
        }
    }
    return best;
}

bool mote_app_runs_package(struct mote_app *app, const char *name)
{
    for (uint32_t i = 0; i < MOTE_APP_RUNS; i++) {
        const struct mote_app_slot *slot = &app->slots[i];
        if (slot->live && slot->live->package && mote_app_same(slot->name, name)) {
            return true;
        }
    }
    return false;
}

bool mote_app_is_pinned(void *user, uint32_t sequence)
{
    struct mote_app *app = user;
    for (uint32_t i = 0; i < MOTE_APP_RUNS; i++) {
        const struct mote_app_live *live = app->slots[i].live;
        if (live && (live->package == sequence || live->prepared == sequence)) {
            return true;
        }
    }
    return mote_app_preparing_package(app) == sequence;
}

/* ---- Starting ---------------------------------------------------------------------------------------------------- */

static enum mote_error find_source(struct mote_app *app, const char *name, struct mote_app_source *source, struct mote_diag *diag)
{
    if (name) {
        enum mote_error error = mote_app_find_package(app, name, source);
        error = error ? error : mote_app_check_package(app, source);
        return error == MOTE_ERROR_NONE ? error : mote_app_fail(diag, error, name);
    }
    struct mote_app_ram *ram = app->ram;
    if (!ram) {
        return mote_app_fail(diag, MOTE_ERROR_NOT_FOUND, "there is no module in RAM");
    }
    *source = (struct mote_app_source){
        .name = ram->name, .bytes = ram->bytes, .size_bytes = ram->size_bytes, .sha256 = ram->sha256, .ram = ram,
        .prepared = ram->prepared, .prepared_bytes = ram->prepared_bytes,
    };
    return MOTE_ERROR_NONE;
}

/* Bytes that the arguments take with their zero bytes; more than MOTE_APP_ARGS_BYTES when they are too long. */
static uint32_t measure_args(const struct mote_app_start *start)
{
    uint32_t bytes = 0;
    for (uint32_t i = 0; i < start->arg_count && bytes <= MOTE_APP_ARGS_BYTES; i++) {
        bytes += (uint32_t)mote_string_length(start->args + bytes) + 1;
    }
    return bytes;
}

static enum mote_error keep_args(struct mote_app *app, struct mote_app_slot *slot, const struct mote_app_start *start,
                                 struct mote_diag *diag)
{
    if (!start->args) {
        return MOTE_ERROR_NONE;
    }
    uint32_t bytes = measure_args(start);
    if (bytes > MOTE_APP_ARGS_BYTES) {
        return mote_app_fail(diag, MOTE_ERROR_LIMIT, "the arguments are too long");
    }
    slot->arg_bytes = (uint16_t)(bytes + 1); /* never empty: no pointer means the manifest's */
    slot->arg_count = start->arg_count;
    slot->args = mote_app_alloc(app, slot->arg_bytes);
    if (!slot->args) {
        return mote_app_fail(diag, MOTE_ERROR_NO_MEMORY, NULL);
    }
    memcpy(slot->args, start->args, bytes);
    return MOTE_ERROR_NONE;
}

/* Starts what a slot says; its state stays as it was on an error. */
static enum mote_error start_slot(struct mote_app *app, struct mote_app_slot *slot, const struct mote_app_source *source,
                                  struct mote_diag *diag)
{
    struct mote_manifest manifest;
    enum mote_error error = mote_manifest_read(source->bytes, source->size_bytes, &manifest, diag);
    if (error != MOTE_ERROR_NONE) {
        return error;
    }
    slot->restart = (uint8_t)(source->ram ? MOTE_RESTART_NEVER : manifest.restart); /* it is found again by its name */
    slot->output_bytes = manifest.output_bytes ? manifest.output_bytes : 1;
    slot->time_ms = manifest.time_ms;
    error = mote_app_execute(app, slot, source, &manifest, diag);
    if (error != MOTE_ERROR_NONE) {
        return error;
    }
    slot->state = MOTE_RUN_RUNNING;
    slot->is_stopping = slot->is_input_ended = false;
    slot->exit_code = 0;
    slot->trap = MOTE_TRAP_NONE;
    slot->started_ms = slot->touched_ms = mote_app_now_ms();
    return MOTE_ERROR_NONE;
}

/* Starts in a slot; what was there before stays when that fails. */
static enum mote_error start_in(struct mote_app *app, struct mote_app_slot *slot, const struct mote_app_source *source,
                                const struct mote_app_start *start, struct mote_diag *diag)
{
    struct mote_app_slot old = *slot;
    mote_diag_init(diag);
    *slot = (struct mote_app_slot){
        .id = app->last_id + 1, .is_attached = start->is_attached, .is_interpreted = start->is_interpreted,
    };
    memcpy(slot->name, source->name, sizeof slot->name);
    enum mote_error error = keep_args(app, slot, start, diag);
    error = error ? error : start_slot(app, slot, source, diag);
    app->last_id += error == MOTE_ERROR_NONE;
    mote_app_free_slot(app, error ? slot : &old);
    if (error != MOTE_ERROR_NONE) {
        *slot = old;
    }
    return error;
}

enum mote_error mote_app_start(struct mote_app *app, const struct mote_app_start *start, uint32_t *id, struct mote_diag *diag)
{
    struct mote_app_source source;
    mote_diag_init(diag);
    *id = 0;
    enum mote_error error = find_source(app, start->name, &source, diag);
    if (error != MOTE_ERROR_NONE) {
        return error;
    }
    struct mote_app_slot *slot = choose_slot(app, source.name);
    if (!slot) {
        return mote_app_fail(diag, MOTE_ERROR_TOO_MANY, "all runs are in use; stop one");
    }
    do {
        error = start_in(app, slot, &source, start, diag);
    } while (error == MOTE_ERROR_NO_MEMORY && mote_app_forget_oldest(app));
    *id = error ? 0 : slot->id;
    return error;
}

bool mote_app_start_soon(struct mote_app *app, const char *name)
{
    struct mote_app_slot *slot = choose_slot(app, name);
    if (!slot) {
        return false;
    }
    mote_app_free_slot(app, slot);
    slot->id = ++app->last_id;
    memcpy(slot->name, name, sizeof slot->name);
    slot->state = MOTE_RUN_WAITING;
    slot->again_ms = slot->started_ms = slot->ended_ms = mote_app_now_ms();
    return true;
}

enum mote_error mote_app_run_again(struct mote_app *app, struct mote_app_slot *slot, struct mote_diag *diag)
{
    struct mote_app_source source;
    mote_diag_init(diag);
    enum mote_error error = find_source(app, slot->name, &source, diag);
    error = error ? error : start_slot(app, slot, &source, diag);
    if (error == MOTE_ERROR_NO_MEMORY) {
        mote_app_forget_oldest(app); /* for the next time */
    }
    return error;
}

void mote_app_run_failed(struct mote_app *app, struct mote_app_slot *slot, const char *why)
{
    struct mote_allocator allocator = mote_app_run_allocator(app);
    uint32_t length = (uint32_t)mote_string_length(why);
    mote_ring_put(&slot->out, &allocator, length + 1, why, length, true);
    mote_ring_put(&slot->out, &allocator, length + 1, "\n", 1, true);
    mote_app_crash_at_start(app, slot->name, why);
}

/* ---- Stopping and ending ----------------------------------------------------------------------------------------- */

static void interrupt(struct mote_app_slot *slot, enum mote_trap why)
{
    slot->live->why = why;
    slot->live->stop_ms = mote_app_now_ms();
    mote_agent_interrupt(slot->live->agent, why);
}

enum mote_error mote_app_stop(struct mote_app *app, uint32_t id)
{
    struct mote_app_slot *slot = find_slot(app, id);
    if (!slot) {
        return MOTE_ERROR_NOT_FOUND;
    }
    if (slot->state == MOTE_RUN_WAITING) {
        slot->state = MOTE_RUN_STOPPED;
        trim(app, slot);
    }
    if (slot->live && !slot->is_stopping) {
        slot->is_stopping = true;
        interrupt(slot, MOTE_TRAP_INTERRUPTED);
    }
    return MOTE_ERROR_NONE;
}

/* What the end of a run's thread means. */
static void judge(struct mote_app_slot *slot)
{
    const struct mote_app_live *live = slot->live;
    enum mote_trap trap = live->error == MOTE_ERROR_TRAPPED ? mote_agent_trap(live->agent) : MOTE_TRAP_NONE;
    slot->exit_code = trap == MOTE_TRAP_EXIT ? mote_wasi_exit_code(live->wasi) : 0;
    slot->trap = (uint8_t)(trap == MOTE_TRAP_EXIT ? MOTE_TRAP_NONE : trap);
    if (live->error != MOTE_ERROR_NONE && live->error != MOTE_ERROR_TRAPPED) {
        slot->state = MOTE_RUN_FAULTED; /* no instance, after nobody waited for it any more */
    } else if (slot->trap == MOTE_TRAP_NONE) {
        slot->state = MOTE_RUN_EXITED;
    } else {
        bool is_told_to = trap == MOTE_TRAP_INTERRUPTED || trap == MOTE_TRAP_DEADLINE;
        slot->state = slot->is_stopping && is_told_to ? MOTE_RUN_STOPPED : MOTE_RUN_TRAPPED;
    }
}

static void end(struct mote_app *app, struct mote_app_slot *slot, const struct hal_fault *fault)
{
    slot->ended_ms = mote_app_now_ms();
    slot->unused_bytes = slot->live->thread ? (uint32_t)hal_thread_stack_unused(slot->live->thread) : 0;
    if (slot->state == MOTE_RUN_TRAPPED || slot->state == MOTE_RUN_FAULTED) {
        mote_app_crash_of(app, slot, fault);
    }
    mote_app_execute_free(app, slot);
    mote_app_run_ended(app, slot);
    if (is_over(slot)) {
        trim(app, slot);
    }
}

/* It has been asked to for long enough, and is not in the middle of writing a file, which nobody could end for it. */
static bool is_to_be_ended(const struct mote_app *app, const struct mote_app_slot *slot, uint32_t now_ms)
{
    bool is_writing = app->options.files && app->options.files->is_busy;
    return slot->live->why && now_ms - slot->live->stop_ms >= STOP_MS && !is_writing;
}

void mote_app_run_step(struct mote_app *app, struct mote_app_slot *slot)
{
    struct hal_fault fault = {.pc = 0};
    if (!slot->live) {
        return;
    }
    uint32_t now_ms = mote_app_now_ms();
    enum hal_thread_state state = hal_thread_state(slot->live->thread, &fault);
    if (state != HAL_THREAD_RUNS && app->options.files && !mote_vfs_wait(app->options.files)) {
        return; /* what it has open is closed as soon as nobody else is writing */
    }
    if (state == HAL_THREAD_ENDED) {
        judge(slot);
        end(app, slot, NULL);
    } else if (state == HAL_THREAD_FAULTED) {
        slot->state = MOTE_RUN_FAULTED;
        end(app, slot, &fault);
    } else if (is_to_be_ended(app, slot, now_ms) && hal_thread_free(slot->live->thread)) {
        slot->live->thread = NULL;
        slot->state = slot->is_stopping ? MOTE_RUN_STOPPED : MOTE_RUN_TRAPPED;
        slot->trap = (uint8_t)slot->live->why;
        end(app, slot, NULL);
    } else if (slot->time_ms && !slot->live->why && now_ms - slot->started_ms >= slot->time_ms) {
        interrupt(slot, MOTE_TRAP_DEADLINE);
    } else if (slot->is_attached && now_ms - slot->touched_ms >= ABANDONED_MS) {
        slot->is_attached = false;
    }
}

/* ---- Telling ----------------------------------------------------------------------------------------------------- */

static uint32_t ring_bytes(const struct mote_app_slot *slot)
{
    return slot->in.size + slot->out.size + slot->err.size;
}

static void tell(const struct mote_app_slot *slot, struct mote_app_run *run)
{
    const struct mote_app_live *live = slot->live;
    *run = (struct mote_app_run){
        .id = slot->id,
        .state = (enum mote_app_state)slot->state,
        .exit_code = slot->exit_code,
        .trap = (enum mote_trap)slot->trap,
        .engine = slot->engine ? slot->engine : "",
        .up_ms = (live ? mote_app_now_ms() : slot->ended_ms) - slot->started_ms,
        .other_bytes = ring_bytes(slot) + slot->arg_bytes,
        .stack_unused_bytes = slot->unused_bytes,
        .restarts = slot->restarts,
        .is_attached = slot->is_attached,
    };
    memcpy(run->name, slot->name, sizeof run->name);
    if (live) {
        const struct mote_heap *heap = &live->runtime->heap;
        run->memory_bytes = (uint32_t)heap->used_by[MOTE_HEAP_MEMORY];
        run->other_bytes += (uint32_t)(heap->used - heap->used_by[MOTE_HEAP_MEMORY] + sizeof *live);
    }
}

bool mote_app_run(struct mote_app *app, uint32_t i, struct mote_app_run *run)
{
    if (i >= MOTE_APP_RUNS || app->slots[i].id == 0) {
        return false;
    }
    struct mote_app_slot *slot = &app->slots[i];
    if (slot->live) { /* every byte is looked at */
        slot->unused_bytes = (uint32_t)hal_thread_stack_unused(slot->live->thread);
    }
    tell(slot, run);
    return true;
}

bool mote_app_find_run(struct mote_app *app, uint32_t id, struct mote_app_run *run)
{
    const struct mote_app_slot *slot = find_slot(app, id);
    if (slot) {
        tell(slot, run);
    }
    return slot != NULL;
}

uint32_t mote_app_run_of(struct mote_app *app, const char *name)
{
    uint32_t id = 0;
    for (uint32_t i = 0; i < MOTE_APP_RUNS; i++) {
        if (app->slots[i].id > id && mote_app_same(app->slots[i].name, name)) {
            id = app->slots[i].id;
        }
    }
    return id;
}
