/* Group 64: packages and uploads, the table of the group's commands, and its errors. */
#include "shell/smp_module.h"

#include "base/bits.h"
#include "base/text.h"
#include "shell/words.h"

/* ---- Errors ------------------------------------------------------------------------------------------------------ */

unsigned mote_smp_rc(enum mote_error error)
{
    static const struct {
        uint8_t error, rc;
    } rows[] = {
        {MOTE_ERROR_NONE, 0},
        {MOTE_ERROR_INVALID_ARGUMENT, MOTE_RC_MALFORMED},
        {MOTE_ERROR_NOT_FOUND, MOTE_RC_NOT_FOUND},
        {MOTE_ERROR_BUSY, MOTE_RC_IN_USE},
        {MOTE_ERROR_NO_STORE, MOTE_RC_NO_ROOM},
        {MOTE_ERROR_STORE_FULL, MOTE_RC_NO_ROOM},
        {MOTE_ERROR_NO_MEMORY, MOTE_RC_NO_MEMORY},
        {MOTE_ERROR_HASH_MISMATCH, MOTE_RC_DAMAGED},
        {MOTE_ERROR_WRITE_FAILED, MOTE_RC_FLASH_FAILED},
        {MOTE_ERROR_FLASH_FAILED, MOTE_RC_FLASH_FAILED},
        {MOTE_ERROR_TOO_MANY, MOTE_RC_TOO_MANY},
        {MOTE_ERROR_BAD_MANIFEST, MOTE_RC_BAD_NAME},
        {MOTE_ERROR_BAD_NAME, MOTE_RC_BAD_NAME},
        {MOTE_ERROR_DENIED, MOTE_RC_DENIED},
        {MOTE_ERROR_UPLOADING, MOTE_RC_UPLOADING},
        {MOTE_ERROR_TRAPPED, MOTE_RC_UNKNOWN},
    };
    for (unsigned i = 0; i < MOTE_COUNT(rows); i++) {
        if (rows[i].error == error) {
            return rows[i].rc;
        }
    }
    return MOTE_RC_NOT_ACCEPTED; /* what can be wrong with a module */
}

int mote_smp_refuse(struct mote_smp *smp, unsigned rc, const char *why)
{
    struct mote_text text = mote_text_begin(smp->diag.message, sizeof smp->diag.message);
    mote_text_string(&text, why);
    return (int)rc;
}

int mote_smp_result(struct mote_smp *smp, enum mote_error error)
{
    if (error != MOTE_ERROR_NONE && !smp->diag.message[0]) {
        mote_smp_refuse(smp, 0, mote_error_text(error));
    }
    return (int)mote_smp_rc(error);
}

int mote_smp_malformed(struct mote_smp *smp)
{
    return mote_smp_refuse(smp, MOTE_RC_MALFORMED, "the request is malformed");
}

int mote_smp_take_name(struct mote_smp *smp, const struct mote_cbor_item *body, char name[MOTE_STORE_NAME_BYTES])
{
    if (mote_cbor_find_text(body, "name", name, MOTE_STORE_NAME_BYTES)) {
        return 0;
    }
    bool is_text = mote_cbor_find(body, "name").kind == MOTE_CBOR_TEXT;
    return is_text ? mote_smp_result(smp, MOTE_ERROR_BAD_NAME) : mote_smp_malformed(smp);
}

#define NEXT_BYTES 12 /* what comes behind the last entry of a list */

int mote_smp_put_list(struct mote_smp *smp, const struct mote_cbor_item *body, const char *key,
                      bool (*put)(struct mote_smp *smp, void *user, uint32_t i), void *user)
{
    uint32_t i;
    if (!mote_smp_find_u32(body, "from", 0, &i)) {
        return mote_smp_malformed(smp);
    }
    mote_cbor_put_text(&smp->out, key);
    mote_cbor_begin_list(&smp->out);
    struct mote_cbor_writer before = smp->out;
    while (put(smp, user, i)) {
        if (smp->out.is_full || smp->out.end - smp->out.at < NEXT_BYTES) {
            smp->out = before;
            mote_smp_put(smp, "]next=u", i);
            return 0;
        }
        before = smp->out;
        i++;
    }
    mote_cbor_end(&smp->out);
    return 0;
}

