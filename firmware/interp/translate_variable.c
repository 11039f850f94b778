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

struct helper_row {
    uint8_t op;           /* enum mote_op */
    uint8_t helper;       /* enum helper */
    uint8_t operands;     /* how many of the topmost operands it takes */
    uint8_t result_cells; /* 0 for none */
};

/* The instructions that are helpers; these get the instruction's two indices. */
static const struct helper_row helper_rows[] = {
    {OP_MEMORY_GROW, HELPER_MEMORY_GROW, 1, 1},
#if ENABLED(CONFIG_WASM_BULK_MEMORY)
    {OP_MEMORY_INIT, HELPER_MEMORY_INIT, 3, 0},
    {OP_MEMORY_COPY, HELPER_MEMORY_COPY, 3, 0},
    {OP_MEMORY_FILL, HELPER_MEMORY_FILL, 3, 0},
    {OP_DATA_DROP, HELPER_DATA_DROP, 0, 0},
    {OP_TABLE_INIT, HELPER_TABLE_INIT, 3, 0},
    {OP_TABLE_COPY, HELPER_TABLE_COPY, 3, 0},
    {OP_ELEM_DROP, HELPER_ELEM_DROP, 0, 0},
#endif
#if ENABLED(CONFIG_WASM_REFERENCE_TYPES)
    {OP_REF_FUNC, HELPER_REF_FUNC, 0, MOTE_REF_CELLS},
    {OP_TABLE_GET, HELPER_TABLE_GET, 1, MOTE_REF_CELLS},
    {OP_TABLE_SET, HELPER_TABLE_SET, 2, 0},
    {OP_TABLE_GROW, HELPER_TABLE_GROW, 2, 1},
    {OP_TABLE_SIZE, HELPER_TABLE_SIZE, 0, 1},
    {OP_TABLE_FILL, HELPER_TABLE_FILL, 3, 0},
#endif
};

static void call_helper(struct translator *t, const struct helper_row *row, uint32_t a, uint32_t b)
{
    translate_flush_top(t, row->operands);
    t->operand_count -= row->operands;
    uint32_t cell = translate_push(t, row->result_cells)->cell;
    uint16_t base = translate_frame_up(t, cell);
    uint16_t *field = translate_op(t, CODE_HELPER, 6);
    field[0] = row->helper;
    field[1] = base;
    translate_put_u32(field + 2, a);
    translate_put_u32(field + 4, b);
    translate_frame_down(t, cell);
    translate_bind_here(t);
    if (row->result_cells == 0) {
        translate_pop(t);
    }
}

static bool translate_helper(struct translator *t, const struct mote_instr *instr)
{
    for (unsigned i = 0; i < MOTE_COUNT(helper_rows); i++) {
        if (helper_rows[i].op == instr->op) {
            call_helper(t, &helper_rows[i], instr->index, instr->index2);
            return true;
        }
    }
    return false;
}

/* ---- Globals ---- */

static void get_global(struct translator *t, uint32_t globalidx)
{
    unsigned cells = mote_valtype_cells(t->module->globals[globalidx].valtype);
    uint16_t place;
    if (!is_direct(t, globalidx, &place)) {
        struct helper_row row = {OP_GLOBAL_GET, HELPER_GLOBAL_GET, 0, (uint8_t)cells};
        call_helper(t, &row, globalidx, cells);
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
        struct helper_row row = {OP_GLOBAL_SET, HELPER_GLOBAL_SET, 1, 0};
        call_helper(t, &row, globalidx, cells);
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
#if ENABLED(CONFIG_WASM_REFERENCE_TYPES)
    case OP_REF_NULL:
        push_const(t, 0, MOTE_REF_CELLS);
        return true;
    case OP_REF_IS_NULL:
        translate_eqz(t);
        return true;
#endif
    default:
        return translate_helper(t, instr);
    }
}
