/* Instructions that come in variants: arithmetic, comparisons, conversions. */
#include "interp/translate_rows.h"

/* The place of an operand form among the variants of a family, or -1. */
static int form_index(enum family family, enum form form)
{
    static const int8_t shift[] = {[FORM_SS] = 0, [FORM_SK] = 1, [FORM_AS] = 2, [FORM_AK] = 3, [FORM_SA] = -1};
    static const int8_t ordered[] = {[FORM_SS] = 0, [FORM_SK] = -1, [FORM_AS] = 1, [FORM_AK] = -1, [FORM_SA] = 2};
    switch (family) {
    case FAMILY_COMMUTATIVE:
    case FAMILY_SHIFT:
    case FAMILY_COMPARE:
        return shift[form];
    case FAMILY_ORDERED:
        return ordered[form];
    case FAMILY_WIDE:
        return form <= FORM_SK ? (int)form : -1;
    default:
        return form == FORM_SS ? 0 : -1;
    }
}

static bool has_form(enum family family, enum form form)
{
    return form_index(family, form) >= 0;
}

/* An instruction that is a function. */
static void emit_cold(struct translator *t, struct row row, struct operand *a, struct operand *b, unsigned cells)
{
    uint16_t a_slot = translate_use(t, a, 0);
    uint16_t b_slot = b ? translate_use(t, b, 1) : a_slot;
    uint32_t start = t->at;
    uint16_t *field = translate_op(t, CODE_COLD, 4);
    field[0] = row.first;
    field[1] = a_slot;
    field[2] = b_slot;
    translate_result(t, CODE_COLD, start, cells, RESULT_SLOT);
}

/* Chooses how an operation gets its two operands, emits it and pushes its result. Returns the form chosen. */
static enum form emit_binary(struct translator *t, struct row row, struct operand a, struct operand b,
                             unsigned cells)
{
    enum family family = row.family;
    if (family == FAMILY_COLD) {
        emit_cold(t, row, &a, &b, cells);
        return FORM_SA;
    }
    bool is_k = translate_is_k(&b) && has_form(family, FORM_SK);
    uint16_t a_slot = a.kind == OPERAND_CONST ? translate_use(t, &a, 0) : 0;
    uint16_t b_slot = !is_k && b.kind == OPERAND_CONST ? translate_use(t, &b, 1) : 0;
    enum form form = is_k ? FORM_SK : FORM_SS;
    if (translate_in_acc(t, &a) && has_form(family, is_k ? FORM_AK : FORM_AS)) {
        form = is_k ? FORM_AK : FORM_AS;
        translate_take_acc(t, &a);
    } else if (!is_k && translate_in_acc(t, &b) && has_form(family, FORM_SA)) {
        form = FORM_SA;
        translate_take_acc(t, &b);
    }
    bool needs_a = form == FORM_SS || form == FORM_SK || form == FORM_SA;
    bool needs_b = form == FORM_SS || form == FORM_AS;
    a_slot = needs_a ? (a_slot ? a_slot : translate_use(t, &a, 0)) : 0;
    b_slot = needs_b ? (b_slot ? b_slot : translate_use(t, &b, 1)) : 0;

    enum code code = (enum code)(row.first + translate_step_of(family) * (unsigned)form_index(family, form));
    uint32_t start = t->at;
    uint16_t *field = translate_op(t, code, (unsigned)needs_a + (needs_b || is_k) + 1);
    if (needs_a) {
        *field++ = a_slot;
    }
    if (needs_b || is_k) {
        *field = is_k ? (uint16_t)b.bits : b_slot;
    }
    translate_result(t, code, start, cells, translate_result_of(family, cells));
    return form;
}

static void swap(struct operand *a, struct operand *b)
{
    struct operand kept = *a;
    *a = *b;
    *b = kept;
}

static void binary(struct translator *t, enum mote_op op, struct row row)
{
    unsigned cells = translate_result_cells(op);
    struct operand b = translate_pop(t);
    struct operand a = translate_pop(t);
    bool swaps = b.kind != OPERAND_CONST && (a.kind == OPERAND_CONST || translate_in_acc(t, &b));
    if (row.family == FAMILY_COMMUTATIVE && swaps) {
        swap(&a, &b);
    }
    emit_binary(t, row, a, b, cells);
}

