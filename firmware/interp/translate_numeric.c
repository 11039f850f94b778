/* Instructions that come in variants: arithmetic, comparisons, conversions, loads and stores. The table below says which variants an
   instruction has; it is made from the definitions of the handlers (op_*.def). */
#include "interp/translate.h"

#define FIRST_COMMUTATIVE(name) CODE_##name##_SS_S
#define FIRST_SHIFT(name) CODE_##name##_SS_S
#define FIRST_ORDERED(name) CODE_##name##_SS_S
#define FIRST_COMPARE(name) CODE_##name##_SS_S
#define FIRST_COLD(name) COLD_##name
#define FIRST_SLOTS(name) CODE_##name##_SS_S
#define FIRST_WIDE(name) CODE_##name##_SS_S
#define FIRST_WIDE_SLOTS(name) CODE_##name##_SS_S
#define FIRST_UNARY(name) CODE_##name##_S_S
#define FIRST_UNARY_SLOT(name) CODE_##name##_S_S
#define FIRST_WIDE_UNARY(name) CODE_##name##_S_S
#define FIRST_LOAD(name) CODE_##name##_S_S
#define FIRST_WIDE_LOAD(name) CODE_##name##_S_S
#define FIRST_STORE(name) CODE_##name##_SS
#define FIRST_WIDE_STORE(name) CODE_##name##_SS

/* Two bytes an instruction: enum family above, enum code of the first variant (or enum cold) below. */
#define FAMILY_SHIFT_BITS 11
#define ROW(first, family) ((uint16_t)((family) << FAMILY_SHIFT_BITS | (first)))
static const uint16_t rows[OP_COUNT] = {
#define HANDLER(name, ...)
#define COLD(name, ...)
#define MAP(name, family) MAP_ROW(name, name, family)
#define MAP_AS(name, as, family) MAP_ROW(name, as, family)
#define MAP_ROW(name, as, family) [OP_##name] = ROW(FIRST_##family(as), FAMILY_##family),
#include "interp/ops.def"
#undef MAP_AS
#undef MAP
#undef COLD
#undef HANDLER
};
_Static_assert(CODE_COUNT < 1 << FAMILY_SHIFT_BITS && FAMILY_COLD < 32, "rows have 11 bits for codes, 5 for families");

struct row {
    uint16_t first;
    enum family family;
};

static struct row row_of(enum mote_op op)
{
    return (struct row){rows[op] & ((1 << FAMILY_SHIFT_BITS) - 1), (enum family)(rows[op] >> FAMILY_SHIFT_BITS)};
}

static unsigned sig_cells(unsigned type)
{
    return type == SIG_I64 || type == SIG_F64 ? 2 : 1;
}

static unsigned result_cells(enum mote_op op)
{
    return sig_cells(SIG_RESULT(mote_op_info[op].signature));
}

/* Families whose operations have no _A forms: their variants follow each other by one, otherwise by two. */
static bool has_only_s(enum family family)
{
    return family == FAMILY_COMPARE || family == FAMILY_WIDE || family == FAMILY_WIDE_SLOTS ||
           family == FAMILY_WIDE_UNARY || family == FAMILY_WIDE_LOAD;
}

static unsigned step_of(enum family family)
{
    return has_only_s(family) ? 1 : 2;
}

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

/* What the accumulator holds after an operation with a result of this width in a slot. */
static enum result result_of(enum family family, unsigned cells)
{
    if (!ACC64 && cells == 2) {
        return RESULT_SLOT;
    }
    return has_only_s(family) ? RESULT_ACC_TOO : RESULT_MOVABLE;
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

    enum code code = (enum code)(row.first + step_of(family) * (unsigned)form_index(family, form));
    uint32_t start = t->at;
    uint16_t *field = translate_op(t, code, (unsigned)needs_a + (needs_b || is_k) + 1);
    if (needs_a) {
        *field++ = a_slot;
    }
    if (needs_b || is_k) {
        *field = is_k ? (uint16_t)b.bits : b_slot;
    }
    translate_result(t, code, start, cells, result_of(family, cells));
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
    unsigned cells = result_cells(op);
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
            binary(t, add, row_of(add));
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
    struct row row = row_of(condition_ops[is_wide][condition]);
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
        uint32_t variant = t->last.code - row_of(condition_ops[t->last.is_wide][t->last.condition]).first;
        t->last.condition ^= 1;
        t->last.code = (uint16_t)(row_of(condition_ops[t->last.is_wide][t->last.condition]).first + variant);
        code_put_handler(t->module->code + t->last.start, (enum code)t->last.code);
        return;
    }
    struct operand zero = {.kind = OPERAND_CONST, .cells = a.cells};
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
    emit_binary(t, row_of(base + rows_of[index]), a, b, 1);
}

