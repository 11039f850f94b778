/* The rules of blocks and branches (specification, 3.3.8; appendix "Validation Algorithm"). */
#include "wasm/validate.h"

bool mote_push_ctrl(struct mote_validator *v, enum mote_op op, const struct mote_blocktype *type)
{
    bool is_dead = v->ctrl_count > 0 && (mote_top_ctrl(v)->is_unreachable || mote_top_ctrl(v)->is_dead);
    if (!mote_heap_grow(v->module->heap, MOTE_HEAP_OTHER, (void **)&v->ctrls, &v->ctrl_capacity, v->ctrl_count + 1,
                        sizeof *v->ctrls)) {
        mote_invalid(v, MOTE_ERROR_NO_MEMORY, NULL);
        return false;
    }
    v->ctrls[v->ctrl_count++] = (struct mote_ctrl){*type, v->operand_count, (uint8_t)op, false, is_dead};
    return true;
}

/* A single value type names itself as the result: the list is then one byte of the module. */
static void read_blocktype(struct mote_validator *v, struct mote_blocktype *type)
{
    const struct mote_module *module = v->module;
    uint32_t at = v->reader.at;
    uint8_t byte = at < v->reader.end ? v->reader.bytes[at] : 0;
    *type = (struct mote_blocktype){0};
    if (byte == 0x40) {
        v->reader.at++;
        return;
    }
    if ((byte & 0xC0) == 0x40) {
        mote_decode_valtype(&v->reader);
        type->results = module->bytes + at;
        type->result_count = 1;
        return;
    }
    int64_t typeidx = mote_read_s33_leb(&v->reader);
    if (v->reader.failed) {
        return;
    }
    if (typeidx < 0 || typeidx >= module->type_count) {
        mote_invalid_index(v, MOTE_ERROR_UNKNOWN_TYPE, (uint32_t)typeidx);
        return;
    }
    if (!mote_feature_require(&v->reader, at, FEATURE_MULTI_VALUE)) {
        return;
    }
    const struct mote_functype *functype = &module->types[typeidx];
    *type = (struct mote_blocktype){module->bytes + functype->params, module->bytes + functype->results,
                                    functype->param_count, functype->result_count};
}

static void enter_block(struct mote_validator *v, struct mote_instr *instr)
{
    struct mote_blocktype type;
    read_blocktype(v, &type);
    if (instr->op == OP_IF) {
        mote_pop_operand(v, MOTE_I32);
    }
    mote_pop_operands(v, type.params, type.param_count);
    if (v->reader.failed || !mote_push_ctrl(v, instr->op, &type)) {
        return;
    }
    mote_push_operands(v, type.params, type.param_count);
    instr->blocktype = &mote_top_ctrl(v)->type;
}

/* Checks that the block's results, and nothing else, are there. */
static void check_results(struct mote_validator *v)
{
    const struct mote_ctrl *ctrl = mote_top_ctrl(v);
    mote_pop_operands(v, ctrl->type.results, ctrl->type.result_count);
    if (!v->reader.failed && v->operand_count != ctrl->height) {
        mote_invalid(v, MOTE_ERROR_TYPE_MISMATCH, "values remain on the stack at the end of a block");
    }
}

static void enter_else(struct mote_validator *v)
{
    struct mote_ctrl *ctrl = mote_top_ctrl(v);
    if (ctrl->op != OP_IF) {
        mote_invalid(v, MOTE_ERROR_END_EXPECTED, "else outside if");
        return;
    }
    check_results(v);
    ctrl->op = OP_ELSE;
    ctrl->is_unreachable = false;
    mote_push_operands(v, ctrl->type.params, ctrl->type.param_count);
}

/* An if without else passes its parameters on as its results. */
static void check_missing_else(struct mote_validator *v, const struct mote_blocktype *type)
{
    bool is_same = type->param_count == type->result_count;
    for (uint32_t i = 0; is_same && i < type->param_count; i++) {
        is_same = type->params[i] == type->results[i];
    }
    if (!is_same) {
        mote_invalid(v, MOTE_ERROR_TYPE_MISMATCH, "an if with results needs an else");
    }
}

static void leave_block(struct mote_validator *v)
{
    check_results(v);
    struct mote_blocktype type = mote_top_ctrl(v)->type;
    if (mote_top_ctrl(v)->op == OP_IF) {
        check_missing_else(v, &type);
    }
    v->ctrl_count--;
    if (v->ctrl_count > 0) {
        mote_push_operands(v, type.results, type.result_count);
    }
}

