/* Loading a module from the block that was prepared of it (runtime/prepared.h): a handful of pointers, nothing is decoded or translated; and what
   tells one build from another. */
#include "runtime/prepared.h"
#include "base/bits.h"
#include "base/diag.h"
#include "runtime/engine.h"
#include "runtime/runtime.h"

/* Of the sources of the core; written by the build. */
static const uint32_t sources_hash =
#include "sources.inc"
    ;

uint64_t mote_build_id(void)
{
    static const struct mote_engine *const engines[] = {
#define ENGINE(name) &mote_engine_##name,
#include "engines.inc"
#undef ENGINE
    };
    uint32_t hash = sizeof(struct mote_prepared_end);
    for (unsigned i = 0; i < VECTOR_COUNT; i++) {
        hash = hash * 31 + mote_vector_sizes[i];
    }
    for (size_t i = 0; i < MOTE_COUNT(engines); i++) {
        hash = hash * 31 + (engines[i]->fingerprint ? engines[i]->fingerprint() : 0);
    }
    return (uint64_t)hash << 32 | sources_hash;
}

/* The end of a block if it is one for this module and by this build, and as long as it says; NULL otherwise. */
static const struct mote_prepared_end *find_end(const struct mote_module *module, const uint8_t *prepared, size_t size)
{
    if (size < sizeof(struct mote_prepared_end) || size % 4 != 0 || (uintptr_t)prepared % 4 != 0) {
        return NULL;
    }
    const struct mote_prepared_end *end = (const void *)(prepared + size - sizeof *end);
    uint64_t build = mote_build_id();
    if (end->magic != MOTE_PREPARED_MAGIC ||
        end->module_bytes != module->size || end->build[0] != (uint32_t)build || end->build[1] != (uint32_t)(build >> 32)) {
        return NULL;
    }
    uint64_t bytes = (uint64_t)end->code_bytes + sizeof *end;
    for (unsigned i = 0; i < VECTOR_COUNT; i++) {
        bytes += (uint64_t)end->counts[i] * mote_vector_sizes[i];
    }
    return bytes == size && end->code_size <= end->code_bytes ? end : NULL;
}

static void adopt(struct mote_module *module, const uint8_t *prepared, const struct mote_prepared_end *end)
{
    module->is_prepared = true;
    module->code = (uint16_t *)(uintptr_t)prepared;
    module->code_size = end->code_size;
    prepared += end->code_bytes;
    for (unsigned i = 0; i < VECTOR_COUNT; i++) {
        module->vectors[i] = (void *)(uintptr_t)prepared;
        module->counts[i] = end->counts[i];
        prepared += (size_t)end->counts[i] * mote_vector_sizes[i];
    }
    memcpy(module->imported, end->imported, sizeof end->imported);
    module->data_count_declared = end->data_count_declared;
    module->start = end->start;
    module->names = end->names;
    module->body_bytes = end->body_bytes;
    module->is_stripped = end->is_stripped != 0;
}

static bool make(struct mote_module *module, const uint8_t *prepared, size_t size, struct mote_diag *diag)
{
    const struct mote_prepared_end *end = prepared ? find_end(module, prepared, size) : NULL;
    if (!end) {
        mote_diag_fail(diag, MOTE_ERROR_STALE_PREPARED, MOTE_NO_INDEX, NULL);
        return false;
    }
    adopt(module, prepared, end);
    if (!mote_module_find_engine(module, diag)) {
        return false;
    }
    if (module->engine->translate && !end->is_translated) {
        mote_diag_fail(diag, MOTE_ERROR_STALE_PREPARED, MOTE_NO_INDEX, "for native code only");
    }
    return !diag->error;
}

enum mote_error mote_module_load_prepared(struct mote_runtime *runtime, const void *bytes, size_t size_bytes, const void *prepared,
                                          size_t prepared_bytes, struct mote_module **out, struct mote_diag *diag)
{
    struct mote_diag unwanted;
    diag = diag ? diag : &unwanted;
    if (!out) {
        mote_diag_init(diag);
        mote_diag_fail(diag, MOTE_ERROR_INVALID_ARGUMENT, MOTE_NO_INDEX, NULL);
        return diag->error;
    }
    *out = NULL;
    struct mote_module *module = mote_module_begin(runtime, bytes, size_bytes, diag);
    if (!module) {
        return diag->error;
    }
    if (!make(module, prepared, prepared_bytes, diag)) {
        mote_module_destroy(module);
        return diag->error;
    }
    mote_module_publish(module);
    *out = module;
    return MOTE_ERROR_NONE;
}
