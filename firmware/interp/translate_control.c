/* Blocks, branches and returns. Values that a label takes are in the slots of its operands wherever code can reach it from. */
#include "interp/translate.h"

/* ---- Labels ---- */

/* Displacements of branches that are short: half-words, 16 bits, signed. */
static bool is_short(int64_t distance)
{
    return distance >= INT16_MIN && distance <= INT16_MAX;
}

static void put_distance(struct translator *t, uint32_t at, uint32_t base, uint32_t target, bool is_far)
{
    int64_t distance = (int64_t)target - base;
    if (t->emit.error) {
        return;
    }
    if (is_far) {
        translate_put_u32(t->module->code + at, (uint32_t)(int32_t)distance);
    } else if (is_short(distance)) {
        t->module->code[at] = (uint16_t)(int16_t)distance;
    } else {
        translate_retry(t, &t->has_far_branches);
    }
}

/* Notes that the half-word(s) at `at` take the distance from `base` to a label that is not there yet. */
static void add_fixup(struct translator *t, uint32_t *list, uint32_t at, uint32_t base, bool is_far)
{
    uint32_t index = t->free_fixup;
    if (index) {
        t->free_fixup = t->fixups[index - 1].next;
    } else {
        if (!mote_heap_grow(t->module->heap, MOTE_HEAP_OTHER, (void **)&t->fixups, &t->fixup_capacity,
                            t->fixup_count + 1, sizeof *t->fixups)) {
            translate_fail(t, MOTE_ERROR_NO_MEMORY, NULL);
            return;
        }
        index = ++t->fixup_count;
    }
    t->fixups[index - 1] = (struct fixup){*list, at, base, is_far};
    *list = index;
}

/* Lets all that waits in the list come here. */
static void bind(struct translator *t, uint32_t *list)
{
    translate_bind_here(t);
    while (*list) {
        struct fixup *fixup = &t->fixups[*list - 1];
        uint32_t index = *list;
        put_distance(t, fixup->at, fixup->base, t->at, fixup->is_far);
        *list = fixup->next;
        fixup->next = t->free_fixup;
        t->free_fixup = index;
    }
}

static struct label *label_at(struct translator *t, uint32_t depth)
{
    return &t->labels[t->label_count - 1 - depth];
}

/* Where the operation from `base` on jumps to, in the field at `at`: known for loops, waited for otherwise. */
static void aim(struct translator *t, struct label *label, uint32_t at, uint32_t base, bool is_far)
{
    if (label->op == OP_LOOP) {
        put_distance(t, at, base, label->start, is_far);
    } else {
        add_fixup(t, &label->fixups, at, base, is_far);
    }
}

void translate_push_label(struct translator *t, const struct mote_instr *instr)
{
    if (!mote_heap_grow(t->module->heap, MOTE_HEAP_OTHER, (void **)&t->labels, &t->label_capacity, t->label_count + 1,
                        sizeof *t->labels)) {
        translate_fail(t, MOTE_ERROR_NO_MEMORY, NULL);
        return;
    }
    t->labels[t->label_count++] = (struct label){
        .height = t->operand_count - instr->blocktype->param_count,
        .start = t->at,
        .type = *instr->blocktype,
        .op = (uint8_t)instr->op,
    };
}

/* ---- Moving values to where a label takes them ---- */

static const uint8_t *label_types(const struct label *label, uint32_t *count)
{
    *count = label->op == OP_LOOP ? label->type.param_count : label->type.result_count;
    return label->op == OP_LOOP ? label->type.params : label->type.results;
}

/* Whether the topmost `count` operands are where the label takes them once they are in their own places. */
static bool are_in_place(const struct translator *t, const struct label *label, uint32_t count)
{
    return count == 0 || translate_cell_at(t, t->operand_count - count) == translate_cell_at(t, label->height);
}

static void move_to_label(struct translator *t, const struct label *label)
{
    uint32_t count;
    label_types(label, &count);
    if (count > 1) {
        translate_flush_top(t, count); /* one may be a note of what another overwrites */
    }
    uint32_t cell = translate_cell_at(t, label->height);
    for (uint32_t i = t->operand_count - count; i < t->operand_count; i++) {
        struct operand *operand = &t->operands[i];
        uint32_t cells = operand->cells;
        translate_copy_to(t, operand, 4 * cell);
        cell += cells;
    }
}

/* ---- Returns ---- */

static void emit_return_value(struct translator *t, struct operand *value)
{
    bool is_acc = translate_in_acc(t, value) && (ACC64 || value->cells == 1);
    uint16_t *field;
    if (is_acc) {
        translate_take_acc(t, value);
#if ACC64
        field = translate_op(t, value->cells == 1 ? CODE_RETURN32_A : CODE_RETURN64_A, 1);
#else
        field = translate_op(t, CODE_RETURN32_A, 1);
#endif
        field[0] = (uint16_t)t->link;
        return;
    }
    if (value->cells == 1 && translate_is_k(value)) {
        field = translate_op(t, CODE_RETURN32_K, 2);
        field[1] = (uint16_t)value->bits;
    } else {
        uint16_t slot = translate_use(t, value, 0);
        field = translate_op(t, value->cells == 1 ? CODE_RETURN32_S : CODE_RETURN64_S, 2);
        field[1] = slot;
    }
    field[0] = (uint16_t)t->link;
}

