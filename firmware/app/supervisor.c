/* The supervisor: starts what starts by itself, starts again what failed, a little later each time, gives up on what fails too often, and feeds the
   watchdog as long as it comes round. */
#include "app/app_state.h"
#include "base/diag.h"

#define LONG 60        /* restarts are put off up to so many times the first delay; a run or a pause that long is forgiven */
#define FAILURES_MAX 5 /* in that time: then the package is disabled */

/* ---- What starts by itself --------------------------------------------------------------------------------------- */

void mote_app_look_again(struct mote_app *app)
{
    if (app->starting == UINT32_MAX) {
        app->starting = 0;
    }
}

static void start_by_itself(struct mote_app *app, const struct mote_app_package *package)
{
    struct mote_app_start start = {.name = package->name};
    struct mote_diag diag;
    uint32_t id;
    if (package->is_autostarted && !app->is_safe && mote_app_run_of(app, package->name) == 0) {
        mote_app_start(app, &start, &id, &diag);
    }
}

/* One package a round, or a few functions of it when there is nothing prepared of it that this firmware can use. It is started in any case, if it
   starts by itself: without a prepared block everything is made in RAM. */
static void look_at_next(struct mote_app *app)
{
    struct mote_app_package package;
    struct mote_app_source source;
    struct mote_diag diag;
    bool may_prepare = !mote_app_upload_is_busy(app);
    if (app->starting == UINT32_MAX) {
        return;
    }
    if (may_prepare && app->preparing) {
        if (!mote_app_preparing_step(app, &diag)) {
            return;
        }
        mote_app_preparing_end(app);
    } else if (may_prepare && mote_app_package(app, app->starting, &package) && package.engine[0] == '\0' &&
               mote_app_find_package(app, package.name, &source) == MOTE_ERROR_NONE &&
               mote_app_preparing_begin(app, &source.package, false, &diag) == MOTE_ERROR_NONE) {
        return;
    }
    if (!mote_app_package(app, app->starting, &package)) {
        app->starting = UINT32_MAX;
        return;
    }
    app->starting++;
    start_by_itself(app, &package);
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
    struct mote_app_source source;
    bool failed = has_failed(slot);
    bool is_wanted = slot->restart == MOTE_RESTART_ALWAYS || (slot->restart == MOTE_RESTART_ON_FAILURE && failed);
    if (!is_wanted || slot->is_stopping || slot->is_attached || mote_app_find_package(app, slot->name, &source) != MOTE_ERROR_NONE) {
        return;
    }
    if (failed) {
        count_failure(app, slot);
    }
    if (slot->failures >= FAILURES_MAX) {
        slot->must_disable = true;
    } else {
        start_later(app, slot);
    }
}

static void see_to(struct mote_app *app, struct mote_app_slot *slot)
{
    mote_app_run_step(app, slot);
    if (slot->must_disable) { /* the store may be busy with an upload */
        slot->must_disable = mote_app_set_note(app, slot->name, MOTE_NOTE_FAILED) == MOTE_ERROR_BUSY;
    }
    if (slot->state == MOTE_RUN_WAITING && (int32_t)(mote_app_now_ms() - slot->again_ms) >= 0) {
        slot->restarts = (uint8_t)(slot->restarts + (slot->restarts < UINT8_MAX));
        if (mote_app_run_again(app, slot) != MOTE_ERROR_NONE) {
            start_later(app, slot);
        }
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
