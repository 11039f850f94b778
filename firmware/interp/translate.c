/* The translator as the engine's sink: functions from begin to end; see translate.h. */
#include "interp/translate.h"
#include "wasm/validate.h"

/* Frames larger than this are refused, whatever stack there is. */
#define FRAME_CELLS_MAX (1u << 22)

static struct translator *translator_of(struct mote_emit *emit)
{
    return (struct translator *)(void *)emit;
}

static bool has_failed(const struct translator *t)
{
    return t->emit.error != MOTE_ERROR_NONE;
}

static void reset(struct translator *t, const struct mote_body *body)
{
    if (t->retry_funcidx != body->funcidx) {
        t->has_far_frame = t->has_far_branches = false;
        t->retry_funcidx = MOTE_NO_INDEX;
        t->start = t->at;
    }
    t->emit.error = MOTE_ERROR_NONE;
    t->emit.wants_retry = false;
    t->body = *body;
    t->funcidx = body->funcidx;
    t->at = t->start;
    t->operand_count = t->label_count = t->fixup_count = t->free_fixup = 0;
    if (t->locate_at == MOTE_NO_INDEX) { /* otherwise it is known, and a prepared module must not be written to */
        t->module->funcs[t->funcidx].code = t->start;
    }
    translate_bind_here(t);
}

/* Room for locals and a first operand, and where each local is: parameters first, then, in an ordinary frame, the other locals and the return address; in a far one the
   return address, scratch slots and the other locals. */
static bool lay_out_frame(struct translator *t)
{
    if (!mote_heap_grow(t->module->heap, MOTE_HEAP_OTHER, (void **)&t->local_slots, &t->local_capacity,
                        t->body.local_count + 1, sizeof *t->local_slots) ||
        !mote_heap_grow(t->module->heap, MOTE_HEAP_OTHER, (void **)&t->operands, &t->operand_capacity, 1,
                        sizeof *t->operands)) {
        translate_fail(t, MOTE_ERROR_NO_MEMORY, NULL);
        return false;
    }
    uint32_t params = t->body.type->param_count, results = t->body.type->result_cells;
    uint32_t cell = 0;
    for (uint32_t i = 0; i < t->body.local_count; i++) {
        if (i == params && t->has_far_frame) {
            cell = (cell > results ? cell : results) + LINK_CELLS + 8;
        }
        t->local_slots[i] = 4 * cell;
        cell += mote_valtype_cells(t->body.local_types[i]);
    }
    uint32_t low = t->has_far_frame ? t->body.type->param_cells : cell;
    low = low > results ? low : results;
    t->link = 4 * low;
    t->scratch = 4 * (low + LINK_CELLS);
    uint32_t fixed = low + LINK_CELLS + (t->has_far_frame ? 8 : 0);
    t->first_cell = cell > fixed ? cell : fixed;
    t->max_cell = t->first_cell + 2;
    if (!t->has_far_frame && 4 * t->max_cell > UINT16_MAX - 64) {
        translate_retry(t, &t->has_far_frame);
        return false;
    }
    return true;
}

static void emit_header(struct translator *t)
{
    if (!translate_reserve(t, HEADER_HALVES)) {
        return;
    }
    uint16_t *header = t->module->code + t->start;
    header[HEADER_LINK] = (uint16_t)t->link;
    header[HEADER_ZERO] = t->has_far_frame ? (uint16_t)t->link : (uint16_t)(4 * t->body.type->param_cells);
    if (t->has_far_frame) {
        uint32_t params = t->body.type->param_count;
        uint16_t *field = translate_op(t, CODE_HELPER, 6);
        field[0] = HELPER_ENTER_FAR;
        field[1] = 0;
        translate_put_u32(field + 2, params < t->body.local_count ? t->local_slots[params] : 4 * t->first_cell);
    }
}