/* Returns with the topmost operands; they stay on the picture of the stack, some perhaps moved to their places. */
static void emit_return(struct translator *t)
{
    uint32_t count = t->body.type->result_count;
    if (count == 1) {
        struct operand value = *translate_top(t);
        emit_return_value(t, &value);
        return;
    }
    translate_flush_top(t, count);
    uint32_t cell = 0;
    for (uint32_t i = t->operand_count - count; i < t->operand_count; i++) {
        translate_copy_to(t, &t->operands[i], 4 * cell);
        cell += t->operands[i].cells;
    }
    translate_op(t, CODE_RETURN, 1)[0] = (uint16_t)t->link;
}

/* ---- Branches ---- */

static void emit_br(struct translator *t, struct label *label)
{
    uint32_t base = t->at;
    if (t->has_far_branches) {
        translate_op(t, CODE_BR_FAR, 2);
    } else {
        translate_op(t, CODE_BR, 1);
    }
    aim(t, label, base + HANDLER_HALVES, base, t->has_far_branches);
}

/* A branch to a label with the values it takes, or a return. */
static void branch(struct translator *t, uint32_t depth)
{
    if (depth == t->label_count - 1) {
        emit_return(t);
        return;
    }
    struct label *label = label_at(t, depth);
    move_to_label(t, label);
    emit_br(t, label);
}

/* Emits a branch that is taken when the operand popped before is (not) zero; returns the half-word for the displacement.
   A comparison that was just emitted for it is taken back and becomes part of the branch. */
static uint32_t emit_conditional(struct translator *t, struct operand *condition, bool when, uint32_t *base)
{
    bool is_acc = translate_in_acc(t, condition);
    bool is_fresh = is_acc && condition->kind == OPERAND_SLOT;
    if (is_fresh && t->last.is_compare) {
        uint8_t wanted = when ? t->last.condition : t->last.condition ^ 1;
        enum code code = translate_branch_code(t, wanted);
        if (code != CODE_COUNT) {
            /* The fields of the operands stay; the result's becomes the displacement. */
            *base = t->last.start;
            code_put_handler(t->module->code + t->last.start, code);
            translate_bind_here(t);
            return t->at - 1;
        }
    }
    if (is_acc) {
        translate_take_acc(t, condition);
        *base = t->at;
        translate_op(t, when ? CODE_BR_NZ_A : CODE_BR_Z_A, 1);
        return *base + HANDLER_HALVES;
    }
    uint16_t slot = translate_use(t, condition, 0);
    *base = t->at;
    translate_op(t, when ? CODE_BR_NZ_S : CODE_BR_Z_S, 2)[0] = slot;
    return *base + HANDLER_HALVES + 1;
}

/* A short conditional branch around what comes next; give the result to land. */
static uint32_t branch_around(struct translator *t, struct operand *condition, bool when)
{
    uint32_t base;
    uint32_t list = 0;
    uint32_t at = emit_conditional(t, condition, when, &base);
    add_fixup(t, &list, at, base, false);
    return list;
}

/* A conditional branch straight to a label that needs no values moved. */
static void branch_to(struct translator *t, struct operand *condition, bool when, struct label *label)
{
    uint32_t base;
    if (t->has_far_branches) {
        uint32_t around = branch_around(t, condition, !when);
        emit_br(t, label);
        bind(t, &around);
        return;
    }
    uint32_t at = emit_conditional(t, condition, when, &base);
    aim(t, label, at, base, false);
}

static void br_if(struct translator *t, uint32_t depth)
{
    struct operand condition = translate_pop(t);
    struct label *label = label_at(t, depth);
    uint32_t count;
    label_types(label, &count);
    bool is_return = depth == t->label_count - 1;
    if (!is_return && are_in_place(t, label, count)) {
        translate_flush_top(t, count);
        branch_to(t, &condition, true, label);
        return;
    }
    translate_flush_top(t, is_return ? t->body.type->result_count : count);
    uint32_t around = branch_around(t, &condition, false);
    branch(t, depth);
    bind(t, &around);
}

/* Reads label indices of a br_table; they are valid. */
static struct mote_reader arms_reader(const struct translator *t, const struct mote_instr *instr, struct mote_diag *diag)
{
    return mote_reader_over(t->module->bytes, instr->arms, t->module->size, diag);
}

/* An arm that has to move values, or returns, jumps to a piece of code behind the table; those with the same label share it. */
static bool arm_needs_code(struct translator *t, uint32_t depth)
{
    struct label *label = label_at(t, depth);
    uint32_t count;
    label_types(label, &count);
    return depth == t->label_count - 1 || !are_in_place(t, label, count);
}

