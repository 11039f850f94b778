/* Features by name and what is switched on; see feature.h. */
#include "wasm/feature.h"
#include "base/text.h"

static const char feature_texts[] = {
#define FEATURE(name, text, enabled) text "\0"
#include "tables/features.def"
#undef FEATURE
};

const char *mote_feature_text(enum mote_feature feature)
{
    return mote_text_at(feature_texts, feature);
}

bool mote_feature_refuse(struct mote_reader *reader, uint32_t offset, enum mote_feature feature)
{
    char detail[64];
    struct mote_text text = mote_text_begin(detail, sizeof detail);
    mote_text_string(&text, mote_feature_text(feature));
    mote_text_string(&text, " (Kconfig: WASM_*)");
    mote_reader_fail_at(reader, offset, MOTE_ERROR_FEATURE_DISABLED, detail);
    return false;
}