static bool begin(struct mote_emit *emit, const struct mote_body *body)
{
    struct translator *t = translator_of(emit);
    reset(t, body);
    if (!lay_out_frame(t)) {
        return false;
    }
    emit_header(t);
    const uint8_t *results = t->module->bytes + body->type->results;
    struct mote_blocktype type = {NULL, results, 0, body->type->result_count};
    translate_push_label(t, &(struct mote_instr){.op = OP_BLOCK, .blocktype = &type});
    return !has_failed(t);
}

/* Which file takes an instruction follows from the order of the table of opcodes. */
static bool route(struct translator *t, const struct mote_instr *instr)
{
    if (instr->op <= OP_CALL_INDIRECT) {
        return translate_control(t, instr);
    }
    bool is_numeric = (instr->op >= OP_I32_LOAD && instr->op <= OP_I64_STORE32) || instr->op >= OP_I32_EQZ;
    return (is_numeric && translate_numeric(t, instr)) || translate_variable(t, instr);
}

static bool instr(struct mote_emit *emit, const struct mote_instr *instr)
{
    struct translator *t = translator_of(emit);
    t->instr_at = t->at;
    if (!route(t, instr)) {
        translate_fail(t, MOTE_ERROR_FEATURE_DISABLED, NULL);
    }
    if (t->locate_at != MOTE_NO_INDEX && t->instr_at - t->start <= t->locate_at && t->at - t->start > t->locate_at) {
        t->located = instr->offset;
    }
    return !has_failed(t);
}

static bool end(struct mote_emit *emit)
{
    struct translator *t = translator_of(emit);
    if (t->max_cell > FRAME_CELLS_MAX) {
        translate_fail(t, MOTE_ERROR_LIMIT, "the frame is larger than 16 MiB");
        return false;
    }
    uint16_t *code = t->module->code + t->start;
    if (t->has_far_frame) {
        code[HEADER_FRAME] = (uint16_t)(t->link + 4 * (LINK_CELLS + 8));
        translate_put_u32(code + HEADER_HALVES + HANDLER_HALVES + 4, 4 * t->max_cell);
    } else {
        code[HEADER_FRAME] = (uint16_t)(4 * t->max_cell);
    }
    t->module->code_size = 2 * t->at;
    return true;
}

void translator_init(struct translator *t, struct mote_module *module)
{
    *t = (struct translator){.emit = {.begin = begin, .instr = instr, .end = end}, .module = module};
    t->retry_funcidx = MOTE_NO_INDEX;
    t->locate_at = MOTE_NO_INDEX;
}

/* Shrinks the code to what it takes. */
static void trim(struct mote_module *module)
{
    uint32_t used = module->code_size / 2;
    if (!module->code || used == module->code_capacity || used == 0) {
        return;
    }
    uint16_t *moved = mote_heap_resize(module->heap, MOTE_HEAP_CODE, module->code,
                                       module->code_capacity * sizeof *module->code, used * sizeof *module->code);
    if (moved) {
        module->code = moved;
        module->code_capacity = used;
    }
}

void translator_deinit(struct translator *t)
{
    struct mote_heap *heap = t->module->heap;
    mote_heap_free(heap, MOTE_HEAP_OTHER, t->local_slots, t->local_capacity * sizeof *t->local_slots);
    mote_heap_free(heap, MOTE_HEAP_OTHER, t->operands, t->operand_capacity * sizeof *t->operands);
    mote_heap_free(heap, MOTE_HEAP_OTHER, t->labels, t->label_capacity * sizeof *t->labels);
    mote_heap_free(heap, MOTE_HEAP_OTHER, t->fixups, t->fixup_capacity * sizeof *t->fixups);
}

bool mote_interp_translate(struct mote_module *module, uint32_t from, uint32_t to, struct mote_diag *diag)
{
    struct translator t;
    translator_init(&t, module);
    t.at = module->code_size / 2;
    bool is_good = mote_validate_range(module, from, to, &t.emit, diag);
    translator_deinit(&t);
    trim(module);
    return is_good;
}
