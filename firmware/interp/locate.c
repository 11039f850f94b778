/* From register code back to the module's bytes. No map is kept: the function is translated once more, into a scratch module, and
   whoever emits the half-word in question is the instruction. */
#include "interp/translate.h"
#include "wasm/validate.h"

static uint32_t translate_again(struct mote_module *scratch, struct translator *t, uint32_t funcidx)
{
    struct mote_diag diag;
    mote_diag_init(&diag);
    struct mote_validator validator;
    mote_validator_init(&validator, scratch, &t->emit, &diag);
    bool is_good = mote_validate_body(&validator, funcidx);
    mote_validator_deinit(&validator);
    return is_good ? t->located : MOTE_NO_INDEX;
}

uint32_t mote_interp_locate(const struct mote_func *func, const void *pc)
{
    struct mote_module *module = func->instance->module;
    struct mote_module *scratch = mote_heap_new(module->heap, MOTE_HEAP_OTHER, sizeof *scratch);
    if (!scratch) {
        return MOTE_NO_INDEX;
    }
    /* A copy that shares everything but the code; what the translator notes in the function's declaration is put back. */
    *scratch = *module;
    scratch->code = NULL;
    scratch->code_size = scratch->code_capacity = 0;
    uint32_t offset = MOTE_NO_INDEX;
    struct translator *t = translator_new(scratch);
    if (t) {
        uint32_t code = module->funcs[func->funcidx].code;
        t->locate_at = (uint32_t)((const uint16_t *)pc - (const uint16_t *)func->of.code);
        t->located = MOTE_NO_INDEX;
        offset = translate_again(scratch, t, func->funcidx);
        module->funcs[func->funcidx].code = code;
        translator_free(t);
    }
    mote_heap_free(module->heap, MOTE_HEAP_CODE, scratch->code, scratch->code_capacity * sizeof *scratch->code);
    mote_heap_free(module->heap, MOTE_HEAP_OTHER, scratch, sizeof *scratch);
    return offset;
}
