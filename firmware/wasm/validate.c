/* Function bodies: locals, the operand stack, plain instructions by their signatures; see validate.h. */
#include "wasm/validate.h"
#include "base/text.h"
#include "wasm/const_expr.h"

void mote_validator_init(struct mote_validator *validator, struct mote_module *module, struct mote_emit *emit,
                         struct mote_diag *diag)
{
    *validator = (struct mote_validator){.module = module, .emit = emit, .diag = diag};
}

void mote_validator_deinit(struct mote_validator *v)
{
    struct mote_heap *heap = v->module->heap;
    mote_heap_free(heap, MOTE_HEAP_OTHER, v->locals, v->local_capacity);
    mote_heap_free(heap, MOTE_HEAP_OTHER, v->operands, v->operand_capacity);
    mote_heap_free(heap, MOTE_HEAP_OTHER, v->ctrls, v->ctrl_capacity * sizeof *v->ctrls);
}

void mote_invalid(struct mote_validator *v, enum mote_error error, const char *detail)
{
    mote_reader_fail_at(&v->reader, v->at, error, detail);
}

void mote_invalid_index(struct mote_validator *v, enum mote_error error, uint32_t index)
{
    mote_reader_fail_index(&v->reader, v->at, error, index);
}

bool mote_instr_index(struct mote_validator *v, uint32_t *index, uint32_t count, enum mote_error unknown)
{
    return mote_read_index(&v->reader, index, count, unknown, v->at);
}

void mote_push_operand(struct mote_validator *v, uint8_t type)
{
    if (v->operand_count == v->operand_capacity &&
        !mote_heap_grow(v->module->heap, MOTE_HEAP_OTHER, (void **)&v->operands, &v->operand_capacity,
                        v->operand_count + 1, 1)) {
        mote_invalid(v, MOTE_ERROR_NO_MEMORY, NULL);
        return;
    }
    v->operands[v->operand_count++] = type;
}

static void fail_operand(struct mote_validator *v, uint8_t expected, uint8_t found)
{
    char detail[64];
    struct mote_text text = mote_text_begin(detail, sizeof detail);
    mote_text_string(&text, "expected ");
    mote_text_string(&text, expected ? mote_valtype_text(expected) : "an operand");
    mote_text_string(&text, ", found ");
    mote_text_string(&text, found ? mote_valtype_text(found) : "nothing");
    mote_invalid(v, MOTE_ERROR_TYPE_MISMATCH, detail);
}

uint8_t mote_pop_operand(struct mote_validator *v, uint8_t expected)
{
    const struct mote_ctrl *ctrl = mote_top_ctrl(v);
    if (v->operand_count == ctrl->height) {
        if (!ctrl->is_unreachable) {
            fail_operand(v, expected, 0);
        }
        return expected;
    }
    uint8_t found = v->operands[--v->operand_count];
    if (found != expected && found != 0 && expected != 0) {
        fail_operand(v, expected, found);
    }
    return found ? found : expected;
}

void mote_pop_operands(struct mote_validator *v, const uint8_t *types, uint32_t count)
{
    while (count-- > 0 && !v->reader.failed) {
        mote_pop_operand(v, types[count]);
    }
}

void mote_push_operands(struct mote_validator *v, const uint8_t *types, uint32_t count)
{
    for (uint32_t i = 0; i < count && !v->reader.failed; i++) {
        mote_push_operand(v, types[i]);
    }
}

void mote_set_unreachable(struct mote_validator *v)
{
    struct mote_ctrl *ctrl = mote_top_ctrl(v);
    v->operand_count = ctrl->height;
    ctrl->is_unreachable = true;
}

static void check_memarg(struct mote_validator *v, struct mote_instr *instr)
{
    uint32_t at = v->reader.at;
    uint32_t align = mote_read_u32_leb(&v->reader);
    if (align >= 32) {
        mote_reader_fail_at(&v->reader, at, MOTE_ERROR_BAD_MEMARG, NULL);
        return;
    }
    instr->memoffset = mote_read_u32_leb(&v->reader);
    if (v->module->memory_count == 0) {
        mote_invalid_index(v, MOTE_ERROR_UNKNOWN_MEMORY, 0);
        return;
    }
    if (align > mote_op_natural_align(instr->op)) {
        mote_invalid(v, MOTE_ERROR_ALIGNMENT, NULL);
    }
}

static void check_zero_byte(struct mote_validator *v)
{
    uint32_t at = v->reader.at;
    if (mote_read_u8(&v->reader) != 0) {
        mote_reader_fail_at(&v->reader, at, MOTE_ERROR_ZERO_EXPECTED, NULL);
    } else if (v->module->memory_count == 0) {
        mote_invalid_index(v, MOTE_ERROR_UNKNOWN_MEMORY, 0);
    }
}

static void check_data_index(struct mote_validator *v, struct mote_instr *instr)
{
    instr->index = mote_read_u32_leb(&v->reader);
    if (v->module->data_count_declared == UINT32_MAX) {
        mote_invalid(v, MOTE_ERROR_DATA_COUNT_REQUIRED, NULL);
    } else if (instr->index >= v->module->data_count_declared) {
        mote_invalid_index(v, MOTE_ERROR_UNKNOWN_DATA_SEGMENT, instr->index);
    }
}

