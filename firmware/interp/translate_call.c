/* Calls: arguments in their places, which are the callee's first locals; results in the same places. */
#include "interp/translate.h"

uint16_t translate_frame_up(struct translator *t, uint32_t cell)
{
    if (!t->has_far_frame) {
        return (uint16_t)(4 * cell);
    }
    translate_put_u32(translate_op(t, CODE_FRAME_UP, 2), 4 * cell);
    return 0;
}

void translate_frame_down(struct translator *t, uint32_t cell)
{
    if (t->has_far_frame) {
        translate_put_u32(translate_op(t, CODE_FRAME_DOWN, 2), 4 * cell);
    }
}

/* The arguments go to their places, where the callee's frame begins; the results will be there. */
static uint32_t place_arguments(struct translator *t, const struct mote_functype *type)
{
    translate_flush_top(t, type->param_count);
    return translate_cell_at(t, t->operand_count - type->param_count);
}

static void replace_with_results(struct translator *t, const struct mote_functype *type)
{
    translate_bind_here(t);
    t->operand_count -= type->param_count;
    for (uint32_t i = 0; i < type->result_count; i++) {
        translate_push(t, mote_valtype_cells(t->module->bytes[type->results + i]));
    }
}

void translate_call(struct translator *t, uint32_t funcidx)
{
    const struct mote_functype *type = mote_module_functype(t->module, funcidx);
    uint32_t imported = t->module->imported[EXTERN_FUNC];
    uint32_t cell = place_arguments(t, type);
    uint16_t base = translate_frame_up(t, cell);
    size_t scaled = (size_t)(funcidx - imported) * sizeof(struct mote_func) / sizeof(void *);
    if (funcidx < imported || scaled > UINT16_MAX) {
        uint16_t *field = translate_op(t, funcidx < imported ? CODE_CALL_IMPORT : CODE_CALL_FAR, 3);
        translate_put_u32(field, funcidx < imported ? funcidx : funcidx - imported);
        field[2] = base;
    } else {
        uint16_t *field = translate_op(t, CODE_CALL, 2);
        field[0] = (uint16_t)scaled;
        field[1] = base;
    }
    translate_frame_down(t, cell);
    replace_with_results(t, type);
}

void translate_call_indirect(struct translator *t, const struct mote_instr *instr)
{
    const struct mote_functype *type = &t->module->types[instr->index];
    struct operand index = translate_pop(t);
    if (instr->index2 > UINT16_MAX) {
        translate_fail(t, MOTE_ERROR_LIMIT, "call_indirect through a table beyond 65535");
        return;
    }
    uint32_t cell = place_arguments(t, type);
    bool is_acc = ACC64 && translate_in_acc(t, &index);
    uint16_t slot = 0;
    if (is_acc) {
        translate_take_acc(t, &index);
    } else if (t->has_far_frame) {
        /* Read with the frame pointer moved: one slot above the arguments, where the index lay. */
        translate_copy_to(t, &index, 4 * index.cell);
        slot = (uint16_t)(4 * (index.cell - cell));
    } else {
        slot = translate_use(t, &index, 0);
    }
    uint16_t base = translate_frame_up(t, cell);
    enum code code = CODE_CALL_INDIRECT_S;
#if ACC64
    code = is_acc ? CODE_CALL_INDIRECT_A : code;
#endif
    uint16_t *field = translate_op(t, code, is_acc ? 4 : 5);
    if (!is_acc) {
        *field++ = slot;
    }
    translate_put_u32(field, instr->index);
    field[2] = (uint16_t)instr->index2;
    field[3] = base;
    translate_frame_down(t, cell);
    replace_with_results(t, type);
}
