/* Preparing a module: decodes it, lets its engine translate one function at a time, and writes what comes out as a block (runtime/prepared.h).
   RAM is needed for the decoded tables and for the largest function, whatever the size of the module. */
#include "base/bits.h"
#include "base/diag.h"
#include "runtime/engine.h"
#include "runtime/prepared.h"
#include "runtime/runtime.h"

struct mote_prepare {
    struct mote_prepare_options options;
    struct mote_module *module;
    uint32_t next;       /* the function that comes next */
    uint32_t code_bytes; /* written so far */
};

enum mote_error mote_prepare_new(const struct mote_prepare_options *options, struct mote_prepare **out, struct mote_diag *diag)
{
    struct mote_diag unwanted;
    diag = diag ? diag : &unwanted;
    mote_diag_init(diag);
    if (out) {
        *out = NULL;
    }
    if (!options || !options->runtime || !options->write || !out) {
        mote_diag_fail(diag, MOTE_ERROR_INVALID_ARGUMENT, MOTE_NO_INDEX, NULL);
        return diag->error;
    }
    struct mote_prepare *prepare = mote_runtime_alloc(options->runtime, sizeof *prepare);
    if (!prepare) {
        mote_diag_fail(diag, MOTE_ERROR_NO_MEMORY, MOTE_NO_INDEX, NULL);
        return diag->error;
    }
    prepare->options = *options;
    prepare->module = mote_module_begin(options->runtime, options->bytes, options->size_bytes, diag);
    if (!prepare->module || !mote_module_decode_first(prepare->module, diag) || !mote_module_find_engine(prepare->module, diag)) {
        mote_prepare_free(prepare);
        return diag->error;
    }
    prepare->next = prepare->module->imported[EXTERN_FUNC];
    *out = prepare;
    return MOTE_ERROR_NONE;
}

void mote_prepare_free(struct mote_prepare *prepare)
{
    if (prepare) {
        if (prepare->module) {
            mote_module_destroy(prepare->module);
        }
        mote_runtime_free_block(prepare->options.runtime, prepare, sizeof *prepare);
    }
}

static bool write(struct mote_prepare *prepare, const void *data, size_t size, struct mote_diag *diag)
{
    if (size > 0 && !prepare->options.write(prepare->options.user, data, size)) {
        mote_diag_fail(diag, MOTE_ERROR_WRITE_FAILED, MOTE_NO_INDEX, NULL);
    }
    return !diag->error;
}

/* The next function's code comes alone into the buffer of the module, and leaves it at once. */
static bool translate_next(struct mote_prepare *prepare, struct mote_diag *diag)
{
    struct mote_module *module = prepare->module;
    uint32_t funcidx = prepare->next++;
    module->code_size = 0;
    if (!module->engine->translate(module, funcidx, funcidx + 1, diag) || !write(prepare, module->code, module->code_size, diag)) {
        return false;
    }
    module->funcs[funcidx].code += prepare->code_bytes / 2;
    prepare->code_bytes += module->code_size;
    return true;
}

/* Padding, vectors, end. */
static bool finish(struct mote_prepare *prepare, struct mote_diag *diag)
{
    static const uint8_t zeros[4];
    const struct mote_module *module = prepare->module;
    uint64_t build = mote_build_id();
    struct mote_prepared_end end = {
        .code_bytes = (uint32_t)mote_align_up(prepare->code_bytes, 4),
        .code_size = prepare->code_bytes,
        .data_count_declared = module->data_count_declared,
        .start = module->start,
        .names = module->names,
        .body_bytes = module->body_bytes,
        .module_bytes = module->size,
        .is_stripped = module->is_stripped,
        .is_translated = module->engine->translate != NULL,
        .build = {(uint32_t)build, (uint32_t)(build >> 32)},
        .magic = MOTE_PREPARED_MAGIC,
    };
    memcpy(end.counts, module->counts, sizeof end.counts);
    memcpy(end.imported, module->imported, sizeof end.imported);
    bool is_good = write(prepare, zeros, end.code_bytes - end.code_size, diag);
    for (unsigned i = 0; i < VECTOR_COUNT && is_good; i++) {
        is_good = write(prepare, module->vectors[i], module->counts[i] * (size_t)mote_vector_sizes[i], diag);
    }
    return is_good && write(prepare, &end, sizeof end, diag);
}

enum mote_error mote_prepare_step(struct mote_prepare *prepare, uint32_t *left, struct mote_diag *diag)
{
    struct mote_diag unwanted;
    diag = diag ? diag : &unwanted;
    mote_diag_init(diag);
    struct mote_module *module = prepare->module;
    uint32_t end = module->engine->translate ? module->func_count : prepare->next;
    *left = 0;
    if (prepare->next < end && !translate_next(prepare, diag)) {
        return diag->error;
    }
    *left = end - prepare->next;
    if (*left == 0) {
        finish(prepare, diag);
    }
    return diag->error;
}
