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

bool mote_feature_enabled(enum mote_feature feature);

/* Fails with the feature's name unless it is on. True when it is on. */
bool mote_feature_require(struct mote_reader *reader, uint32_t offset, enum mote_feature feature);

#endif
