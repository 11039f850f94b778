/* Receiving modules, one at a time: into flash, where what was received of a broken-off upload waits to be completed, or into RAM. */
#include "app/app_state.h"
#include "base/bits.h"
#include "base/diag.h"
#include "base/text.h"

#define SILENCE 10 /* times the first delay of restarts: then whoever sent is gone */

struct mote_app_receiving {
    struct mote_app_upload_state state;
    struct mote_sha256 sha;   /* to RAM: of what has come */
    struct mote_app_ram *ram; /* to RAM: until it is complete */
    const uint8_t *bytes;     /* to flash: the module while it is prepared */
    uint32_t touched_ms;      /* when bytes came last */
};

static bool is_in_phase(struct mote_app *app, enum mote_app_upload_phase phase)
{
    return app->receiving && app->receiving->state.phase == phase;
}

bool mote_app_upload_is_busy(struct mote_app *app)
{
    return (is_in_phase(app, MOTE_UPLOAD_RECEIVING) && !app->receiving->ram) || is_in_phase(app, MOTE_UPLOAD_PREPARING);
}

void mote_app_upload_cancel(struct mote_app *app)
{
    struct mote_app_receiving *receiving = app->receiving;
    if (!receiving) {
        return;
    }
    if (receiving->ram) {
        mote_app_drop_ram(app, receiving->ram);
        receiving->ram = NULL;
    } else if (receiving->state.phase == MOTE_UPLOAD_RECEIVING) {
        mote_store_abort(app->store);
    } else if (receiving->state.phase == MOTE_UPLOAD_PREPARING) {
        mote_app_preparing_end(app);
    }
    receiving->state.phase = MOTE_UPLOAD_NONE;
}

void mote_app_upload_free(struct mote_app *app)
{
    mote_app_upload_cancel(app);
    if (app->receiving) {
        mote_app_release(app, app->receiving, sizeof *app->receiving);
        app->receiving = NULL;
    }
}

/* A module in RAM that is no good is not kept. */
static void drop_bad(struct mote_app *app)
{
    if (app->receiving->state.upload.to_ram) {
        mote_app_drop_ram(app, app->ram);
        app->ram = NULL;
    }
}

/* Ends the upload with an error, which it gives. */
static enum mote_error fail(struct mote_app *app, enum mote_error error, struct mote_diag *diag)
{
    mote_app_upload_cancel(app);
    drop_bad(app);
    app->receiving->state.phase = MOTE_UPLOAD_FAILED;
    app->receiving->state.diag = *diag;
    return error;
}

void mote_app_interrupt_preparing(struct mote_app *app)
{
    if (app->preparing) {
        mote_app_preparing_end(app);
        mote_app_look_again(app);
    }
}

/* ---- The beginning ----------------------------------------------------------------------------------------------- */

/* Runs of the module before this one keep it. */
static enum mote_error begin_ram(struct mote_app *app, struct mote_app_receiving *receiving, struct mote_diag *diag)
{
    const struct mote_app_upload *upload = &receiving->state.upload;
    mote_app_drop_ram(app, app->ram);
    app->ram = NULL;
    struct mote_app_ram *ram;
    do {
        ram = upload->size_bytes < INT32_MAX ? mote_app_alloc(app, sizeof *ram + upload->size_bytes) : NULL;
    } while (!ram && mote_app_forget_oldest(app));
    if (!ram) {
        return mote_app_fail(diag, MOTE_ERROR_NO_MEMORY, "the module is larger than the RAM that is free; install it");
    }
    ram->holds = 1;
    ram->size_bytes = upload->size_bytes;
    memcpy(ram->name, upload->name, sizeof ram->name);
    memcpy(ram->sha256, upload->sha256, sizeof ram->sha256);
    mote_sha256_init(&receiving->sha);
    receiving->ram = ram;
    return MOTE_ERROR_NONE;
}