static void unary(struct translator *t, enum mote_op op, struct row row)
{
    unsigned cells = result_cells(op);
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
    translate_result(t, code, start, cells, result_of(row.family, cells));
}

/* Loads and stores */

/* Whether all bytes of an access lie inside the memory however small it is allowed to be. */
static bool is_inside_minimum(const struct translator *t, uint64_t address, unsigned bytes)
{
    return address + bytes <= (uint64_t)t->module->memories[0].limits.min * MOTE_PAGE_BYTES;
}

static bool is_short_offset(const struct translator *t, uint32_t offset, unsigned bytes)
{
    return offset <= UINT16_MAX && (ENABLED(CONFIG_MEMORY_GUARD_PAGES) || is_inside_minimum(t, offset, bytes));
}

/* Whether the address is known when the module is translated; then no check is needed. */
static bool is_constant_address(const struct translator *t, const struct operand *address, uint32_t offset,
                                unsigned bytes)
{
    return address->kind == OPERAND_CONST && is_inside_minimum(t, (uint32_t)address->bits + (uint64_t)offset, bytes);
}

static unsigned access_bytes(enum mote_op op)
{
    return 1u << mote_op_natural_align(op);
}

/* For an offset that no access can carry: leaves the effective address, checked, in the accumulator. */
static void emit_address(struct translator *t, struct operand *address, uint32_t offset, unsigned bytes)
{
    uint16_t slot = translate_use(t, address, 0);
    uint16_t *field = translate_op(t, CODE_ADDRESS, 4);
    field[0] = slot;
    translate_put_u32(field + 1, offset);
    field[3] = (uint16_t)bytes;
}

/* How an access gets its address: in the accumulator or a slot; `*offset` becomes what is left to add. */
static bool place_address(struct translator *t, struct operand *address, uint32_t *offset, unsigned bytes, uint16_t *slot)
{
    if (!is_short_offset(t, *offset, bytes)) {
        emit_address(t, address, *offset, bytes);
        *offset = 0;
        return true;
    }
    *slot = address->kind == OPERAND_CONST ? translate_use(t, address, 0) : 0;
    if (translate_in_acc(t, address)) {
        translate_take_acc(t, address);
        return true;
    }
    *slot = *slot ? *slot : translate_use(t, address, 0);
    return false;
}

static void load(struct translator *t, const struct mote_instr *instr, struct row row)
{
    enum family family = row.family;
    unsigned cells = family == FAMILY_LOAD && !ACC64 ? 1 : result_cells(instr->op);
    unsigned bytes = access_bytes(instr->op);
    struct operand address = translate_pop(t);
    uint32_t offset = instr->memoffset;
    if (family == FAMILY_LOAD && is_constant_address(t, &address, offset, bytes)) {
        enum code code = (enum code)(row.first + 2 * step_of(family));
        uint32_t start = t->at;
        translate_put_u32(translate_op(t, code, 3), (uint32_t)address.bits + offset);
        translate_result(t, code, start, cells, result_of(family, cells));
        return;
    }
    uint16_t slot;
    bool is_acc = place_address(t, &address, &offset, bytes, &slot);
    enum code code = (enum code)(row.first + (is_acc ? step_of(family) : 0));
    uint32_t start = t->at;
    uint16_t *field = translate_op(t, code, is_acc ? 2 : 3);
    if (!is_acc) {
        *field++ = slot;
    }
    *field = (uint16_t)offset;
    translate_result(t, code, start, cells, result_of(family, cells));
}

/* Variants of a store in their order: STORE and WIDE_STORE. */
enum { STORE_SS, STORE_SK, STORE_AS, STORE_AK, STORE_SA, STORE_KS, STORE_KA };
enum { WIDE_STORE_SS, WIDE_STORE_AS };