static uint32_t emit_table_head(struct translator *t, struct operand *index, uint32_t count)
{
    uint32_t base;
    if (translate_in_acc(t, index)) {
        translate_take_acc(t, index);
        base = t->at;
        translate_put_u32(translate_op(t, CODE_BR_TABLE_A, 2), count);
        return base;
    }
    uint16_t slot = translate_use(t, index, 0);
    base = t->at;
    uint16_t *field = translate_op(t, CODE_BR_TABLE_S, 3);
    field[0] = slot;
    translate_put_u32(field + 1, count);
    return base;
}

static void br_table(struct translator *t, const struct mote_instr *instr)
{
    struct operand index = translate_pop(t);
    uint32_t arity;
    struct mote_diag diag;
    mote_diag_init(&diag);
    struct mote_reader arms = arms_reader(t, instr, &diag);
    label_types(label_at(t, 0), &arity);
    for (uint32_t i = 0; i <= instr->index; i++) {
        uint32_t depth = mote_read_u32_leb(&arms);
        label_types(label_at(t, depth), &arity);
    }
    translate_flush_top(t, arity);
    uint32_t base = emit_table_head(t, &index, instr->index);
    uint32_t table = t->at;
    if (!translate_reserve(t, 2 * (instr->index + 1))) {
        return;
    }
    arms = arms_reader(t, instr, &diag);
    uint32_t last_depth = UINT32_MAX, last_at = 0;
    for (uint32_t i = 0; i <= instr->index && !t->emit.error; i++) {
        uint32_t depth = mote_read_u32_leb(&arms);
        if (!arm_needs_code(t, depth)) {
            aim(t, label_at(t, depth), table + 2 * i, base, true);
            continue;
        }
        if (depth != last_depth) {
            last_depth = depth;
            last_at = t->at;
            translate_bind_here(t);
            branch(t, depth);
        }
        put_distance(t, table + 2 * i, base, last_at, true);
    }
}

/* ---- Blocks ---- */

static void enter_block(struct translator *t, const struct mote_instr *instr)
{
    struct operand condition = {0};
    if (instr->op == OP_IF) {
        condition = translate_pop(t);
    }
    translate_flush_locals(t);
    translate_flush_top(t, instr->blocktype->param_count);
    translate_push_label(t, instr);
    if (t->emit.error) {
        return;
    }
    struct label *label = label_at(t, 0);
    if (instr->op == OP_LOOP) {
        translate_bind_here(t);
        label->start = t->at;
    } else if (instr->op == OP_IF && t->has_far_branches) {
        uint32_t around = branch_around(t, &condition, true);
        uint32_t base = t->at;
        translate_op(t, CODE_BR_FAR, 2);
        add_fixup(t, &label_at(t, 0)->otherwise, base + HANDLER_HALVES, base, true);
        bind(t, &around);
    } else if (instr->op == OP_IF) {
        uint32_t base;
        uint32_t at = emit_conditional(t, &condition, false, &base);
        add_fixup(t, &label_at(t, 0)->otherwise, at, base, false);
    }
}

/* The picture of the stack after a block: what was below it, then these values in their places. */
static void reset_operands(struct translator *t, const struct label *label, const uint8_t *types, uint32_t count)
{
    t->operand_count = label->height;
    for (uint32_t i = 0; i < count; i++) {
        translate_push(t, mote_valtype_cells(types[i]));
    }
}

static void enter_else(struct translator *t, const struct mote_instr *instr)
{
    struct label *label = label_at(t, 0);
    if (instr->is_reachable) {
        translate_flush_top(t, label->type.result_count);
        label->op = OP_ELSE;
        emit_br(t, label);
    }
    label = label_at(t, 0);
    label->op = OP_ELSE;
    bind(t, &label->otherwise);
    reset_operands(t, label, label->type.params, label->type.param_count);
}

static void leave_block(struct translator *t, const struct mote_instr *instr)
{
    if (t->label_count == 1) {
        if (instr->is_reachable) {
            emit_return(t);
        }
        t->label_count = 0;
        return;
    }
    struct label *label = label_at(t, 0);
    if (instr->is_reachable) {
        translate_flush_top(t, label->type.result_count);
    }
    if (label->op == OP_IF) {
        bind(t, &label->otherwise);
    }
    if (label->fixups) {
        bind(t, &label->fixups);
    }
    t->label_count--;
    reset_operands(t, label, label->type.results, label->type.result_count);
}

bool translate_control(struct translator *t, const struct mote_instr *instr)
{
    switch (instr->op) {
    case OP_UNREACHABLE:
        translate_op(t, CODE_UNREACHABLE, 0);
        return true;
    case OP_NOP:
        return true;
    case OP_BLOCK:
    case OP_LOOP:
    case OP_IF:
        enter_block(t, instr);
        return true;
    case OP_ELSE:
        enter_else(t, instr);
        return true;
    case OP_END:
        leave_block(t, instr);
        return true;
    case OP_BR:
        branch(t, instr->index);
        return true;
    case OP_BR_IF:
        br_if(t, instr->index);
        return true;
    case OP_BR_TABLE:
        br_table(t, instr);
        return true;
    case OP_RETURN:
        emit_return(t);
        return true;
    case OP_CALL:
        translate_call(t, instr->index);
        return true;
    case OP_CALL_INDIRECT:
        translate_call_indirect(t, instr);
        return true;
    default:
        return false;
    }
}