/* x - K is x + -K, which has a form of its own. */
static void subtract(struct translator *t, enum mote_op op, struct row row)
{
    struct operand *b = translate_top(t);
    enum mote_op add = op == OP_I32_SUB ? OP_I32_ADD : OP_I64_ADD;
    if (b->kind == OPERAND_CONST) {
        struct operand negated = *b;
        negated.bits = b->cells == 1 ? (uint32_t)-b->bits : -b->bits;
        if (translate_is_k(&negated)) {
            b->bits = negated.bits;
            binary(t, add, translate_row_of(add));
            return;
        }
    }
    binary(t, op, row);
}

/* Integer comparisons by their order in the table of instructions: which of the six pairs of handlers, operands exchanged or not. */
static const struct {
    uint8_t condition;
    bool is_swapped;
} comparisons[] = {{COND_EQ, false},   {COND_NE, false},   {COND_LT_S, false}, {COND_LT_U, false}, {COND_LT_S, true},
                   {COND_LT_U, true},  {COND_GE_S, true},  {COND_GE_U, true},  {COND_GE_S, false}, {COND_GE_U, false}};

/* Rows of COND_EQ to COND_GE_U. */
static const uint8_t condition_ops[2][6] = {
    {OP_I32_EQ, OP_I32_NE, OP_I32_LT_S, OP_I32_GE_S, OP_I32_LT_U, OP_I32_GE_U},
    {OP_I64_EQ, OP_I64_NE, OP_I64_LT_S, OP_I64_GE_S, OP_I64_LT_U, OP_I64_GE_U},
};

/* a > K is a >= K + 1, a <= K is a < K + 1, unless that overflows: the exchanged operands then come right again. */
static bool unswap_constant(uint8_t *condition, struct operand *k, bool is_wide)
{
    bool is_signed = *condition == COND_LT_S || *condition == COND_GE_S;
    uint64_t largest = is_wide ? (is_signed ? INT64_MAX : UINT64_MAX) : (is_signed ? INT32_MAX : UINT32_MAX);
    if (k->bits == largest) {
        return false;
    }
    struct operand next = *k;
    next.bits = is_wide ? k->bits + 1 : (uint32_t)(k->bits + 1);
    if (!translate_is_k(&next)) {
        return false;
    }
    *k = next;
    *condition ^= 1;
    return true;
}

static void compare(struct translator *t, uint8_t condition, bool is_swapped, bool is_wide, struct operand a,
                    struct operand b)
{
    if (is_swapped && !(b.kind == OPERAND_CONST && unswap_constant(&condition, &b, is_wide))) {
        swap(&a, &b);
    }
    bool commutes = condition <= COND_NE;
    if (commutes && b.kind != OPERAND_CONST && (a.kind == OPERAND_CONST || translate_in_acc(t, &b))) {
        swap(&a, &b);
    }
    struct row row = translate_row_of(condition_ops[is_wide][condition]);
    enum form form = emit_binary(t, row, a, b, 1);
    t->last.is_compare = true;
    t->last.condition = condition;
    t->last.form = (uint8_t)form;
    t->last.is_wide = is_wide;
}

static void compare_instr(struct translator *t, enum mote_op op)
{
    bool is_wide = op >= OP_I64_EQ;
    unsigned index = op - (is_wide ? OP_I64_EQ : OP_I32_EQ);
    struct operand b = translate_pop(t);
    struct operand a = translate_pop(t);
    compare(t, comparisons[index].condition, comparisons[index].is_swapped, is_wide, a, b);
}

/* eqz turns a comparison around, or is one with 0. Also ref.is_null. */
void translate_eqz(struct translator *t)
{
    struct operand a = translate_pop(t);
    if (t->last.is_compare && translate_in_acc(t, &a) && a.kind == OPERAND_SLOT && 4 * a.cell == t->last.slot) {
        t->operand_count++;
        uint32_t variant = t->last.code - translate_row_of(condition_ops[t->last.is_wide][t->last.condition]).first;
        t->last.condition ^= 1;
        t->last.code = (uint16_t)(translate_row_of(condition_ops[t->last.is_wide][t->last.condition]).first + variant);
        code_put_handler(t->module->code + t->last.start, (enum code)t->last.code);
        return;
    }
    t->operand_count++; /* the zero gets a place of its own, above the operand */
    struct operand zero = *translate_push(t, a.cells);
    t->operand_count -= 2;
    zero.kind = OPERAND_CONST;
    compare(t, COND_EQ, false, a.cells == 2, a, zero);
}

