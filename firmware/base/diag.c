/* Failures and the texts of errors; see diag.h. */
#include "base/diag.h"
#include "base/bits.h"
#include "base/text.h"

static const char *const error_texts[] = {
#define ERROR(name, text) text,
#include "tables/errors.def"
#undef ERROR
};

const char *mote_error_text(enum mote_error error)
{
    return (size_t)error < MOTE_COUNT(error_texts) ? error_texts[error] : "unknown error";
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