/* The memory is looked for before the segment is. */
static void check_memory_init(struct mote_validator *v, struct mote_instr *instr)
{
    if (v->module->memory_count == 0) {
        mote_invalid_index(v, MOTE_ERROR_UNKNOWN_MEMORY, 0);
        return;
    }
    check_data_index(v, instr);
    check_zero_byte(v);
}

static void check_table_types(struct mote_validator *v, uint8_t to, uint8_t from)
{
    if (to != from) {
        mote_invalid(v, MOTE_ERROR_TYPE_MISMATCH, "the element types differ");
    }
}

/* The table is looked for before the segment is, though it is named behind it. */
static void check_table_init(struct mote_validator *v, struct mote_instr *instr)
{
    const struct mote_module *module = v->module;
    instr->index = mote_read_u32_leb(&v->reader);
    if (!mote_instr_index(v, &instr->index2, module->table_count, MOTE_ERROR_UNKNOWN_TABLE)) {
        return;
    }
    if (instr->index >= module->elem_count) {
        mote_invalid_index(v, MOTE_ERROR_UNKNOWN_ELEM_SEGMENT, instr->index);
        return;
    }
    check_table_types(v, module->tables[instr->index2].reftype, module->elems[instr->index].reftype);
}

/* Reads what follows an instruction with a fixed signature. */
static void read_immediate(struct mote_validator *v, struct mote_instr *instr)
{
    const struct mote_module *module = v->module;
    enum mote_immediate immediate = (enum mote_immediate)mote_op_info[instr->op].immediate;
    switch (immediate) {
    case IMM_MEMARG:
        check_memarg(v, instr);
        return;
    case IMM_MEMIDX:
        check_zero_byte(v);
        return;
    case IMM_MEMORY_COPY:
        check_zero_byte(v);
        check_zero_byte(v);
        return;
    case IMM_I32:
    case IMM_I64:
    case IMM_F32:
    case IMM_F64:
        instr->constant = mote_read_constant(&v->reader, OP_CODE_I32_CONST + (immediate - IMM_I32));
        return;
    case IMM_MEMORY_INIT:
        check_memory_init(v, instr);
        return;
    case IMM_DATAIDX:
        check_data_index(v, instr);
        return;
    case IMM_ELEMIDX:
        mote_instr_index(v, &instr->index, module->elem_count, MOTE_ERROR_UNKNOWN_ELEM_SEGMENT);
        return;
    case IMM_TABLEIDX:
        mote_instr_index(v, &instr->index, module->table_count, MOTE_ERROR_UNKNOWN_TABLE);
        return;
    case IMM_TABLE_INIT:
        check_table_init(v, instr);
        return;
    case IMM_TABLE_COPY:
        if (mote_instr_index(v, &instr->index, module->table_count, MOTE_ERROR_UNKNOWN_TABLE) &&
            mote_instr_index(v, &instr->index2, module->table_count, MOTE_ERROR_UNKNOWN_TABLE)) {
            check_table_types(v, module->tables[instr->index].reftype, module->tables[instr->index2].reftype);
        }
        return;
    default:
        return;
    }
}

static void check_signature(struct mote_validator *v, unsigned signature)
{
    if (signature == SIG_III) {
        mote_pop_operand(v, MOTE_I32);
        signature = SIG(SIG_I32, SIG_I32, SIG_NONE);
    }
    for (unsigned operands = signature / 5; operands > 0; operands /= 5) {
        mote_pop_operand(v, SIG_VALTYPE(operands % 5));
    }
    if (SIG_RESULT(signature) != SIG_NONE) {
        mote_push_operand(v, SIG_VALTYPE(SIG_RESULT(signature)));
    }
}

static void fail_opcode(struct mote_validator *v, uint8_t byte)
{
    const char *feature = mote_foreign_feature(byte);
    char detail[64];
    struct mote_text text = mote_text_begin(detail, sizeof detail);
    mote_text_hex(&text, byte);
    if (feature) {
        mote_text_string(&text, " needs ");
        mote_text_string(&text, feature);
    }
    mote_invalid(v, MOTE_ERROR_ILLEGAL_OPCODE, detail);
}

static enum mote_op read_opcode(struct mote_validator *v)
{
    uint8_t byte = mote_read_u8(&v->reader);
    if (v->reader.failed) {
        return OP_NONE;
    }
    enum mote_op op = byte == 0xFC ? mote_find_op(0xFC, mote_read_u32_leb(&v->reader)) : mote_find_op(0, byte);
    if (op == OP_NONE) {
        fail_opcode(v, byte);
    } else if (mote_op_info[op].feature != FEATURE_MVP) {
        mote_feature_require(&v->reader, v->at, mote_op_info[op].feature);
    }
    return v->reader.failed ? OP_NONE : op;
}

