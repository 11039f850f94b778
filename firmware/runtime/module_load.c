/* The one door into a module: bytes -> decoded module, taken by an engine, in the runtime's list; and out again. */
#include "base/bits.h"
#include "base/diag.h"
#include "hal/clock.h"
#include "runtime/engine.h"
#include "runtime/runtime.h"
#include "wasm/validate.h"

struct mote_module *mote_module_begin(struct mote_runtime *runtime, const void *bytes, size_t size, struct mote_diag *diag)
{
    mote_diag_init(diag);
    if (!runtime || !bytes) {
        mote_diag_fail(diag, MOTE_ERROR_INVALID_ARGUMENT, MOTE_NO_INDEX, NULL);
        return NULL;
    }
    if (size >= UINT32_MAX) {
        mote_diag_fail(diag, MOTE_ERROR_LIMIT, MOTE_NO_INDEX, "the module is larger than 4 GiB");
        return NULL;
    }
    struct mote_module *module = mote_heap_new(&runtime->heap, MOTE_HEAP_MODULE, sizeof *module);
    if (!module) {
        mote_diag_fail(diag, MOTE_ERROR_NO_MEMORY, MOTE_NO_INDEX, NULL);
        return NULL;
    }
    module->runtime = runtime;
    module->heap = &runtime->heap;
    module->bytes = bytes;
    module->size = (uint32_t)size;
    return module;
}

void mote_module_destroy(struct mote_module *module)
{
    struct mote_heap *heap = module->heap;
    if (module->engine) {
        module->engine->release(module);
    }
    mote_module_deinit(module);
    mote_heap_free(heap, MOTE_HEAP_MODULE, module, sizeof *module);
}

bool mote_module_find_engine(struct mote_module *module, struct mote_diag *diag)
{
    static const struct mote_engine *const engines[] = {
#define ENGINE(name) &mote_engine_##name,
#include "engines.inc"
#undef ENGINE
    };
    for (size_t i = 0; i < MOTE_COUNT(engines); i++) {
        module->engine = engines[i];
        enum mote_take take = engines[i]->take(module, diag);
        if (take != MOTE_TAKE_REFUSED) {
            return take == MOTE_TAKE_DONE;
        }
    }
    module->engine = NULL;
    char why[sizeof diag->message];
    memcpy(why, diag->message, sizeof why);
    mote_diag_fail(diag, MOTE_ERROR_NATIVE_ONLY, MOTE_NO_INDEX, why[0] ? why : module->is_stripped ? "its functions are stripped" : NULL);
    return false;
}

bool mote_module_decode_first(struct mote_module *module, struct mote_diag *diag)
{
    if (mote_module_decode(module, diag)) {
        return true;
    }
    struct mote_diag first;
    mote_diag_init(&first);
    if (!mote_validate_bodies(module, NULL, &first) && first.offset < diag->offset) {
        *diag = first;
    }
    return false;
}

static bool translate(struct mote_module *module, struct mote_diag *diag)
{
    const struct mote_engine *engine = module->engine;
    return !engine->translate || engine->translate(module, module->imported[EXTERN_FUNC], module->func_count, diag);
}

static bool make(struct mote_module *module, struct mote_diag *diag)
{
    uint64_t start = hal_clock_now_ns();
    bool is_good = mote_module_decode_first(module, diag);
    uint64_t decoded = hal_clock_now_ns();
    module->decode_ns = decoded - start;
    is_good = is_good && mote_module_find_engine(module, diag) && translate(module, diag);
    module->translate_ns = hal_clock_now_ns() - decoded;
    return is_good;
}

void mote_module_publish(struct mote_module *module)
{
    module->holds = 1;
    module->next = module->runtime->modules;
    module->runtime->modules = module;
}

enum mote_error mote_module_load(struct mote_runtime *runtime, const void *bytes, size_t size_bytes,
                                 struct mote_module **out, struct mote_diag *diag)
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
    if (!make(module, diag)) {
        mote_module_destroy(module);
        return diag->error;
    }
    mote_module_publish(module);
    *out = module;
    return MOTE_ERROR_NONE;
}

enum mote_error mote_module_validate(struct mote_runtime *runtime, const void *bytes, size_t size_bytes,
                                     struct mote_diag *diag)
{
    struct mote_diag unwanted;
    diag = diag ? diag : &unwanted;
    struct mote_module *module = mote_module_begin(runtime, bytes, size_bytes, diag);
    if (!module) {
        return diag->error;
    }
    if (mote_module_decode_first(module, diag)) {
        mote_validate_bodies(module, NULL, diag);
    }
    mote_module_destroy(module);
    return diag->error;
}

void mote_module_drop(struct mote_module *module)
{
    if (--module->holds > 0) {
        return;
    }
    for (struct mote_module **link = &module->runtime->modules; *link; link = &(*link)->next) {
        if (*link == module) {
            *link = module->next;
            break;
        }
    }
    mote_module_destroy(module);
}

void mote_module_unload(struct mote_module *module)
{
    if (module && !module->is_unloaded) {
        module->is_unloaded = true;
        mote_module_drop(module);
    }
}

const char *mote_module_engine(const struct mote_module *module)
{
    return module ? module->engine->name : "";
}

struct mote_module_sizes mote_module_sizes(const struct mote_module *module)
{
    if (!module) {
        return (struct mote_module_sizes){0};
    }
    return (struct mote_module_sizes){
        .module_bytes = module->size,
        .body_bytes = module->body_bytes,
        .code_bytes = module->code_size,
        .functions = module->func_count - module->imported[EXTERN_FUNC],
        .decode_ns = module->decode_ns,
        .translate_ns = module->translate_ns,
    };
}
