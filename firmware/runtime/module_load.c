/* The one door into a module: bytes -> decoded, validated, translated module in the runtime's list; and out again. */
#include "base/diag.h"
#include "hal/clock.h"
#include "runtime/engine.h"
#include "runtime/runtime.h"
#include "wasm/decode.h"

static struct mote_module *begin(struct mote_runtime *runtime, const void *bytes, size_t size, struct mote_diag *diag)
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

static void destroy(struct mote_module *module)
{
    struct mote_heap *heap = module->heap;
    mote_module_deinit(module);
    mote_heap_free(heap, MOTE_HEAP_MODULE, module, sizeof *module);
}

static bool decode_and_translate(struct mote_module *module, struct mote_diag *diag)
{
    struct mote_emit *emit = mote_engine_translator_new(module);
    if (!emit) {
        mote_diag_fail(diag, MOTE_ERROR_NO_MEMORY, MOTE_NO_INDEX, NULL);
        return false;
    }
    uint64_t start = hal_clock_now_ns();
    bool is_good = mote_module_decode(module, emit, diag);
    mote_engine_translator_free(emit, module);
    module->decode_ns = hal_clock_now_ns() - start - module->translate_ns;
    return is_good;
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
    struct mote_module *module = begin(runtime, bytes, size_bytes, diag);
    if (!module) {
        return diag->error;
    }
    if (!decode_and_translate(module, diag)) {
        destroy(module);
        return diag->error;
    }
    module->holds = 1;
    module->next = runtime->modules;
    runtime->modules = module;
    *out = module;
    return MOTE_ERROR_NONE;
}

enum mote_error mote_module_validate(struct mote_runtime *runtime, const void *bytes, size_t size_bytes,
                                     struct mote_diag *diag)
{
    struct mote_diag unwanted;
    diag = diag ? diag : &unwanted;
    struct mote_module *module = begin(runtime, bytes, size_bytes, diag);
    if (!module) {
        return diag->error;
    }
    mote_module_decode(module, NULL, diag);
    destroy(module);
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
    destroy(module);
}

void mote_module_unload(struct mote_module *module)
{
    if (module && !module->is_unloaded) {
        module->is_unloaded = true;
        mote_module_drop(module);
    }
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
