/* The app as a whole: made, freed, one round of everything; what its files share. */
#include "app/app_state.h"
#include "base/bits.h"
#include "base/diag.h"
#include "hal/clock.h"
#include "hal/system.h"

#define NS_PER_MS 1000000u
#define RESTART_MS 1000

uint32_t mote_app_now_ms(void)
{
    return (uint32_t)(hal_clock_now_ns() / NS_PER_MS);
}

uint32_t mote_app_up_ms(const struct mote_app *app)
{
    return mote_app_now_ms() - app->start_ms;
}

void *mote_app_alloc(struct mote_app *app, size_t size)
{
    void *block = app->options.allocator.resize(app->options.allocator.user, NULL, 0, size);
    if (block) {
        memset(block, 0, size);
    }
    return block;
}

void mote_app_release(struct mote_app *app, void *block, size_t size)
{
    app->options.allocator.resize(app->options.allocator.user, block, size, 0);
}

enum mote_error mote_app_fail(struct mote_diag *diag, enum mote_error error, const char *detail)
{
    if (diag) {
        mote_diag_init(diag);
        mote_diag_fail(diag, error, MOTE_NO_INDEX, detail);
    }
    return error;
}

bool mote_app_same(const char *a, const char *b)
{
    while (*a && *a == *b) {
        a++;
        b++;
    }
    return *a == *b;
}

void mote_app_feed_watchdog(void *user)
{
    const struct mote_app *app = user;
    if (app->options.watchdog_ms) {
        hal_system_watchdog(app->options.watchdog_ms);
    }
}

static enum mote_error open_store(struct mote_app *app)
{
    struct mote_store_options options = {
        .region = HAL_FLASH_STORE, .is_pinned = mote_app_is_pinned, .progress = mote_app_feed_watchdog, .user = app,
    };
    return ENABLED(CONFIG_APP_STORE) ? mote_store_open(&options, &app->options.allocator, &app->store) : MOTE_ERROR_NO_STORE;
}

enum mote_error mote_app_new(const struct mote_app_options *options, struct mote_app **out)
{
    *out = NULL;
    struct mote_app *app = options->allocator.resize(options->allocator.user, NULL, 0, sizeof *app);
    if (!app) {
        return MOTE_ERROR_NO_MEMORY;
    }
    *app = (struct mote_app){.options = *options, .is_safe = options->is_safe, .start_ms = mote_app_now_ms()};
    app->options.restart_ms = options->restart_ms ? options->restart_ms : RESTART_MS;
    mote_app_crash_open(app);
    app->has_started = app->is_safe;
    if (open_store(app) == MOTE_ERROR_NO_MEMORY) {
        mote_app_free(app);
        return MOTE_ERROR_NO_MEMORY;
    }
    *out = app;
    return MOTE_ERROR_NONE;
}

void mote_app_free(struct mote_app *app)
{
    if (!app) {
        return;
    }
    for (uint32_t i = 0; i < MOTE_APP_RUNS; i++) {
        mote_app_free_slot(app, &app->slots[i]);
    }
    mote_app_upload_free(app);
    mote_app_preparing_end(app);
    mote_app_drop_ram(app, app->ram);
    mote_app_crash_close(app);
    if (app->store) {
        mote_store_close(app->store);
    }
    mote_app_release(app, app, sizeof *app);
}

void mote_app_step(struct mote_app *app)
{
    mote_app_supervise(app);
    mote_app_upload_step(app);
}

struct mote_app_memory mote_app_memory(struct mote_app *app)
{
    struct mote_pool_usage usage;
    if (!mote_pool_usage(&app->options.allocator, &usage)) {
        return (struct mote_app_memory){0};
    }
    size_t used = usage.total_bytes - usage.free_bytes;
    return (struct mote_app_memory){(uint32_t)usage.total_bytes, (uint32_t)used, (uint32_t)usage.peak_bytes};
}

struct mote_store_space mote_app_space(struct mote_app *app)
{
    return app->store ? mote_store_space(app->store) : (struct mote_store_space){0};
}

bool mote_app_is_safe(struct mote_app *app)
{
    return app->is_safe;
}