static enum mote_error begin_store(struct mote_app *app, struct mote_app_receiving *receiving, struct mote_diag *diag)
{
    const struct mote_app_upload *upload = &receiving->state.upload;
    if (!app->store) {
        return mote_app_fail(diag, MOTE_ERROR_NO_STORE, NULL);
    }
    mote_app_interrupt_preparing(app);
    enum mote_error error = mote_store_begin(app->store, MOTE_STORE_PACKAGE, upload->name, 0, upload->size_bytes, upload->sha256,
                                             &receiving->state.at);
    return error == MOTE_ERROR_NONE ? error : mote_app_fail(diag, error, NULL);
}

static enum mote_error complete(struct mote_app *app, struct mote_diag *diag);

enum mote_error mote_app_upload_begin(struct mote_app *app, const struct mote_app_upload *upload, uint32_t *at, struct mote_diag *diag)
{
    mote_diag_init(diag);
    *at = 0;
    mote_app_upload_cancel(app);
    if (!app->receiving) {
        app->receiving = mote_app_alloc(app, sizeof *app->receiving);
    }
    struct mote_app_receiving *receiving = app->receiving;
    if (!receiving) {
        return mote_app_fail(diag, MOTE_ERROR_NO_MEMORY, NULL);
    }
    if (upload->size_bytes == 0) {
        return mote_app_fail(diag, MOTE_ERROR_INVALID_ARGUMENT, "there is nothing to upload");
    }
    receiving->state = (struct mote_app_upload_state){.upload = *upload};
    enum mote_error error = upload->to_ram ? begin_ram(app, receiving, diag) : begin_store(app, receiving, diag);
    if (error != MOTE_ERROR_NONE) {
        return fail(app, error, diag);
    }
    receiving->state.phase = MOTE_UPLOAD_RECEIVING;
    receiving->touched_ms = mote_app_now_ms();
    *at = receiving->state.at;
    return *at == upload->size_bytes ? complete(app, diag) : MOTE_ERROR_NONE;
}

/* ---- The bytes --------------------------------------------------------------------------------------------------- */

static enum mote_error take_bytes(struct mote_app *app, struct mote_app_receiving *receiving, const void *data, uint32_t size)
{
    if (!receiving->ram) {
        return mote_store_append(app->store, data, size);
    }
    memcpy(receiving->ram->bytes + receiving->state.at, data, size);
    mote_sha256_add(&receiving->sha, data, size);
    return MOTE_ERROR_NONE;
}

enum mote_error mote_app_upload_data(struct mote_app *app, uint32_t offset, const void *data, uint32_t size, uint32_t *at,
                                     struct mote_diag *diag)
{
    struct mote_app_receiving *receiving = app->receiving;
    mote_diag_init(diag);
    *at = receiving ? receiving->state.at : 0;
    if (!receiving || receiving->state.phase == MOTE_UPLOAD_NONE) {
        return mote_app_fail(diag, MOTE_ERROR_NOT_FOUND, "no upload has begun");
    }
    if (receiving->state.phase == MOTE_UPLOAD_FAILED) {
        *diag = receiving->state.diag;
        return diag->error;
    }
    if (offset > *at || size > receiving->state.upload.size_bytes - offset) {
        return mote_app_fail(diag, MOTE_ERROR_INVALID_ARGUMENT, offset > *at ? "bytes are missing before these" : "more bytes than announced");
    }
    receiving->touched_ms = mote_app_now_ms();
    uint32_t known = *at - offset;
    if (known >= size) {
        return MOTE_ERROR_NONE;
    }
    enum mote_error error = take_bytes(app, receiving, (const uint8_t *)data + known, size - known);
    if (error != MOTE_ERROR_NONE) {
        mote_app_fail(diag, error, NULL);
        return fail(app, error, diag);
    }
    *at = receiving->state.at += size - known;
    return *at == receiving->state.upload.size_bytes ? complete(app, diag) : MOTE_ERROR_NONE;
}

/* ---- The end ----------------------------------------------------------------------------------------------------- */

