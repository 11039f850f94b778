/* The record of what went wrong last. It lies in memory that a reset leaves alone, with a checksum; beside it is counted how often the machine itself has failed
   soon after its start, since then it is better not to start everything again. */
#include "app/app_state.h"
#include "base/bits.h"
#include "base/crc.h"
#include "base/text.h"
#include "hal/system.h"
#include "runtime/agent.h"

#define SAFE_FAILURES 3 /* of the machine in a row: then nothing is started by itself */
#define SETTLED_MS 60000

struct mote_app_retained {
    uint32_t size; /* of this structure: another firmware may have another */
    uint32_t failures;
    struct mote_app_crash crash;
    uint32_t checksum; /* of all before it */
};

static uint32_t checksum_of(const struct mote_app_retained *retained)
{
    return mote_crc32(0, retained, offsetof(struct mote_app_retained, checksum));
}

static void seal(struct mote_app *app)
{
    app->retained->checksum = checksum_of(app->retained);
}

static bool is_valid(const struct mote_app_retained *retained)
{
    return retained->size == sizeof *retained && retained->checksum == checksum_of(retained);
}

static void write_record(struct mote_app_crash *crash, const char *name, const char *why)
{
    *crash = (struct mote_app_crash){.number = crash->number + 1, .state = MOTE_RUN_FAULTED};
    memcpy(crash->name, name, mote_string_length(name));
    struct mote_text text = mote_text_begin(crash->reason, sizeof crash->reason);
    mote_text_string(&text, why);
}

static void note_failure(struct mote_app *app, const char *why)
{
    write_record(&app->retained->crash, hal_system_reset_thread(), why);
    app->retained->failures++;
}

void mote_app_crash_open(struct mote_app *app)
{
    size_t size;
    enum hal_reset_reason reason = hal_system_reset_reason();
    app->retained = hal_system_retained(&size);
    if (app->retained && size < sizeof *app->retained) {
        app->retained = NULL;
    }
    app->is_retained_own = !app->retained;
    if (app->is_retained_own) {
        app->retained = mote_app_alloc(app, sizeof *app->retained);
    }
    if (!app->retained) {
        return;
    }
    if (!is_valid(app->retained)) {
        *app->retained = (struct mote_app_retained){.size = sizeof *app->retained};
    }
    app->retained->crash.was_before_reset = app->retained->crash.number > 0;
    if (reason == HAL_RESET_WATCHDOG) {
        note_failure(app, "the watchdog reset the machine");
    } else if (reason == HAL_RESET_FAULT) {
        note_failure(app, "the firmware failed");
    }
    app->retained->crash.was_before_reset = app->retained->crash.number > 0;
    app->is_safe = app->is_safe || app->retained->failures >= SAFE_FAILURES;
    seal(app);
}

void mote_app_crash_close(struct mote_app *app)
{
    if (app->is_retained_own && app->retained) {
        mote_app_release(app, app->retained, sizeof *app->retained);
    }
}

void mote_app_crash_settled(struct mote_app *app)
{
    if (app->retained && app->retained->failures > 0 && mote_app_now_ms() - app->start_ms >= SETTLED_MS) {
        app->retained->failures = 0;
        seal(app);
    }
}

void mote_app_crash_at_start(struct mote_app *app, const char *name, const char *why)
{
    if (app->retained) {
        write_record(&app->retained->crash, name, why);
        seal(app);
    }
}

void mote_app_crash_of(struct mote_app *app, const struct mote_app_slot *slot, const struct hal_fault *fault)
{
    const struct mote_app_live *live = slot->live;
    struct mote_frame frame;
    if (!app->retained) {
        return;
    }
    struct mote_app_crash *crash = &app->retained->crash;
    write_record(crash, slot->name, slot->trap ? mote_trap_text((enum mote_trap)slot->trap) : mote_error_text(live->error));
    crash->state = (enum mote_app_state)slot->state;
    crash->trap = (enum mote_trap)slot->trap;
    crash->up_ms = slot->ended_ms - slot->started_ms;
    memcpy(crash->sha256, live->sha256, sizeof crash->sha256);
    if (fault) {
        struct mote_text text = mote_text_begin(crash->reason, sizeof crash->reason);
        mote_text_format(&text, "no access to %x from %x", (uint32_t)(uintptr_t)fault->address, (uint32_t)fault->pc);
    }
    while (!fault && crash->frame_count < MOTE_CRASH_FRAMES && mote_agent_nameless_frame(live->agent, crash->frame_count, &frame)) {
        crash->frames[crash->frame_count].funcidx = frame.funcidx;
        crash->frames[crash->frame_count++].offset = frame.offset;
    }
    seal(app);
}

bool mote_app_crash(struct mote_app *app, struct mote_app_crash *crash)
{
    bool is_there = app->retained && app->retained->crash.number > 0 && app->retained->crash.state != MOTE_RUN_NONE;
    if (is_there) {
        *crash = app->retained->crash;
    }
    return is_there;
}

void mote_app_crash_clear(struct mote_app *app)
{
    if (app->retained) {
        app->retained->crash = (struct mote_app_crash){.number = app->retained->crash.number};
        seal(app);
    }
}
