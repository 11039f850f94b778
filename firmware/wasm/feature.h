/* The parts of WebAssembly that Kconfig can switch off; rows in tables/features.def. */
#ifndef WASM_FEATURE_H
#define WASM_FEATURE_H

#include "base/config.h"
#include "base/reader.h"

enum mote_feature {
#define FEATURE(name, text, enabled) FEATURE_##name,
#include "tables/features.def"
#undef FEATURE
};

/* The proposal's name, as in "bulk-memory". */
const char *mote_feature_text(enum mote_feature feature);

/* What is on, one bit a feature: known to the compiler, so that asking for what is on costs nothing. */
enum {
    MOTE_FEATURES_ENABLED = 0
#define FEATURE(name, text, enabled) | ((enabled) ? 1 << FEATURE_##name : 0)
#include "tables/features.def"
#undef FEATURE
};

static inline bool mote_feature_enabled(enum mote_feature feature)
{
    return (MOTE_FEATURES_ENABLED >> feature) & 1;
}

/* Fails with the feature's name; false. */
bool mote_feature_refuse(struct mote_reader *reader, uint32_t offset, enum mote_feature feature);

/* Fails with the feature's name unless it is on. True when it is on. */
static inline bool mote_feature_require(struct mote_reader *reader, uint32_t offset, enum mote_feature feature)
{
    return mote_feature_enabled(feature) || mote_feature_refuse(reader, offset, feature);
}

#endif