static void store_constant_address(struct translator *t, struct row row, uint32_t address, struct operand *value)
{
    uint16_t slot = value->kind == OPERAND_CONST ? translate_use(t, value, 0) : 0;
    bool is_acc = translate_in_acc(t, value);
    if (is_acc) {
        translate_take_acc(t, value);
    } else if (!slot) {
        slot = translate_use(t, value, 0);
    }
    uint16_t *field = translate_op(t, (enum code)(row.first + (is_acc ? STORE_KA : STORE_KS)), is_acc ? 2 : 3);
    translate_put_u32(field, address);
    if (!is_acc) {
        field[2] = slot;
    }
}

static void store(struct translator *t, const struct mote_instr *instr, struct row row)
{
    bool is_wide = row.family == FAMILY_WIDE_STORE;
    unsigned bytes = access_bytes(instr->op);
    struct operand value = translate_pop(t);
    struct operand address = translate_pop(t);
    uint32_t offset = instr->memoffset;
    if (!is_wide && is_constant_address(t, &address, offset, bytes)) {
        store_constant_address(t, row, (uint32_t)address.bits + offset, &value);
        return;
    }
    bool is_k = !is_wide && translate_is_k(&value);
    bool value_in_acc = !is_wide && !is_k && address.kind != OPERAND_CONST && is_short_offset(t, offset, bytes) &&
                        translate_in_acc(t, &value) && !translate_in_acc(t, &address);
    uint16_t address_slot, value_slot = 0;
    if (value_in_acc) {
        translate_take_acc(t, &value);
    } else if (!is_k && (value.kind == OPERAND_CONST || t->has_far_frame)) {
        value_slot = translate_use(t, &value, 1); /* before the address, which may be for the accumulator */
    }
    bool address_in_acc = place_address(t, &address, &offset, bytes, &address_slot);
    if (!value_in_acc && !is_k && !value_slot) {
        value_slot = translate_use(t, &value, 1);
    }
    unsigned variant = is_wide ? (address_in_acc ? WIDE_STORE_AS : WIDE_STORE_SS)
                       : is_k  ? (address_in_acc ? STORE_AK : STORE_SK)
                               : (address_in_acc ? STORE_AS : value_in_acc ? STORE_SA : STORE_SS);
    uint16_t *field = translate_op(t, (enum code)(row.first + variant), 3u - address_in_acc - value_in_acc);
    if (!address_in_acc) {
        *field++ = address_slot;
    }
    *field++ = (uint16_t)offset;
    if (!value_in_acc) {
        *field = is_k ? (uint16_t)value.bits : value_slot;
    }
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

/* Where the accumulator has 32 bits: the narrow loads of i64 were done as i32. */
static void extend_load(struct translator *t, enum mote_op op)
{
    if (ACC64 || op < OP_I64_LOAD8_S || op > OP_I64_LOAD32_U) {
        return;
    }
    bool is_signed = op == OP_I64_LOAD8_S || op == OP_I64_LOAD16_S || op == OP_I64_LOAD32_S;
    enum mote_op extend = is_signed ? OP_I64_EXTEND_I32_S : OP_I64_EXTEND_I32_U;
    unary(t, extend, row_of(extend));
}

static bool is_unary(enum mote_op op)
{
    return (mote_op_info[op].signature >> 3 & 7) == SIG_NONE;
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
    struct row row = row_of(op);
    switch (row.family) {
    case FAMILY_NONE:
        return false;
    case FAMILY_LOAD:
    case FAMILY_WIDE_LOAD:
        load(t, instr, row);
        extend_load(t, op);
        return true;
    case FAMILY_STORE:
    case FAMILY_WIDE_STORE:
        store(t, instr, row);
        return true;
    case FAMILY_UNARY:
    case FAMILY_UNARY_SLOT:
    case FAMILY_WIDE_UNARY:
        unary(t, op, row);
        return true;
    default:
        break;
    }
    if (row.family == FAMILY_COLD && is_unary(op)) {
        unary(t, op, row);
        return true;
    }
    if (op == OP_I32_SUB || op == OP_I64_SUB) {
        subtract(t, op, row);
    } else {
        binary(t, op, row);
    }
    return true;
}