/* The types that a branch to the label takes; NULL (and reported) when there is no such label. */
static const uint8_t *label_types(struct mote_validator *v, uint32_t depth, uint32_t *count)
{
    *count = 0;
    if (depth >= v->ctrl_count) {
        mote_invalid_index(v, MOTE_ERROR_UNKNOWN_LABEL, depth);
        return NULL;
    }
    const struct mote_ctrl *ctrl = &v->ctrls[v->ctrl_count - 1 - depth];
    *count = ctrl->op == OP_LOOP ? ctrl->type.param_count : ctrl->type.result_count;
    return ctrl->op == OP_LOOP ? ctrl->type.params : ctrl->type.results;
}

static void check_br(struct mote_validator *v, struct mote_instr *instr)
{
    uint32_t count;
    instr->index = mote_read_u32_leb(&v->reader);
    if (instr->op == OP_BR_IF) {
        mote_pop_operand(v, MOTE_I32);
    }
    const uint8_t *types = label_types(v, instr->index, &count);
    if (v->reader.failed) {
        return;
    }
    mote_pop_operands(v, types, count);
    if (instr->op == OP_BR_IF) {
        mote_push_operands(v, types, count);
    } else if (!v->reader.failed) {
        mote_set_unreachable(v);
    }
}

/* Checks the operands against one arm's label without taking them away; in unreachable code missing ones are whatever is wanted. */
static void check_arm(struct mote_validator *v, uint32_t depth, uint32_t arity)
{
    uint32_t count;
    const uint8_t *types = label_types(v, depth, &count);
    if (v->reader.failed) {
        return;
    }
    if (count != arity) {
        mote_invalid(v, MOTE_ERROR_TYPE_MISMATCH, "the labels of br_table take different numbers of values");
        return;
    }
    uint32_t available = v->operand_count - mote_top_ctrl(v)->height;
    for (uint32_t i = 0; i < count && !v->reader.failed; i++) {
        uint8_t expected = types[count - 1 - i];
        if (i >= available) {
            if (!mote_top_ctrl(v)->is_unreachable) {
                mote_invalid(v, MOTE_ERROR_TYPE_MISMATCH, "br_table lacks values for its labels");
            }
            return;
        }
        uint8_t found = v->operands[v->operand_count - 1 - i];
        if (found != 0 && found != expected) {
            mote_invalid(v, MOTE_ERROR_TYPE_MISMATCH, "the labels of br_table take other types");
        }
    }
}

static void check_br_table(struct mote_validator *v, struct mote_instr *instr)
{
    mote_pop_operand(v, MOTE_I32);
    instr->index = mote_read_count(&v->reader);
    instr->arms = v->reader.at;
    for (uint32_t i = 0; i < instr->index && !v->reader.failed; i++) {
        mote_read_u32_leb(&v->reader);
    }
    uint32_t arity, count;
    const uint8_t *types = label_types(v, mote_read_u32_leb(&v->reader), &arity);
    struct mote_reader arms = mote_reader_over(v->reader.bytes, instr->arms, v->reader.end, v->diag);
    for (uint32_t i = 0; i < instr->index && !v->reader.failed; i++) {
        check_arm(v, mote_read_u32_leb(&arms), arity);
    }
    count = v->reader.failed ? 0 : arity;
    mote_pop_operands(v, types, count);
    if (!v->reader.failed) {
        mote_set_unreachable(v);
    }
}

static void check_return(struct mote_validator *v)
{
    mote_pop_operands(v, v->module->bytes + v->type->results, v->type->result_count);
    if (!v->reader.failed) {
        mote_set_unreachable(v);
    }
}

bool mote_validate_control(struct mote_validator *v, struct mote_instr *instr)
{
    switch (instr->op) {
    case OP_UNREACHABLE:
        mote_set_unreachable(v);
        return true;
    case OP_BLOCK:
    case OP_LOOP:
    case OP_IF:
        enter_block(v, instr);
        return true;
    case OP_ELSE:
        enter_else(v);
        return true;
    case OP_END:
        leave_block(v);
        return true;
    case OP_BR:
    case OP_BR_IF:
        check_br(v, instr);
        return true;
    case OP_BR_TABLE:
        check_br_table(v, instr);
        return true;
    case OP_RETURN:
        check_return(v);
        return true;
    default:
        return false;
    }
}
