/* Packages: the list of them, and what is done to them besides running. */
#include "app/app_state.h"
#include "base/bits.h"
#include "runtime/prepared.h"

/* ---- The module in RAM ------------------------------------------------------------------------------------------- */

void mote_app_hold_ram(struct mote_app_ram *ram)
{
    ram->holds++;
}

void mote_app_drop_ram(struct mote_app *app, struct mote_app_ram *ram)
{
    if (ram && --ram->holds == 0) {
        if (ram->prepared) {
            mote_app_release(app, ram->prepared, ram->prepared_bytes);
        }
        mote_app_release(app, ram, sizeof *ram + ram->size_bytes);
    }
}

/* ---- Packages in the store --------------------------------------------------------------------------------------- */

/* A block ends with what made it. */
static const struct mote_prepared_end *prepared_end(const uint8_t *prepared, uint32_t size)
{
    const struct mote_prepared_end *end = NULL;
    if (size >= sizeof *end) {
        end = (const void *)(prepared + size - sizeof *end);
    }
    return end;
}

static bool is_current(const struct mote_store_record *prepared)
{
    const struct mote_prepared_end *end = prepared_end(prepared->data, prepared->size);
    uint64_t build = mote_build_id();
    return end && end->magic == MOTE_PREPARED_MAGIC && end->build[0] == (uint32_t)build && end->build[1] == (uint32_t)(build >> 32);
}

/* Fills in the source whose package is known, with what is prepared of it if this build made that. */
static void complete(struct mote_app *app, struct mote_app_source *source)
{
    struct mote_store_record prepared;
    source->name = source->package.name;
    source->bytes = source->package.data;
    source->size_bytes = source->package.size;
    source->sha256 = source->package.sha256;
    if (mote_store_find_prepared(app->store, source->package.sequence, &prepared) && is_current(&prepared)) {
        source->prepared = prepared.data;
        source->prepared_bytes = prepared.size;
        source->prepared_record = prepared.sequence;
    }
}

enum mote_error mote_app_find_package(struct mote_app *app, const char *name, struct mote_app_source *source)
{
    *source = (struct mote_app_source){.ram = NULL};
    if (!app->store) {
        return MOTE_ERROR_NO_STORE;
    }
    if (!mote_store_find(app->store, MOTE_STORE_PACKAGE, name, 0, &source->package)) {
        return MOTE_ERROR_NOT_FOUND;
    }
    complete(app, source);
    return MOTE_ERROR_NONE;
}

enum mote_error mote_app_check_package(struct mote_app *app, struct mote_app_source *source)
{
    struct mote_store_record prepared;
    if (source->prepared && !(mote_store_find_prepared(app->store, source->package.sequence, &prepared) &&
                              mote_store_is_intact(app->store, &prepared))) {
        source->prepared = NULL;
    }
    return mote_store_is_intact(app->store, &source->package) ? MOTE_ERROR_NONE : MOTE_ERROR_HASH_MISMATCH;
}

static void tell_previous(struct mote_app *app, struct mote_app_package *package)
{
    struct mote_store_record record;
    struct mote_manifest manifest;
    package->has_previous = mote_store_find(app->store, MOTE_STORE_PACKAGE, package->name, 1, &record);
    if (package->has_previous && mote_manifest_read(record.data, record.size, &manifest, NULL) == MOTE_ERROR_NONE) {
        memcpy(package->previous_version, manifest.version, sizeof manifest.version);
    }
}

static const char *engine_of(const struct mote_app_source *source)
{
    if (!source->prepared) {
        return "";
    }
    return prepared_end(source->prepared, source->prepared_bytes)->is_translated ? "interpreter" : "native";
}

bool mote_app_package(struct mote_app *app, uint32_t i, struct mote_app_package *package)
{
    struct mote_app_source source = {.ram = NULL};
    struct mote_manifest manifest;
    if (!app->store || !mote_store_next(app->store, MOTE_STORE_PACKAGE, i, &source.package)) {
        return false;
    }
    complete(app, &source);
    mote_manifest_read(source.bytes, source.size_bytes, &manifest, NULL);
    enum mote_app_note note = mote_app_is_given_up(app, source.name) ? MOTE_NOTE_FAILED : mote_app_note(app, source.name);
    *package = (struct mote_app_package){
        .size_bytes = source.size_bytes,
        .engine = engine_of(&source),
        .is_autostarted = note == MOTE_NOTE_ON || (note == MOTE_NOTE_NONE && manifest.is_autostarted),
        .is_disabled = note == MOTE_NOTE_FAILED,
    };
    memcpy(package->name, source.package.name, sizeof package->name);
    memcpy(package->version, manifest.version, sizeof package->version);
    memcpy(package->sha256, source.sha256, sizeof package->sha256);
    tell_previous(app, package);
    return true;
}

/* NONE when a package is there, and the store free for a change of it. */
static enum mote_error begin_change(struct mote_app *app, const char *name)
{
    struct mote_app_source source;
    enum mote_error error = mote_app_find_package(app, name, &source);
    if (error != MOTE_ERROR_NONE) {
        return error;
    }
    if (mote_app_upload_is_busy(app)) {
        return MOTE_ERROR_UPLOADING;
    }
    mote_app_interrupt_preparing(app);
    return MOTE_ERROR_NONE;
}

/* The same, and it does not run. */
static enum mote_error check_idle(struct mote_app *app, const char *name)
{
    enum mote_error error = begin_change(app, name);
    return error == MOTE_ERROR_NONE && mote_app_runs_package(app, name) ? MOTE_ERROR_BUSY : error;
}

enum mote_error mote_app_remove(struct mote_app *app, const char *name)
{
    enum mote_error error = check_idle(app, name);
    error = error ? error : mote_store_remove(app->store, name);
    if (error == MOTE_ERROR_NONE) {
        mote_app_forgive(app, name, true);
    }
    return error;
}

/* What is prepared of the one before is still there, unless the firmware has changed: then it is looked at again. */
enum mote_error mote_app_rollback(struct mote_app *app, const char *name)
{
    enum mote_error error = check_idle(app, name);
    if (error == MOTE_ERROR_NONE) {
        error = mote_store_rollback(app->store, name);
    }
    if (error == MOTE_ERROR_NONE) {
        mote_app_look_again(app);
    }
    return error;
}

enum mote_error mote_app_enable(struct mote_app *app, const char *name, bool is_enabled)
{
    enum mote_error error = begin_change(app, name);
    error = error ? error : mote_app_set_note(app, name, is_enabled ? MOTE_NOTE_ON : MOTE_NOTE_OFF);
    if (error == MOTE_ERROR_NONE) {
        mote_app_forgive(app, name, false);
    }
    return error;
}