static enum mote_error complete_ram(struct mote_app *app, struct mote_app_receiving *receiving, struct mote_diag *diag)
{
    uint8_t digest[MOTE_SHA256_BYTES];
    struct mote_manifest manifest;
    struct mote_app_ram *ram = receiving->ram;
    mote_sha256_end(&receiving->sha, digest);
    if (memcmp(digest, ram->sha256, sizeof digest) != 0) {
        return mote_app_fail(diag, MOTE_ERROR_HASH_MISMATCH, NULL);
    }
    enum mote_error error = mote_manifest_read(ram->bytes, ram->size_bytes, &manifest, diag);
    if (error != MOTE_ERROR_NONE) {
        return error;
    }
    if (!ram->name[0]) {
        const char *name = manifest.name[0] ? manifest.name : "module";
        memcpy(ram->name, name, mote_string_length(name) + 1);
    }
    app->ram = ram;
    receiving->ram = NULL;
    receiving->bytes = ram->bytes;
    mote_app_interrupt_preparing(app);
    receiving->state.phase = MOTE_UPLOAD_PREPARING;
    return mote_app_preparing_begin_ram(app, ram, diag);
}

/* A module that is no good may only have been damaged on its way. */
static void check_hash(const struct mote_app_receiving *receiving, struct mote_diag *diag)
{
    uint8_t digest[MOTE_SHA256_BYTES];
    struct mote_sha256 sha;
    mote_sha256_init(&sha);
    mote_sha256_add(&sha, receiving->bytes, receiving->state.upload.size_bytes);
    mote_sha256_end(&sha, digest);
    if (memcmp(digest, receiving->state.upload.sha256, sizeof digest) != 0) {
        mote_diag_init(diag);
        mote_app_fail(diag, MOTE_ERROR_HASH_MISMATCH, NULL);
    }
}

static enum mote_error complete_store(struct mote_app *app, struct mote_app_receiving *receiving, struct mote_diag *diag)
{
    struct mote_store_record record;
    struct mote_manifest manifest;
    enum mote_error error = mote_store_flush(app->store, &record);
    if (error != MOTE_ERROR_NONE) {
        return mote_app_fail(diag, error, NULL);
    }
    receiving->bytes = record.data;
    error = mote_manifest_read(record.data, record.size, &manifest, diag);
    if (error == MOTE_ERROR_NONE) {
        receiving->state.phase = MOTE_UPLOAD_PREPARING;
        error = mote_app_preparing_begin(app, &record, true, diag);
    }
    if (error != MOTE_ERROR_NONE) {
        check_hash(receiving, diag);
    }
    return diag->error;
}

static enum mote_error complete(struct mote_app *app, struct mote_diag *diag)
{
    struct mote_app_receiving *receiving = app->receiving;
    enum mote_error error = receiving->ram ? complete_ram(app, receiving, diag) : complete_store(app, receiving, diag);
    return error == MOTE_ERROR_NONE ? error : fail(app, error, diag);
}

void mote_app_upload_step(struct mote_app *app)
{
    struct mote_diag diag;
    if (is_in_phase(app, MOTE_UPLOAD_RECEIVING) && mote_app_now_ms() - app->receiving->touched_ms >= SILENCE * app->options.restart_ms) {
        mote_app_upload_cancel(app); /* what came into flash waits there */
    }
    if (!is_in_phase(app, MOTE_UPLOAD_PREPARING)) {
        return;
    }
    struct mote_app_upload_state *state = &app->receiving->state;
    bool is_over = mote_app_preparing_step(app, &diag);
    mote_app_preparing_progress(app, &state->functions, &state->prepared);
    if (!is_over) {
        return;
    }
    mote_app_preparing_end(app);
    if (diag.error) {
        check_hash(app->receiving, &diag);
        drop_bad(app);
    }
    state->phase = diag.error ? MOTE_UPLOAD_FAILED : MOTE_UPLOAD_DONE;
    state->diag = diag;
    if (!diag.error && !state->upload.to_ram) { /* another version, another chance */
        mote_app_forgive(app, state->upload.name, false);
        if (mote_app_note(app, state->upload.name) == MOTE_NOTE_FAILED) {
            mote_app_set_note(app, state->upload.name, MOTE_NOTE_NONE);
        }
    }
}

void mote_app_upload_state(struct mote_app *app, struct mote_app_upload_state *state)
{
    *state = (struct mote_app_upload_state){.phase = MOTE_UPLOAD_NONE};
    if (app->receiving) {
        *state = app->receiving->state;
        mote_app_preparing_progress(app, &state->functions, &state->prepared);
    }
}
