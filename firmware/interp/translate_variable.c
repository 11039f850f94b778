/* Constants, locals, globals, select, and what helpers do. */
#include "interp/translate.h"

static void push_const(struct translator *t, uint64_t bits, unsigned cells)
{
    struct operand *operand = translate_push(t, cells);
    operand->kind = OPERAND_CONST;
    operand->bits = bits;
}

static unsigned local_cells(const struct translator *t, uint32_t localidx)
{
    return mote_valtype_cells(t->body.local_types[localidx]);
}

/* local.set, and local.tee before its note: the value goes where the local is, if possible straight from its operation. */
static void set_local(struct translator *t, uint32_t localidx)
{
    struct operand value = translate_pop(t);
    translate_flush_local(t, localidx);
    translate_copy_to(t, &value, t->local_slots[localidx]);
}

/* The field that names a global of the instance itself. */
static bool is_direct(const struct translator *t, uint32_t globalidx, uint16_t *field)
{
    uint32_t imported = t->module->imported[EXTERN_GLOBAL];
    *field = (uint16_t)(8 * (globalidx - imported));
    return globalidx >= imported && 8 * (uint64_t)(globalidx - imported) <= UINT16_MAX;
}

/* ---- Helpers: operands in their places, result where the first one was ---- */

struct helper_call {
    enum helper helper;
    uint32_t operands; /* how many of the topmost operands it takes */
    uint32_t a, b;
    unsigned result_cells; /* 0 for none */
};

static void call_helper(struct translator *t, struct helper_call call)
{
    translate_flush_top(t, call.operands);
    for (uint32_t i = 0; i < call.operands; i++) {
        translate_pop(t);
    }
    struct operand *result = translate_push(t, call.result_cells);
    uint32_t cell = result->cell;
    uint16_t base = translate_frame_up(t, cell);
    uint16_t *field = translate_op(t, CODE_HELPER, 6);
    field[0] = (uint16_t)call.helper;
    field[1] = base;
    translate_put_u32(field + 2, call.a);
    translate_put_u32(field + 4, call.b);
    translate_frame_down(t, cell);
    translate_bind_here(t);
    if (call.result_cells == 0) {
        translate_pop(t);
    }
}

/* ---- Globals ---- */

static void get_global(struct translator *t, uint32_t globalidx)
{
    unsigned cells = mote_valtype_cells(t->module->globals[globalidx].valtype);
    uint16_t place;
    if (!is_direct(t, globalidx, &place)) {
        call_helper(t, (struct helper_call){HELPER_GLOBAL_GET, 0, globalidx, cells, cells});
        return;
    }
    uint32_t start = t->at;
    enum code code = cells == 1 ? CODE_GLOBAL_GET32_S : CODE_GLOBAL_GET64_S;
    translate_op(t, code, 2)[0] = place;
    translate_result(t, code, start, cells, translate_plain_result(cells));
}

static void set_global(struct translator *t, uint32_t globalidx)
{
    unsigned cells = mote_valtype_cells(t->module->globals[globalidx].valtype);
    uint16_t place;
    if (!is_direct(t, globalidx, &place)) {
        call_helper(t, (struct helper_call){HELPER_GLOBAL_SET, 1, globalidx, cells, 0});
        return;
    }
    struct operand value = translate_pop(t);
    if (cells == 1 && value.kind != OPERAND_CONST && translate_in_acc(t, &value)) {
        translate_take_acc(t, &value);
        translate_op(t, CODE_GLOBAL_SET32_A, 1)[0] = place;
        return;
    }
    uint16_t slot = translate_use(t, &value, 0);
    uint16_t *field = translate_op(t, cells == 1 ? CODE_GLOBAL_SET32_S : CODE_GLOBAL_SET64_S, 2);
    field[0] = place;
    field[1] = slot;
}

/* ---- select ---- */

static void select(struct translator *t)
{
    struct operand condition = translate_pop(t);
    struct operand b = translate_pop(t);
    struct operand a = translate_pop(t);
    uint16_t a_slot = translate_use(t, &a, 0);
    uint16_t b_slot = translate_use(t, &b, 1);
    bool is_acc = translate_in_acc(t, &condition) && (ACC64 || a.cells == 1);
    uint16_t condition_slot = 0;
    if (is_acc) {
        translate_take_acc(t, &condition);
    } else {
        condition_slot = translate_use(t, &condition, 2);
    }
    uint32_t start = t->at;
    enum code code = a.cells == 1 ? (is_acc ? CODE_SELECT32_BY_A_S : CODE_SELECT32_S) : CODE_SELECT64_S;
#if ACC64
    code = a.cells == 2 && is_acc ? CODE_SELECT64_BY_A_S : code;
#endif
    uint16_t *field = translate_op(t, code, is_acc ? 3 : 4);
    field[0] = a_slot;
    field[1] = b_slot;
    if (!is_acc) {
        field[2] = condition_slot;
    }
    translate_result(t, code, start, a.cells, translate_plain_result(a.cells));
}

