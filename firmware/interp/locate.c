/* From register code back to the module's bytes. No map is kept: the function is translated once more, into a scratch module, and
   whoever emits the half-word in question is the instruction. */
#include "interp/translate.h"
#include "wasm/validate.h"

static uint32_t translate_again(struct translator *t, uint32_t funcidx)
{
    struct mote_diag diag;
    mote_diag_init(&diag);
    struct mote_validator validator;
    mote_validator_init(&validator, t->module, &t->emit, &diag);
    bool is_good = mote_validate_body(&validator, funcidx);
    mote_validator_deinit(&validator);
    return is_good ? t->located : MOTE_NO_INDEX;
}

uint32_t mote_interp_locate(const struct mote_func *func, const void *pc)
{
    /* A copy of the module that shares everything but the code. */
    struct mote_module scratch = *func->instance->module;
    scratch.code = NULL;
    scratch.code_size = scratch.code_capacity = 0;
    struct translator t;
    translator_init(&t, &scratch);
    t.locate_at = (uint32_t)((const uint16_t *)pc - (const uint16_t *)func->of.code);
    t.located = MOTE_NO_INDEX;
    uint32_t offset = translate_again(&t, mote_func_index(func));
    translator_deinit(&t);
    mote_heap_free(scratch.heap, MOTE_HEAP_CODE, scratch.code, scratch.code_capacity * sizeof *scratch.code);
    return offset;
}
