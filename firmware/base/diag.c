/* Failures and the texts of errors; see diag.h. */
#include "base/diag.h"
#include "base/bits.h"
#include "base/text.h"

/* A firmware that does not look into function bodies has no words for what may be wrong with them, nor the core alone for what is wrong
   with a device. */
static const char error_texts[] = {
#define ERROR(name, text) text "\0"
#if ENABLED(CONFIG_WASM_VALIDATE)
#define BODY_ERROR(name, text) text "\0"
#else
#define BODY_ERROR(name, text) "\0"
#endif
#if ENABLED(CONFIG_APP)
#define DEVICE_ERROR(name, text) text "\0"
#else
#define DEVICE_ERROR(name, text) "\0"
#endif
#include "tables/errors.def"
#undef DEVICE_ERROR
#undef BODY_ERROR
#undef ERROR
    "unknown error"};

enum {
    ERROR_COUNT = 0
#define ERROR(name, text) +1
#define BODY_ERROR(name, text) +1
#define DEVICE_ERROR(name, text) +1
#include "tables/errors.def"
#undef DEVICE_ERROR
#undef BODY_ERROR
#undef ERROR
};

const char *mote_error_text(enum mote_error error)
{
    return mote_text_at(error_texts, (uint32_t)error < ERROR_COUNT ? (uint32_t)error : ERROR_COUNT);
}

void mote_diag_init(struct mote_diag *diag)
{
    *diag = (struct mote_diag){MOTE_ERROR_NONE, MOTE_NO_INDEX, MOTE_NO_INDEX, ""};
}

void mote_diag_fail(struct mote_diag *diag, enum mote_error error, uint32_t offset, const char *detail)
{
    if (diag->error) {
        return;
    }
    diag->error = error;
    diag->offset = offset;
    struct mote_text text = mote_text_begin(diag->message, sizeof diag->message);
    mote_text_string(&text, mote_error_text(error));
    if (detail) {
        mote_text_string(&text, ": ");
        mote_text_string(&text, detail);
    }
}
