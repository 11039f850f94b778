/* The translator's code buffer and its picture of the operand stack; see translate.h. */
#include "interp/translate.h"
#include "base/assert.h"

/* Slots that a 16-bit field can name, less room for the largest operand. */
#define NEAR_LIMIT 0xFFF0u

/* Lazily noted operands are looked for among this many of a block; deeper ones are put into their places at once. */
#define NOTES_MAX 32

void translate_fail(struct translator *t, enum mote_error error, const char *detail)
{
    if (t->emit.error == MOTE_ERROR_NONE) {
        t->emit.error = error;
        t->emit.detail = detail;
    }
}

void translate_retry(struct translator *t, bool *flag)
{
    translate_fail(t, MOTE_ERROR_LIMIT, "the function is too large");
    if (!*flag) {
        *flag = true;
        t->retry_funcidx = t->funcidx;
        t->emit.wants_retry = true;
    }
}

static bool make_room(struct translator *t, uint32_t halves)
{
    struct mote_module *module = t->module;
    if (t->emit.error) {
        return false;
    }
    if (t->at + halves <= module->code_capacity) {
        return true;
    }
    if (!mote_heap_grow(module->heap, MOTE_HEAP_CODE, (void **)&module->code, &module->code_capacity, t->at + halves,
                        sizeof *module->code)) {
        translate_fail(t, MOTE_ERROR_NO_MEMORY, NULL);
        return false;
    }
    return true;
}

uint16_t *translate_op(struct translator *t, enum code code, uint32_t fields)
{
    if (!make_room(t, fields + HANDLER_HALVES)) {
        MOTE_ASSERT(fields <= MOTE_COUNT(t->nowhere));
        return t->nowhere;
    }
    uint16_t *at = t->module->code + t->at;
    code_put_handler(at, code);
    t->at += fields + HANDLER_HALVES;
    return at + HANDLER_HALVES;
}

bool translate_reserve(struct translator *t, uint32_t halves)
{
    if (!make_room(t, halves)) {
        return false;
    }
    t->at += halves;
    return true;
}

void translate_put_u32(uint16_t *at, uint32_t value)
{
    at[0] = (uint16_t)value;
    at[1] = (uint16_t)(value >> 16);
}

void translate_bind_here(struct translator *t)
{
    t->last.end = UINT32_MAX;
}

static bool has_last(const struct translator *t)
{
    return t->last.end == t->at && !t->emit.error;
}

enum result translate_plain_result(unsigned cells)
{
    return ACC64 ? RESULT_MOVABLE : cells == 1 ? RESULT_ACC_TOO : RESULT_SLOT;
}

/* What is to be known of an operation that leaves a result in a slot and the accumulator. */
static void note_last(struct translator *t, enum code code, uint32_t start, uint32_t slot, unsigned cells, enum result result)
{
    t->last = (struct last){
        .start = start, .end = t->at, .code = (uint16_t)code, .slot = slot, .cells = (uint8_t)cells, .result = (uint8_t)result};
}

static uint32_t operand_slot(const struct translator *t, const struct operand *operand)
{
    return operand->kind == OPERAND_LOCAL ? t->local_slots[operand->bits] : 4 * operand->cell;
}

struct operand *translate_push(struct translator *t, unsigned cells)
{
    if (t->operand_count == t->operand_capacity &&
        !mote_heap_grow(t->module->heap, MOTE_HEAP_OTHER, (void **)&t->operands, &t->operand_capacity,
                        t->operand_count + 1, sizeof *t->operands)) {
        translate_fail(t, MOTE_ERROR_NO_MEMORY, NULL);
        t->operand_count--; /* the translation ends here; until then the topmost place serves (there is one: lay_out_frame) */
    }
    uint32_t cell = t->first_cell;
    if (t->operand_count > 0) {
        const struct operand *below = &t->operands[t->operand_count - 1];
        cell = below->cell + below->cells;
    }
    struct operand *operand = &t->operands[t->operand_count++];
    *operand = (struct operand){0, cell, OPERAND_SLOT, (uint8_t)cells};
    if (cell + 2 > t->max_cell) {
        t->max_cell = cell + 2;
        if (!t->has_far_frame && 4 * t->max_cell > NEAR_LIMIT) {
            translate_retry(t, &t->has_far_frame);
        }
    }
    return operand;
}

uint32_t translate_cell_at(const struct translator *t, uint32_t height)
{
    if (height == 0) {
        return t->first_cell;
    }
    return t->operands[height - 1].cell + t->operands[height - 1].cells;
}

struct operand translate_pop(struct translator *t)
{
    return t->operands[--t->operand_count];
}

static void emit_const(struct translator *t, uint64_t bits, unsigned cells, uint32_t slot)
{
    uint32_t start = t->at;
    bool is_short = cells == 1 ? (int32_t)bits == (int16_t)bits : (int64_t)bits == (int16_t)bits;
    enum code code = cells == 1 ? (is_short ? CODE_CONST16_S : CODE_CONST32_S) : (is_short ? CODE_CONST16_64_S : CODE_CONST64_S);
    unsigned halves = is_short ? 1 : 2 * cells;
    uint16_t *field = translate_op(t, code, halves + 1);
    for (unsigned i = 0; i < halves; i++) {
        field[i] = (uint16_t)(bits >> 16 * i);
    }
    field[halves] = (uint16_t)slot;
    note_last(t, code, start, slot, cells, translate_plain_result(cells));
}

