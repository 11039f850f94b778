/* Preparing a module (mote_prepare), a few functions a round, in two passes: the first only counts the bytes, which also finds everything that is wrong
   with the module while nothing depends on it yet; the second writes them, into flash or RAM. */
#include "app/app_state.h"
#include "base/bits.h"
#include "base/diag.h"
#include "base/text.h"

#define ROUND_MS 10

struct mote_app_preparing {
    struct mote_app *app;
    struct mote_app_ram *ram; /* the module is in RAM; NULL: it is this package */
    struct mote_store_record package;
    const uint8_t *module;
    uint32_t module_bytes;
    struct mote_runtime *runtime;
    struct mote_prepare *prepare;
    uint32_t bytes;     /* of the block, counted in the first pass */
    uint32_t written;   /* to RAM */
    uint32_t functions; /* 0: not known yet */
    uint32_t left;      /* of this pass */
    bool is_open;       /* the package's record is not committed yet: that happens after the first pass */
    bool is_writing;    /* second pass: a PREPARED record is open */
    bool is_over;
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
    struct mote_app_ram *ram = preparing->ram;
    if (!ram) {
        return mote_store_append(preparing->app->store, data, (uint32_t)size) == MOTE_ERROR_NONE;
    }
    if (size > preparing->bytes - preparing->written) {
        return false;
    }
    memcpy(ram->prepared + preparing->written, data, size);
    preparing->written += (uint32_t)size;
    return true;
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
        .bytes = preparing->module,
        .size_bytes = preparing->module_bytes,
        .write = preparing->is_writing ? write_bytes : count_bytes,
        .user = preparing,
    };
    error = mote_prepare_new(&what, &preparing->prepare, diag);
    if (error == MOTE_ERROR_NONE && diag->message[0]) {
        remember(preparing, diag->message);
    }
    return error;
}

/* `what` names the module; it is copied. */
static enum mote_error begin(struct mote_app *app, const struct mote_app_preparing *what, struct mote_diag *diag)
{
    mote_diag_init(diag);
    struct mote_app_preparing *preparing = mote_app_alloc(app, sizeof *preparing);
    if (!preparing) {
        if (what->is_open) {
            mote_store_abort(app->store);
        }
        return mote_app_fail(diag, MOTE_ERROR_NO_MEMORY, NULL);
    }
    *preparing = *what;
    preparing->app = app;
    app->preparing = preparing;
    if (preparing->ram) {
        mote_app_hold_ram(preparing->ram);
    }
    enum mote_error error = begin_pass(preparing, diag);
    if (error != MOTE_ERROR_NONE) {
        mote_app_preparing_end(app);
    }
    return error;
}

enum mote_error mote_app_preparing_begin(struct mote_app *app, const struct mote_store_record *package, bool is_open,
                                         struct mote_diag *diag)
{
    struct mote_app_preparing what = {
        .package = *package, .module = package->data, .module_bytes = package->size, .is_open = is_open,
    };
    return begin(app, &what, diag);
}

enum mote_error mote_app_preparing_begin_ram(struct mote_app *app, struct mote_app_ram *ram, struct mote_diag *diag)
{
    struct mote_app_preparing what = {.ram = ram, .module = ram->bytes, .module_bytes = ram->size_bytes};
    return begin(app, &what, diag);
}

static void forget_block(struct mote_app *app, struct mote_app_ram *ram)
{
    mote_app_release(app, ram->prepared, ram->prepared_bytes);
    ram->prepared = NULL;
}

void mote_app_preparing_end(struct mote_app *app)
{
    struct mote_app_preparing *preparing = app->preparing;
    if (!preparing) {
        return;
    }
    end_pass(preparing);
    if (preparing->is_open || (preparing->is_writing && !preparing->ram)) {
        mote_store_abort(app->store);
    } else if (preparing->is_writing) {
        forget_block(app, preparing->ram);
    }
    mote_app_drop_ram(app, preparing->ram);
    mote_app_release(app, preparing, sizeof *preparing);
    app->preparing = NULL;
}

/* Finds room for the block. */
static bool open_block(struct mote_app_preparing *preparing)
{
    const struct mote_store_record *package = &preparing->package;
    struct mote_app_ram *ram = preparing->ram;
    uint32_t at;
    if (!ram) {
        return mote_store_begin(preparing->app->store, MOTE_STORE_PREPARED, package->name, package->sequence, preparing->bytes, NULL,
                                &at) == MOTE_ERROR_NONE;
    }
    ram->prepared = mote_app_alloc(preparing->app, preparing->bytes);
    ram->prepared_bytes = preparing->bytes;
    return ram->prepared != NULL;
}

/* Between the passes: a package counts from here on, whatever becomes of the block. True when there is a second pass. */
static bool begin_writing(struct mote_app_preparing *preparing, struct mote_diag *diag)
{
    end_pass(preparing);
    if (preparing->is_open) {
        preparing->is_open = false;
        enum mote_error error = mote_store_commit(preparing->app->store, &preparing->package);
        if (error != MOTE_ERROR_NONE) {
            mote_app_fail(diag, error, NULL);
            return false;
        }
    }
    if (!open_block(preparing)) {
        remember(preparing, "no room for what is prepared of it: each start does it again");
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
    enum mote_error error = preparing->ram ? MOTE_ERROR_NONE : mote_store_commit(preparing->app->store, &record);
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
            preparing->is_over = true;
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
        *prepared = preparing->is_writing || preparing->is_over ? preparing->functions - preparing->left : 0;
    }
}

uint32_t mote_app_preparing_package(struct mote_app *app)
{
    return app->preparing ? app->preparing->package.sequence : 0;
}
