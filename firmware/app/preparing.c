/* Preparing a package in the store (mote_prepare), a few functions a round, in two passes: the first only counts the bytes, which also finds everything
   that is wrong with the module while nothing depends on it yet; the second writes them. */
#include "app/app_state.h"
#include "base/diag.h"
#include "base/text.h"

#define ROUND_MS 10

struct mote_app_preparing {
    struct mote_app *app;
    struct mote_store_record package;
    struct mote_runtime *runtime;
    struct mote_prepare *prepare;
    uint32_t bytes;     /* counted in the first pass */
    uint32_t functions; /* 0: not known yet */
    uint32_t left;      /* of this pass */
    bool is_open;       /* the package's record is not committed yet: that happens after the first pass */
    bool is_writing;    /* second pass: a PREPARED record is open */
    char message[80];   /* why native code is not used, or why it runs from RAM */
};

static bool count_bytes(void *user, const void *data, size_t size)
{
    struct mote_app_preparing *preparing = user;
    (void)data;
    preparing->bytes += (uint32_t)size;
    return true;
}

static bool write_bytes(void *user, const void *data, size_t size)
{
    struct mote_app_preparing *preparing = user;
    return mote_store_append(preparing->app->store, data, (uint32_t)size) == MOTE_ERROR_NONE;
}

static void remember(struct mote_app_preparing *preparing, const char *message)
{
    struct mote_text text = mote_text_begin(preparing->message, sizeof preparing->message);
    mote_text_string(&text, message);
}

static void end_pass(struct mote_app_preparing *preparing)
{
    mote_prepare_free(preparing->prepare);
    mote_runtime_free(preparing->runtime);
    preparing->prepare = NULL;
    preparing->runtime = NULL;
}

static enum mote_error begin_pass(struct mote_app_preparing *preparing, struct mote_diag *diag)
{
    struct mote_runtime_options options = {.allocator = preparing->app->options.allocator};
    enum mote_error error = mote_runtime_new(&options, &preparing->runtime);
    if (error != MOTE_ERROR_NONE) {
        return mote_app_fail(diag, error, NULL);
    }
    struct mote_prepare_options what = {
        .runtime = preparing->runtime,
        .bytes = preparing->package.data,
        .size_bytes = preparing->package.size,
        .write = preparing->is_writing ? write_bytes : count_bytes,
        .user = preparing,
    };
    error = mote_prepare_new(&what, &preparing->prepare, diag);
    if (error == MOTE_ERROR_NONE && diag->message[0]) {
        remember(preparing, diag->message);
    }
    return error;
}

enum mote_error mote_app_preparing_begin(struct mote_app *app, const struct mote_store_record *package, bool is_open, struct mote_diag *diag)
{
    mote_diag_init(diag);
    struct mote_app_preparing *preparing = mote_app_alloc(app, sizeof *preparing);
    if (!preparing) {
        return mote_app_fail(diag, MOTE_ERROR_NO_MEMORY, NULL);
    }
    preparing->app = app;
    preparing->package = *package;
    preparing->is_open = is_open;
    app->preparing = preparing;
    enum mote_error error = begin_pass(preparing, diag);
    if (error != MOTE_ERROR_NONE) {
        mote_app_preparing_end(app);
    }
    return error;
}

void mote_app_preparing_end(struct mote_app *app)
{
    struct mote_app_preparing *preparing = app->preparing;
    if (preparing) {
        if (preparing->is_open || preparing->is_writing) {
            mote_store_abort(app->store);
        }
        end_pass(preparing);
        mote_app_release(app, preparing, sizeof *preparing);
        app->preparing = NULL;
    }
}

/* Between the passes: the package counts from here on, whatever becomes of the block. True when there is a second pass. */
static bool begin_writing(struct mote_app_preparing *preparing, struct mote_diag *diag)
{
    struct mote_store *store = preparing->app->store;
    uint32_t at;
    end_pass(preparing);
    if (preparing->is_open) {
        preparing->is_open = false;
        enum mote_error error = mote_store_commit(store, &preparing->package);
        if (error != MOTE_ERROR_NONE) {
            mote_app_fail(diag, error, NULL);
            return false;
        }
    }
    const struct mote_store_record *package = &preparing->package;
    enum mote_error error = mote_store_begin(store, MOTE_STORE_PREPARED, package->name, package->sequence, preparing->bytes, NULL, &at);
    if (error != MOTE_ERROR_NONE) {
        remember(preparing, "no room for what is prepared of it: it runs from RAM");
        return false;
    }
    preparing->is_writing = true;
    return begin_pass(preparing, diag) == MOTE_ERROR_NONE;
}

/* The block is complete. */
static void commit(struct mote_app_preparing *preparing, struct mote_diag *diag)
{
    struct mote_store_record record;
    preparing->is_writing = false;
    enum mote_error error = mote_store_commit(preparing->app->store, &record);
    if (error != MOTE_ERROR_NONE) {
        mote_app_fail(diag, error, NULL);
    }
}

/* One function, and what comes when it was the last. True when everything is over. */
static bool advance(struct mote_app_preparing *preparing, struct mote_diag *diag)
{
    enum mote_error error = mote_prepare_step(preparing->prepare, &preparing->left, diag);
    preparing->functions = preparing->functions ? preparing->functions : preparing->left + 1;
    if (error != MOTE_ERROR_NONE) {
        return true;
    }
    if (preparing->left > 0) {
        return false;
    }
    if (!preparing->is_writing) {
        return !begin_writing(preparing, diag);
    }
    commit(preparing, diag);
    return true;
}

bool mote_app_preparing_step(struct mote_app *app, struct mote_diag *diag)
{
    struct mote_app_preparing *preparing = app->preparing;
    uint32_t start_ms = mote_app_now_ms();
    mote_diag_init(diag);
    do {
        if (advance(preparing, diag)) {
            if (!diag->error) {
                struct mote_text text = mote_text_begin(diag->message, sizeof diag->message);
                mote_text_string(&text, preparing->message);
            }
            mote_app_preparing_end(app);
            return true;
        }
    } while (mote_app_now_ms() - start_ms < ROUND_MS);
    return false;
}

void mote_app_preparing_progress(struct mote_app *app, uint32_t *functions, uint32_t *prepared)
{
    const struct mote_app_preparing *preparing = app->preparing;
    if (preparing) {
        *functions = preparing->functions;
        *prepared = preparing->is_writing ? preparing->functions - preparing->left : 0;
    }
}

uint32_t mote_app_preparing_package(struct mote_app *app)
{
    return app->preparing ? app->preparing->package.sequence : 0;
}