/* ---- Packages ---------------------------------------------------------------------------------------------------- */

static bool put_package(struct mote_smp *smp, void *user, uint32_t i)
{
    (void)user;
    struct mote_app_package package;
    if (!mote_app_package(smp->app, i, &package)) {
        return false;
    }
    mote_smp_put(smp, "{n=s v=s size=u sha=B engine=s auto=b off=b", package.name, package.version, package.size_bytes, package.sha256,
                 (uint32_t)8, package.engine, package.is_autostarted, package.is_disabled);
    if (package.has_previous) {
        mote_smp_put(smp, "prev=s", package.previous_version);
    }
    mote_smp_put(smp, "}");
    return true;
}

static int list_packages(struct mote_smp *smp, const struct mote_cbor_item *body)
{
    return mote_smp_put_list(smp, body, "packages", put_package, NULL);
}

static int change_package(struct mote_smp *smp, const struct mote_cbor_item *body,
                          enum mote_error (*change)(struct mote_app *app, const char *name))
{
    char name[MOTE_STORE_NAME_BYTES];
    int result = mote_smp_take_name(smp, body, name);
    return result ? result : mote_smp_result(smp, change(smp->app, name));
}

static int remove_package(struct mote_smp *smp, const struct mote_cbor_item *body)
{
    return change_package(smp, body, mote_app_remove);
}

static int roll_back(struct mote_smp *smp, const struct mote_cbor_item *body)
{
    return change_package(smp, body, mote_app_rollback);
}

static int enable(struct mote_smp *smp, const struct mote_cbor_item *body)
{
    char name[MOTE_STORE_NAME_BYTES];
    bool is_on;
    if (!mote_cbor_find_bool(body, "on", &is_on)) {
        return mote_smp_malformed(smp);
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
    if (!mote_smp_find_u32(body, "len", 0, &upload.size_bytes) || !mote_cbor_find_bytes(body, "sha", &sha, &size) ||
        size != sizeof upload.sha256) {
        return mote_smp_malformed(smp);
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

/* Bytes that come too early, or that belong to an upload of which this device knows nothing (any more), are answered with where to go on. */
static int upload(struct mote_smp *smp, const struct mote_cbor_item *body)
{
    uint32_t offset, at = 0;
    const uint8_t *data;
    size_t size;
    if (!mote_smp_find_u32(body, "off", UINT32_MAX, &offset) || !mote_cbor_find_bytes(body, "data", &data, &size)) {
        return mote_smp_malformed(smp);
    }
    int result = offset == 0 ? begin_upload(smp, body, &at) : 0;
    struct mote_app_upload_state state;
    mote_app_upload_state(smp->app, &state);
    bool is_wanted = offset == 0 ? state.phase == MOTE_UPLOAD_RECEIVING : state.phase != MOTE_UPLOAD_NONE;
    if (result == 0 && is_wanted) {
        enum mote_error error = mote_app_upload_data(smp->app, offset, data, (uint32_t)size, &at, &smp->diag);
        bool is_early = error == MOTE_ERROR_INVALID_ARGUMENT && offset > at;
        result = is_early ? 0 : mote_smp_result(smp, error);
    }
    mote_smp_put(smp, "off=u", at);
    return result;
}

static int tell_upload(struct mote_smp *smp, const struct mote_cbor_item *body)
{
    (void)body;
    struct mote_app_upload_state state;
    mote_app_upload_state(smp->app, &state);
    mote_smp_put(smp, "state=s off=u len=u done=u of=u name=t", mote_upload_word(state.phase), state.at, state.upload.size_bytes, state.prepared,
                 state.functions, state.upload.name);
    bool has_failed = state.phase == MOTE_UPLOAD_FAILED;
    if (has_failed || state.phase == MOTE_UPLOAD_DONE) {
        mote_smp_put(smp, "msg=t", state.diag.message);
    }
    if (has_failed) {
        mote_smp_put(smp, "rc=u", mote_smp_rc(state.diag.error));
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
