/* The supervisor: starts what starts by itself, starts again what failed, a little later each time, gives up on what fails too often, and feeds the
   watchdog as long as it comes round. */
#include "app/app_state.h"

#define LONG 60        /* restarts are put off up to so many times the first delay; a run or a pause that long is forgiven */
#define FAILURES_MAX 5 /* in that time: then the package is disabled */

/* ---- What starts by itself --------------------------------------------------------------------------------------- */

void mote_app_look_again(struct mote_app *app)
{
    if (app->looking == UINT32_MAX) {
        app->looking = 0;
    }
}

/* One package a round, or a few functions of it when there is nothing prepared of it that this firmware can use. The first time it is started in any
   case, if it starts by itself: without a prepared block everything is made in RAM. */
static void look_at_next(struct mote_app *app)
{
    struct mote_app_package package;
    struct mote_app_source source;
    struct mote_diag diag;
    bool may_prepare = !mote_app_upload_is_busy(app);
    if (app->looking == UINT32_MAX || (app->has_started && !may_prepare)) {
        return;
    }
    if (may_prepare && app->preparing) {
        if (!mote_app_preparing_step(app, &diag)) {
            return;
        }
        mote_app_preparing_end(app);
        app->is_prepared = true;
    }
    if (!mote_app_package(app, app->looking, &package)) {
        app->looking = app->has_started ? UINT32_MAX : 0; /* once more for those that an upload kept from being prepared */
        app->has_started = true;
        return;
    }
    if (may_prepare && !app->is_prepared && package.engine[0] == '\0' &&
        mote_app_find_package(app, package.name, &source) == MOTE_ERROR_NONE &&
        mote_app_preparing_begin(app, &source.package, false, &diag) == MOTE_ERROR_NONE) {
        return;
    }
    if (!app->has_started && package.is_autostarted && mote_app_run_of(app, package.name) == 0 && !mote_app_start_soon(app, package.name)) {
        if (!app->is_crowded) { /* it waits until a slot is free, which is told once */
            mote_app_crash_at_start(app, package.name, "all runs are in use");
        }
        app->is_crowded = true;
        return;
    }
    app->is_prepared = false;
    app->looking++;
}

/* ---- What ended -------------------------------------------------------------------------------------------------- */

static bool has_failed(const struct mote_app_slot *slot)
{
    return slot->state == MOTE_RUN_TRAPPED || slot->state == MOTE_RUN_FAULTED || (slot->state == MOTE_RUN_EXITED && slot->exit_code != 0);
}

static void count_failure(struct mote_app *app, struct mote_app_slot *slot)
{
    uint32_t now_ms = mote_app_now_ms();
    if (slot->failures == 0 || now_ms - slot->failing_ms >= LONG * app->options.restart_ms) {
        slot->failing_ms = now_ms;
        slot->failures = 0;
    }
    slot->failures++;
}

static void start_later(struct mote_app *app, struct mote_app_slot *slot)
{
    uint32_t least = app->options.restart_ms, most = LONG * least;
    uint32_t doubled = slot->delay_ms * 2 < most ? slot->delay_ms * 2 : most;
    bool was_long = slot->ended_ms - slot->started_ms >= most;
    slot->delay_ms = was_long || slot->delay_ms == 0 ? least : doubled;
    slot->again_ms = mote_app_now_ms() + slot->delay_ms;
    slot->state = MOTE_RUN_WAITING;
}

void mote_app_run_ended(struct mote_app *app, struct mote_app_slot *slot)
{
    bool failed = has_failed(slot);
    bool is_wanted = slot->restart == MOTE_RESTART_ALWAYS || (slot->restart == MOTE_RESTART_ON_FAILURE && failed);
    if (!is_wanted || slot->is_stopping || slot->is_attached) {
        return;
    }
    if (failed) {
        count_failure(app, slot);
    }
    if (slot->failures >= FAILURES_MAX) {
        slot->must_disable = true;
        slot->again_ms = mote_app_now_ms();
    } else {
        slot->restarts = (uint8_t)(slot->restarts + (slot->restarts < UINT8_MAX));
        start_later(app, slot);
    }
}

bool mote_app_is_given_up(const struct mote_app *app, const char *name)
{
    for (uint32_t i = 0; i < MOTE_APP_RUNS; i++) {
        if (app->slots[i].must_disable && mote_app_same(app->slots[i].name, name)) {
            return true;
        }
    }
    return false;
}

void mote_app_forgive(struct mote_app *app, const char *name, bool is_gone)
{
    for (uint32_t i = 0; i < MOTE_APP_RUNS; i++) {
        struct mote_app_slot *slot = &app->slots[i];
        if (mote_app_same(slot->name, name)) {
            slot->must_disable = false;
            if (is_gone && slot->state == MOTE_RUN_WAITING) {
                mote_app_stop(app, slot->id);
            }
        }
    }
}

/* What lacks memory now may have it later; everything else stays as it is until somebody does something about it. */
static void start_waiting(struct mote_app *app, struct mote_app_slot *slot)
{
    struct mote_diag diag;
    enum mote_error error = mote_app_run_again(app, slot, &diag);
    if (error == MOTE_ERROR_NONE) {
        return;
    }
    slot->state = MOTE_RUN_FAULTED;
    slot->trap = MOTE_TRAP_NONE;
    if (error == MOTE_ERROR_NO_MEMORY || error == MOTE_ERROR_TOO_MANY) {
        if (slot->delay_ms == 0) {
            mote_app_crash_at_start(app, slot->name, diag.message);
        }
        start_later(app, slot);
    } else {
        mote_app_run_failed(app, slot, diag.message);
    }
}

static void see_to(struct mote_app *app, struct mote_app_slot *slot)
{
    mote_app_run_step(app, slot);
    if ((int32_t)(mote_app_now_ms() - slot->again_ms) < 0) {
        return;
    }
    if (slot->must_disable) { /* the store may be busy with an upload, or full */
        slot->must_disable = mote_app_set_note(app, slot->name, MOTE_NOTE_FAILED) != MOTE_ERROR_NONE;
        slot->again_ms = mote_app_now_ms() + LONG * app->options.restart_ms;
    }
    if (slot->state == MOTE_RUN_WAITING) {
        start_waiting(app, slot);
    }
}

void mote_app_supervise(struct mote_app *app)
{
    mote_app_feed_watchdog(app);
    for (uint32_t i = 0; i < MOTE_APP_RUNS; i++) {
        see_to(app, &app->slots[i]);
    }
    look_at_next(app);
    mote_app_crash_settled(app);
}
