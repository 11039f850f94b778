/* Group 64: packages and uploads, the table of the group's commands, and its errors. */
#include "shell/smp_module.h"

#include "base/bits.h"
#include "base/text.h"
#include "shell/words.h"

/* ---- Errors ------------------------------------------------------------------------------------------------------ */

int mote_smp_rc(enum mote_error error)
{
    switch (error) {
    case MOTE_ERROR_NONE: return 0;
    case MOTE_ERROR_INVALID_ARGUMENT: return MOTE_RC_MALFORMED;
    case MOTE_ERROR_NOT_FOUND: return MOTE_RC_NOT_FOUND;
    case MOTE_ERROR_BUSY: return MOTE_RC_IN_USE;
    case MOTE_ERROR_NO_STORE:
    case MOTE_ERROR_STORE_FULL: return MOTE_RC_NO_ROOM;
    case MOTE_ERROR_NO_MEMORY: return MOTE_RC_NO_MEMORY;
    case MOTE_ERROR_HASH_MISMATCH: return MOTE_RC_DAMAGED;
    case MOTE_ERROR_WRITE_FAILED:
    case MOTE_ERROR_FLASH_FAILED: return MOTE_RC_FLASH_FAILED;
    case MOTE_ERROR_TOO_MANY: return MOTE_RC_TOO_MANY;
    case MOTE_ERROR_BAD_MANIFEST:
    case MOTE_ERROR_BAD_NAME: return MOTE_RC_BAD_NAME;
    case MOTE_ERROR_DENIED: return MOTE_RC_DENIED;
    case MOTE_ERROR_TRAPPED:
    case MOTE_ERROR_STALE_PREPARED: return MOTE_RC_UNKNOWN;
    default: return MOTE_RC_NOT_ACCEPTED; /* what can be wrong with a module */
    }
}

int mote_smp_refuse(struct mote_smp *smp, enum mote_module_rc rc, const char *why)
{
    struct mote_text text = mote_text_begin(smp->diag.message, sizeof smp->diag.message);
    mote_text_string(&text, why);
    return (int)rc;
}

int mote_smp_result(struct mote_smp *smp, enum mote_error error)
{
    if (error != MOTE_ERROR_NONE && !smp->diag.message[0]) {
        mote_smp_refuse(smp, MOTE_RC_UNKNOWN, mote_error_text(error));
    }
    return mote_smp_rc(error);
}

int mote_smp_take_name(struct mote_smp *smp, const struct mote_cbor_item *body, char name[MOTE_STORE_NAME_BYTES])
{
    if (mote_cbor_find(body, "name").kind != MOTE_CBOR_TEXT) {
        return mote_smp_refuse(smp, MOTE_RC_MALFORMED, "the name is missing");
    }
    bool is_short = mote_cbor_find_text(body, "name", name, MOTE_STORE_NAME_BYTES);
    return is_short ? 0 : mote_smp_result(smp, MOTE_ERROR_BAD_NAME);
}

bool mote_smp_fits(struct mote_smp *smp, const struct mote_cbor_writer *before)
{
    if (!smp->out.is_full && smp->out.end - smp->out.at >= MOTE_SMP_NEXT_BYTES) {
        return true;
    }
    smp->out = *before;
    return false;
}

/* ---- Packages ---------------------------------------------------------------------------------------------------- */

static void put_package(struct mote_smp *smp, const struct mote_app_package *package)
{
    mote_cbor_begin_map(&smp->out);
    mote_smp_put_text(smp, "n", package->name);
    mote_smp_put_text(smp, "v", package->version);
    mote_smp_put_uint(smp, "size", package->size_bytes);
    mote_smp_put_bytes(smp, "sha", package->sha256, 8);
    mote_smp_put_text(smp, "engine", package->engine);
    mote_smp_put_bool(smp, "auto", package->is_autostarted);
    mote_smp_put_bool(smp, "off", package->is_disabled);
    if (package->has_previous) {
        mote_smp_put_text(smp, "prev", package->previous_version);
    }
    mote_cbor_end(&smp->out);
}

static int list_packages(struct mote_smp *smp, const struct mote_cbor_item *body)
{
    struct mote_app_package package;
    uint32_t i;
    if (!mote_smp_find_u32(body, "from", 0, &i)) {
        return mote_smp_refuse(smp, MOTE_RC_MALFORMED, "from is no number");
    }
    bool fits = true;
    mote_cbor_put_text(&smp->out, "packages");
    mote_cbor_begin_list(&smp->out);
    for (; fits && mote_app_package(smp->app, i, &package); i += fits) {
        struct mote_cbor_writer before = smp->out;
        put_package(smp, &package);
        fits = mote_smp_fits(smp, &before);
    }
    mote_cbor_end(&smp->out);
    if (!fits) {
        mote_smp_put_uint(smp, "next", i);
    }
    return 0;
}

static int remove_package(struct mote_smp *smp, const struct mote_cbor_item *body)
{
    char name[MOTE_STORE_NAME_BYTES];
    int result = mote_smp_take_name(smp, body, name);
    return result ? result : mote_smp_result(smp, mote_app_remove(smp->app, name));
}