/* What the sink answered. When it wants the body once more there is nothing to report. */
static void heed_sink(struct mote_validator *v, bool is_good)
{
    if (!is_good && v->emit->wants_retry) {
        v->reader.failed = true;
    } else if (!is_good) {
        mote_invalid(v, v->emit->error, v->emit->detail);
    }
}

static void validate_instr(struct mote_validator *v)
{
    struct mote_instr instr = {.offset = v->reader.at};
    v->at = instr.offset;
    instr.op = read_opcode(v);
    if (instr.op == OP_NONE) {
        return;
    }
    const struct mote_ctrl *ctrl = mote_top_ctrl(v);
    instr.is_reachable = !ctrl->is_unreachable && !ctrl->is_dead;
    bool is_told = instr.op == OP_END || instr.op == OP_ELSE ? !ctrl->is_dead : instr.is_reachable;
    unsigned signature = mote_op_info[instr.op].signature;
    if (signature == SIG_SPECIAL) {
        mote_validate_special(v, &instr);
    } else {
        read_immediate(v, &instr);
        check_signature(v, signature);
    }
    if (v->emit && is_told && !v->reader.failed) {
        heed_sink(v, v->emit->instr(v->emit, &instr));
    }
}

static bool add_locals(struct mote_validator *v, const uint8_t *types, uint8_t type, uint32_t count)
{
    if (count > MOTE_LOCALS_MAX - v->local_count) {
        mote_invalid(v, MOTE_ERROR_TOO_MANY_LOCALS, NULL);
        return false;
    }
    if (!mote_heap_grow(v->module->heap, MOTE_HEAP_OTHER, (void **)&v->locals, &v->local_capacity,
                        v->local_count + count, 1)) {
        mote_invalid(v, MOTE_ERROR_NO_MEMORY, NULL);
        return false;
    }
    for (uint32_t i = 0; i < count; i++) {
        v->locals[v->local_count++] = types ? types[i] : type;
    }
    return true;
}

static void read_locals(struct mote_validator *v)
{
    v->local_count = 0;
    v->at = v->reader.at;
    if (!add_locals(v, v->module->bytes + v->type->params, 0, v->type->param_count)) {
        return;
    }
    uint32_t groups = mote_read_count(&v->reader);
    while (groups-- > 0 && !v->reader.failed) {
        v->at = v->reader.at;
        uint32_t count = mote_read_u32_leb(&v->reader);
        uint8_t type = mote_decode_valtype(&v->reader);
        if (v->reader.failed || !add_locals(v, NULL, type, count)) {
            return;
        }
    }
}

static void begin_body(struct mote_validator *v, uint32_t funcidx)
{
    const struct mote_module *module = v->module;
    const struct mote_func_decl *func = &module->funcs[funcidx];
    v->type = mote_module_functype(module, funcidx);
    v->reader = mote_reader_over(module->bytes, func->body, module->size, v->diag);
    v->reader.end_error = MOTE_ERROR_UNEXPECTED_END_SECTION;
    v->operand_count = 0;
    v->ctrl_count = 0;
    read_locals(v);
    struct mote_blocktype type = {NULL, module->bytes + v->type->results, 0, v->type->result_count};
    if (v->reader.failed || !mote_push_ctrl(v, OP_BLOCK, &type) || !v->emit) {
        return;
    }
    struct mote_body body = {module, funcidx, v->type, v->locals, v->local_count};
    heed_sink(v, v->emit->begin(v->emit, &body));
}

static void go_through_body(struct mote_validator *v, uint32_t funcidx)
{
    begin_body(v, funcidx);
    while (!v->reader.failed && v->ctrl_count > 0) {
        validate_instr(v);
    }
    v->at = v->reader.at;
    const struct mote_func_decl *func = &v->module->funcs[funcidx];
    if (!v->reader.failed && v->reader.at != func->body + func->body_size) {
        mote_invalid(v, MOTE_ERROR_SECTION_SIZE, "the function ends elsewhere");
    }
    if (!v->reader.failed && v->emit) {
        heed_sink(v, v->emit->end(v->emit));
    }
}

bool mote_validate_body(struct mote_validator *v, uint32_t funcidx)
{
    do {
        go_through_body(v, funcidx);
    } while (v->reader.failed && v->emit && v->emit->wants_retry);
    return !v->reader.failed;
}

bool mote_validate_bodies(struct mote_module *module, struct mote_emit *emit, struct mote_diag *diag)
{
    return mote_validate_range(module, module->imported[EXTERN_FUNC], module->func_count, emit, diag);
}

bool mote_validate_range(struct mote_module *module, uint32_t from, uint32_t to, struct mote_emit *emit, struct mote_diag *diag)
{
    struct mote_validator validator;
    mote_validator_init(&validator, module, emit, diag);
    uint32_t funcidx = from;
    while (funcidx < to && module->funcs[funcidx].body && mote_validate_body(&validator, funcidx)) {
        funcidx++;
    }
    mote_validator_deinit(&validator);
    if (diag->error) {
        diag->funcidx = funcidx;
    }
    return !diag->error;
}