static void emit_copy(struct translator *t, uint16_t from, uint32_t to, unsigned cells)
{
    uint32_t start = t->at;
    enum code code = cells == 1 ? CODE_COPY32_S : CODE_COPY64_S;
    uint16_t *field = translate_op(t, code, 2);
    field[0] = from;
    field[1] = (uint16_t)to;
    note_last(t, code, start, to, cells, translate_plain_result(cells));
}

static void emit_far_set(struct translator *t, uint16_t from, uint32_t to, unsigned cells)
{
    uint16_t *field = translate_op(t, cells == 1 ? CODE_FAR_SET32 : CODE_FAR_SET64, 3);
    field[0] = from;
    translate_put_u32(field + 1, to);
}

uint16_t translate_use(struct translator *t, struct operand *operand, unsigned scratch)
{
    uint16_t near = (uint16_t)(t->scratch + 8 * scratch);
    if (operand->kind == OPERAND_CONST) {
        if (t->has_far_frame) {
            emit_const(t, operand->bits, operand->cells, near);
            return near;
        }
        translate_flush(t, operand);
    }
    uint32_t slot = operand_slot(t, operand);
    if (slot <= NEAR_LIMIT) {
        return (uint16_t)slot;
    }
    uint16_t *field = translate_op(t, operand->cells == 1 ? CODE_FAR_GET32 : CODE_FAR_GET64, 3);
    translate_put_u32(field, slot);
    field[2] = near;
    return near;
}

bool translate_in_acc(const struct translator *t, const struct operand *operand)
{
    return has_last(t) && operand->kind != OPERAND_CONST && t->last.result != RESULT_SLOT && !t->has_far_frame &&
           operand->cells <= t->last.cells && operand_slot(t, operand) == t->last.slot;
}

void translate_take_acc(struct translator *t, const struct operand *operand)
{
    if (operand->kind == OPERAND_LOCAL || t->last.result != RESULT_MOVABLE) {
        return; /* the local wants it too, or the slot gets it anyway */
    }
    code_put_handler(t->module->code + t->last.start, (enum code)(t->last.code + 1));
    t->at--;
    if (t->instr_at > t->at) {
        t->instr_at = t->at;
    }
    translate_bind_here(t);
}

bool translate_is_k(const struct operand *operand)
{
    if (operand->kind != OPERAND_CONST) {
        return false;
    }
    return operand->cells == 1 ? (int32_t)operand->bits == (int16_t)operand->bits
                               : (int64_t)operand->bits == (int16_t)operand->bits;
}

void translate_copy_to(struct translator *t, struct operand *operand, uint32_t slot)
{
    if (t->has_far_frame) {
        emit_far_set(t, translate_use(t, operand, 3), slot, operand->cells);
        return;
    }
    if (operand->kind == OPERAND_CONST) {
        emit_const(t, operand->bits, operand->cells, slot);
        return;
    }
    uint32_t from = operand_slot(t, operand);
    if (from == slot) {
        return;
    }
    bool is_fresh = operand->kind == OPERAND_SLOT && has_last(t) && t->last.slot == from && t->last.cells == operand->cells;
    if (is_fresh) {
        t->module->code[t->at - 1] = (uint16_t)slot;
        t->last.slot = slot;
        return;
    }
    emit_copy(t, (uint16_t)from, slot, operand->cells);
}

void translate_flush(struct translator *t, struct operand *operand)
{
    if (operand->kind != OPERAND_SLOT) {
        translate_copy_to(t, operand, 4 * operand->cell);
        operand->kind = OPERAND_SLOT;
    }
}

void translate_flush_top(struct translator *t, uint32_t count)
{
    for (uint32_t i = t->operand_count - count; i < t->operand_count; i++) {
        translate_flush(t, &t->operands[i]);
    }
}

/* The operands of the current block among which notes of locals may be. */
static uint32_t notes_end(const struct translator *t)
{
    uint32_t height = t->labels[t->label_count - 1].height;
    return t->operand_count - height < NOTES_MAX ? t->operand_count : height + NOTES_MAX;
}

void translate_flush_locals(struct translator *t)
{
    uint32_t end = notes_end(t);
    for (uint32_t i = t->labels[t->label_count - 1].height; i < end; i++) {
        if (t->operands[i].kind == OPERAND_LOCAL) {
            translate_flush(t, &t->operands[i]);
        }
    }
}

void translate_flush_local(struct translator *t, uint32_t localidx)
{
    uint32_t end = notes_end(t);
    for (uint32_t i = t->labels[t->label_count - 1].height; i < end; i++) {
        if (t->operands[i].kind == OPERAND_LOCAL && t->operands[i].bits == localidx) {
            translate_flush(t, &t->operands[i]);
        }
    }
}

void translate_note_local(struct translator *t, uint32_t localidx, unsigned cells)
{
    struct operand *operand = translate_push(t, cells);
    operand->kind = OPERAND_LOCAL;
    operand->bits = localidx;
    if (t->operand_count - t->labels[t->label_count - 1].height > NOTES_MAX) {
        translate_flush(t, operand);
    }
}

void translate_result(struct translator *t, enum code code, uint32_t start, unsigned cells, enum result result)
{
    struct operand *operand = translate_push(t, cells);
    if (t->emit.error) {
        return;
    }
    if (t->has_far_frame) {
        t->module->code[t->at - 1] = (uint16_t)t->scratch;
        emit_far_set(t, (uint16_t)t->scratch, 4 * operand->cell, cells);
        return;
    }
    t->module->code[t->at - 1] = (uint16_t)(4 * operand->cell);
    note_last(t, code, start, 4 * operand->cell, cells, result);
}
