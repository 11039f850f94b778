/* Loads and stores: how their addresses and values are given, and when an access needs no check. */
#include "interp/translate_rows.h"

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
    unsigned cells = family == FAMILY_LOAD && !ACC64 ? 1 : translate_result_cells(instr->op);
    unsigned bytes = access_bytes(instr->op);
    struct operand address = translate_pop(t);
    uint32_t offset = instr->memoffset;
    if (family == FAMILY_LOAD && is_constant_address(t, &address, offset, bytes)) {
        enum code code = (enum code)(row.first + 2 * translate_step_of(family));
        uint32_t start = t->at;
        translate_put_u32(translate_op(t, code, 3), (uint32_t)address.bits + offset);
        translate_result(t, code, start, cells, translate_result_of(family, cells));
        return;
    }
    uint16_t slot;
    bool is_acc = place_address(t, &address, &offset, bytes, &slot);
    enum code code = (enum code)(row.first + (is_acc ? translate_step_of(family) : 0));
    uint32_t start = t->at;
    uint16_t *field = translate_op(t, code, is_acc ? 2 : 3);
    if (!is_acc) {
        *field++ = slot;
    }
    *field = (uint16_t)offset;
    translate_result(t, code, start, cells, translate_result_of(family, cells));
}

/* Where the accumulator has 32 bits: the narrow loads of i64 were done as i32. */
static void extend_load(struct translator *t, enum mote_op op)
{
    if (ACC64 || op < OP_I64_LOAD8_S || op > OP_I64_LOAD32_U) {
        return;
    }
    bool is_signed = op == OP_I64_LOAD8_S || op == OP_I64_LOAD16_S || op == OP_I64_LOAD32_S;
    enum mote_op extend = is_signed ? OP_I64_EXTEND_I32_S : OP_I64_EXTEND_I32_U;
    translate_unary(t, extend, translate_row_of(extend));
}

void translate_load(struct translator *t, const struct mote_instr *instr, struct row row)
{
    load(t, instr, row);
    extend_load(t, instr->op);
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

void translate_store(struct translator *t, const struct mote_instr *instr, struct row row)
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