/* ---- Instructions ---- */

static bool translate_bulk(struct translator *t, const struct mote_instr *instr)
{
    uint32_t a = instr->index, b = instr->index2;
    switch (instr->op) {
    case OP_MEMORY_GROW:
        call_helper(t, (struct helper_call){HELPER_MEMORY_GROW, 1, a, b, 1});
        return true;
#if ENABLED(CONFIG_WASM_BULK_MEMORY)
    case OP_MEMORY_INIT:
        call_helper(t, (struct helper_call){HELPER_MEMORY_INIT, 3, a, b, 0});
        return true;
    case OP_MEMORY_COPY:
        call_helper(t, (struct helper_call){HELPER_MEMORY_COPY, 3, a, b, 0});
        return true;
    case OP_MEMORY_FILL:
        call_helper(t, (struct helper_call){HELPER_MEMORY_FILL, 3, a, b, 0});
        return true;
    case OP_DATA_DROP:
        call_helper(t, (struct helper_call){HELPER_DATA_DROP, 0, a, b, 0});
        return true;
    case OP_TABLE_INIT:
        call_helper(t, (struct helper_call){HELPER_TABLE_INIT, 3, a, b, 0});
        return true;
    case OP_TABLE_COPY:
        call_helper(t, (struct helper_call){HELPER_TABLE_COPY, 3, a, b, 0});
        return true;
    case OP_ELEM_DROP:
        call_helper(t, (struct helper_call){HELPER_ELEM_DROP, 0, a, b, 0});
        return true;
#endif
    default:
        return false;
    }
}

static bool translate_reference(struct translator *t, const struct mote_instr *instr)
{
    (void)t; /* without reference types there is nothing to translate */
    switch (instr->op) {
#if ENABLED(CONFIG_WASM_REFERENCE_TYPES)
    case OP_REF_NULL:
        push_const(t, 0, MOTE_REF_CELLS);
        return true;
    case OP_REF_IS_NULL:
        translate_eqz(t);
        return true;
    case OP_REF_FUNC:
        call_helper(t, (struct helper_call){HELPER_REF_FUNC, 0, instr->index, 0, MOTE_REF_CELLS});
        return true;
    case OP_TABLE_GET:
        call_helper(t, (struct helper_call){HELPER_TABLE_GET, 1, instr->index, 0, MOTE_REF_CELLS});
        return true;
    case OP_TABLE_SET:
        call_helper(t, (struct helper_call){HELPER_TABLE_SET, 2, instr->index, 0, 0});
        return true;
    case OP_TABLE_GROW:
        call_helper(t, (struct helper_call){HELPER_TABLE_GROW, 2, instr->index, 0, 1});
        return true;
    case OP_TABLE_SIZE:
        call_helper(t, (struct helper_call){HELPER_TABLE_SIZE, 0, instr->index, 0, 1});
        return true;
    case OP_TABLE_FILL:
        call_helper(t, (struct helper_call){HELPER_TABLE_FILL, 3, instr->index, 0, 0});
        return true;
#endif
    default:
        return false;
    }
}

static void memory_size(struct translator *t)
{
    uint32_t start = t->at;
    translate_op(t, CODE_MEMORY_SIZE_S, 1);
    translate_result(t, CODE_MEMORY_SIZE_S, start, 1, RESULT_ACC_TOO);
}

bool translate_variable(struct translator *t, const struct mote_instr *instr)
{
    switch (instr->op) {
    case OP_I32_CONST:
    case OP_F32_CONST:
        push_const(t, instr->constant, 1);
        return true;
    case OP_I64_CONST:
    case OP_F64_CONST:
        push_const(t, instr->constant, 2);
        return true;
    case OP_LOCAL_GET:
        translate_note_local(t, instr->index, local_cells(t, instr->index));
        return true;
    case OP_LOCAL_SET:
        set_local(t, instr->index);
        return true;
    case OP_LOCAL_TEE:
        set_local(t, instr->index);
        translate_note_local(t, instr->index, local_cells(t, instr->index));
        return true;
    case OP_GLOBAL_GET:
        get_global(t, instr->index);
        return true;
    case OP_GLOBAL_SET:
        set_global(t, instr->index);
        return true;
    case OP_DROP:
        translate_pop(t);
        return true;
    case OP_SELECT:
    case OP_SELECT_T:
        select(t);
        return true;
    case OP_MEMORY_SIZE:
        memory_size(t);
        return true;
    default:
        return translate_bulk(t, instr) || translate_reference(t, instr);
    }
}