static int roll_back(struct mote_smp *smp, const struct mote_cbor_item *body)
{
    char name[MOTE_STORE_NAME_BYTES];
    int result = mote_smp_take_name(smp, body, name);
    return result ? result : mote_smp_result(smp, mote_app_rollback(smp->app, name));
}

static int enable(struct mote_smp *smp, const struct mote_cbor_item *body)
{
    char name[MOTE_STORE_NAME_BYTES];
    bool is_on;
    if (!mote_cbor_find_bool(body, "on", &is_on)) {
        return mote_smp_refuse(smp, MOTE_RC_MALFORMED, "on is missing");
    }
    int result = mote_smp_take_name(smp, body, name);
    return result ? result : mote_smp_result(smp, mote_app_enable(smp->app, name, is_on));
}

/* ---- Uploads ----------------------------------------------------------------------------------------------------- */

static int begin_upload(struct mote_smp *smp, const struct mote_cbor_item *body, uint32_t *at)
{
    struct mote_app_upload upload = {.to_ram = false};
    const uint8_t *sha;
    size_t size;
    if (!mote_smp_find_u32(body, "len", UINT32_MAX, &upload.size_bytes) || upload.size_bytes == UINT32_MAX ||
        !mote_cbor_find_bytes(body, "sha", &sha, &size) || size != sizeof upload.sha256) {
        return mote_smp_refuse(smp, MOTE_RC_MALFORMED, "len or sha is missing");
    }
    memcpy(upload.sha256, sha, sizeof upload.sha256);
    mote_cbor_find_bool(body, "ram", &upload.to_ram);
    if (mote_cbor_find(body, "name").kind != MOTE_CBOR_END) {
        int result = mote_smp_take_name(smp, body, upload.name);
        if (result != 0) {
            return result;
        }
    }
    return mote_smp_result(smp, mote_app_upload_begin(smp->app, &upload, at, &smp->diag));
}

static enum mote_app_upload_phase upload_phase(struct mote_smp *smp)
{
    struct mote_app_upload_state state;
    mote_app_upload_state(smp->app, &state);
    return state.phase;
}

/* Bytes that come too early, or that belong to an upload of which this device knows nothing (any more), are answered with where to go on. */
static int upload(struct mote_smp *smp, const struct mote_cbor_item *body)
{
    uint32_t offset, at = 0;
    const uint8_t *data;
    size_t size;
    if (!mote_smp_find_u32(body, "off", UINT32_MAX, &offset) || offset == UINT32_MAX || !mote_cbor_find_bytes(body, "data", &data, &size)) {
        return mote_smp_refuse(smp, MOTE_RC_MALFORMED, "off or data is missing");
    }
    int result = offset == 0 ? begin_upload(smp, body, &at) : 0;
    bool is_told = offset > 0 && upload_phase(smp) == MOTE_UPLOAD_NONE;
    if (result == 0 && !is_told && (offset > 0 || upload_phase(smp) == MOTE_UPLOAD_RECEIVING)) {
        enum mote_error error = mote_app_upload_data(smp->app, offset, data, (uint32_t)size, &at, &smp->diag);
        result = error == MOTE_ERROR_INVALID_ARGUMENT && offset > at ? 0 : mote_smp_result(smp, error);
    }
    mote_smp_put_uint(smp, "off", at);
    return result;
}

static int tell_upload(struct mote_smp *smp, const struct mote_cbor_item *body)
{
    (void)body;
    struct mote_app_upload_state state;
    mote_app_upload_state(smp->app, &state);
    mote_smp_put_text(smp, "state", mote_upload_word(state.phase));
    mote_smp_put_uint(smp, "off", state.at);
    mote_smp_put_uint(smp, "len", state.upload.size_bytes);
    mote_smp_put_uint(smp, "done", state.prepared);
    mote_smp_put_uint(smp, "of", state.functions);
    if (state.upload.name[0]) {
        mote_smp_put_text(smp, "name", state.upload.name);
    }
    bool has_ended = state.phase == MOTE_UPLOAD_FAILED || state.phase == MOTE_UPLOAD_DONE;
    if (has_ended && state.diag.message[0]) {
        mote_smp_put_text(smp, "msg", state.diag.message);
    }
    if (state.phase == MOTE_UPLOAD_FAILED) {
        mote_smp_put_uint(smp, "rc", (unsigned)mote_smp_rc(state.diag.error));
    }
    return 0;
}

static int cancel(struct mote_smp *smp, const struct mote_cbor_item *body)
{
    (void)body;
    mote_app_upload_cancel(smp->app);
    return 0;
}

static const struct mote_smp_command commands[] = {
    {0, false, mote_smp_tell_device},
    {1, false, list_packages},
    {2, true, upload},
    {2, false, tell_upload},
    {3, true, cancel},
    {4, true, remove_package},
    {5, true, roll_back},
    {6, true, enable},
    {7, true, mote_smp_start},
    {8, true, mote_smp_stop},
    {9, false, mote_smp_tell_runs},
    {10, true, mote_smp_stream},
    {11, false, mote_smp_tell_log},
    {12, false, mote_smp_tell_crash},
    {12, true, mote_smp_clear_crash},
    {13, false, mote_smp_tell_directory},
    {13, true, mote_smp_make_directory},
    {14, true, mote_smp_remove_file},
};

const struct mote_smp_group mote_smp_module = {64, MOTE_COUNT(commands), 0, commands, NULL};
