/* Notes about names, in flash: a byte that says whether a package starts by itself, other than its manifest does. */
#include "app/app_state.h"

enum mote_app_note mote_app_note(struct mote_app *app, const char *name)
{
    struct mote_store_record record;
    bool is_there = app->store && mote_store_find(app->store, MOTE_STORE_NOTE, name, 0, &record) && record.size > 0;
    return is_there && record.data[0] <= MOTE_NOTE_FAILED ? (enum mote_app_note)record.data[0] : MOTE_NOTE_NONE;
}

enum mote_error mote_app_set_note(struct mote_app *app, const char *name, enum mote_app_note note)
{
    if (!app->store || mote_app_note(app, name) == note) {
        return app->store ? MOTE_ERROR_NONE : MOTE_ERROR_NO_STORE;
    }
    uint8_t byte = (uint8_t)note;
    uint32_t at;
    struct mote_store_record record;
    enum mote_error error = mote_store_begin(app->store, MOTE_STORE_NOTE, name, 0, sizeof byte, NULL, &at);
    if (error != MOTE_ERROR_NONE) {
        return error;
    }
    error = mote_store_append(app->store, &byte, sizeof byte);
    if (error == MOTE_ERROR_NONE) {
        error = mote_store_commit(app->store, &record);
    } else {
        mote_store_abort(app->store);
    }
    return error;
}