enum code translate_branch_code(const struct translator *t, uint8_t condition)
{
    static const uint16_t first[2] = {CODE_BR_I32_EQ_SS,
#if ACC64
                                      CODE_BR_I64_EQ_SS};
#else
                                      CODE_COUNT};
#endif
    if (first[t->last.is_wide] == CODE_COUNT || t->last.form == FORM_SA) {
        return CODE_COUNT;
    }
    return (enum code)(first[t->last.is_wide] + 4 * condition + t->last.form);
}

/* Floating-point gt and ge are lt and le with the operands exchanged. */
static void float_compare(struct translator *t, enum mote_op op)
{
    enum mote_op base = op >= OP_F64_EQ ? OP_F64_EQ : OP_F32_EQ;
    static const uint8_t rows_of[] = {0, 1, 2, 2, 4, 4}; /* eq ne lt gt le ge */
    unsigned index = op - base;
    struct operand b = translate_pop(t);
    struct operand a = translate_pop(t);
    if (index == 3 || index == 5) {
        swap(&a, &b);
    }
    emit_binary(t, translate_row_of(base + rows_of[index]), a, b, 1);
}

void translate_unary(struct translator *t, enum mote_op op, struct row row)
{
    unsigned cells = translate_result_cells(op);
    struct operand a = translate_pop(t);
    if (row.family == FAMILY_COLD) {
        emit_cold(t, row, &a, NULL, cells);
        return;
    }
    uint16_t slot = a.kind == OPERAND_CONST ? translate_use(t, &a, 0) : 0;
    bool is_acc = row.family == FAMILY_UNARY && translate_in_acc(t, &a);
    if (is_acc) {
        translate_take_acc(t, &a);
    } else if (!slot) {
        slot = translate_use(t, &a, 0);
    }
    enum code code = (enum code)(row.first + (is_acc ? 2 : 0));
    uint32_t start = t->at;
    uint16_t *field = translate_op(t, code, is_acc ? 1 : 2);
    if (!is_acc) {
        *field = slot;
    }
    translate_result(t, code, start, cells, translate_result_of(row.family, cells));
}

/* What leaves the bits as they are: reinterpretation, and i32.wrap_i64, since the low half of a slot is a slot. */
static bool is_no_op(struct translator *t, enum mote_op op)
{
    switch (op) {
    case OP_I32_WRAP_I64:
        translate_top(t)->cells = 1;
        translate_top(t)->bits = translate_top(t)->kind == OPERAND_CONST ? (uint32_t)translate_top(t)->bits
                                                                        : translate_top(t)->bits;
        return true;
    case OP_I32_REINTERPRET_F32:
    case OP_I64_REINTERPRET_F64:
    case OP_F32_REINTERPRET_I32:
    case OP_F64_REINTERPRET_I64:
        return true;
    default:
        return false;
    }
}

static bool is_unary(enum mote_op op)
{
    return SIG_BELOW(mote_op_info[op].signature) == SIG_NONE;
}

bool translate_numeric(struct translator *t, const struct mote_instr *instr)
{
    enum mote_op op = instr->op;
    if (is_no_op(t, op)) {
        return true;
    }
    if (op == OP_I32_EQZ || op == OP_I64_EQZ) {
        translate_eqz(t);
        return true;
    }
    if ((op >= OP_I32_EQ && op <= OP_I32_GE_U) || (op >= OP_I64_EQ && op <= OP_I64_GE_U)) {
        compare_instr(t, op);
        return true;
    }
    if (op >= OP_F32_EQ && op <= OP_F64_GE) {
        float_compare(t, op);
        return true;
    }
    struct row row = translate_row_of(op);
    switch (row.family) {
    case FAMILY_NONE:
        return false;
    case FAMILY_LOAD:
    case FAMILY_WIDE_LOAD:
        translate_load(t, instr, row);
        return true;
    case FAMILY_STORE:
    case FAMILY_WIDE_STORE:
        translate_store(t, instr, row);
        return true;
    case FAMILY_UNARY:
    case FAMILY_UNARY_SLOT:
    case FAMILY_WIDE_UNARY:
        translate_unary(t, op, row);
        return true;
    default:
        break;
    }
    if (row.family == FAMILY_COLD && is_unary(op)) {
        translate_unary(t, op, row);
        return true;
    }
    if (op == OP_I32_SUB || op == OP_I64_SUB) {
        subtract(t, op, row);
    } else {
        binary(t, op, row);
    }
    return true;
}
