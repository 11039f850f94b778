/* The rules of instructions whose types depend on an immediate or on the stack: calls, variables, references, select, drop
   (specification, 3.3.2 to 3.3.7). */
#include "wasm/validate.h"

static void check_call_type(struct mote_validator *v, const struct mote_functype *type)
{
    mote_pop_operands(v, v->module->bytes + type->params, type->param_count);
    mote_push_operands(v, v->module->bytes + type->results, type->result_count);
}

static void check_call(struct mote_validator *v, struct mote_instr *instr)
{
    if (mote_instr_index(v, &instr->index, v->module->func_count, MOTE_ERROR_UNKNOWN_FUNCTION)) {
        check_call_type(v, mote_module_functype(v->module, instr->index));
    }
}

static void check_call_indirect(struct mote_validator *v, struct mote_instr *instr)
{
    instr->index = mote_read_u32_leb(&v->reader);
    uint32_t at = v->reader.at;
    instr->index2 = mote_read_u32_leb(&v->reader);
    if (v->reader.failed) {
        return;
    }
    if (v->reader.at - at > 1 || instr->index2 != 0) {
        /* The over-long index came with reference types. */
        if (!mote_feature_require(&v->reader, at, FEATURE_REFERENCE_TYPES)) {
            return;
        }
    }
    if (instr->index2 >= v->module->table_count) {
        mote_invalid_index(v, MOTE_ERROR_UNKNOWN_TABLE, instr->index2);
        return;
    }
    if (instr->index >= v->module->type_count) {
        mote_invalid_index(v, MOTE_ERROR_UNKNOWN_TYPE, instr->index);
        return;
    }
    if (v->module->tables[instr->index2].reftype != MOTE_FUNCREF) {
        mote_invalid(v, MOTE_ERROR_TYPE_MISMATCH, "call_indirect needs a table of funcref");
        return;
    }
    mote_pop_operand(v, MOTE_I32);
    check_call_type(v, &v->module->types[instr->index]);
}

static void check_local(struct mote_validator *v, struct mote_instr *instr)
{
    if (!mote_instr_index(v, &instr->index, v->local_count, MOTE_ERROR_UNKNOWN_LOCAL)) {
        return;
    }
    uint8_t type = v->locals[instr->index];
    if (instr->op != OP_LOCAL_GET) {
        mote_pop_operand(v, type);
    }
    if (instr->op != OP_LOCAL_SET) {
        mote_push_operand(v, type);
    }
}

static void check_global(struct mote_validator *v, struct mote_instr *instr)
{
    if (!mote_instr_index(v, &instr->index, v->module->global_count, MOTE_ERROR_UNKNOWN_GLOBAL)) {
        return;
    }
    const struct mote_global_decl *global = &v->module->globals[instr->index];
    if (instr->op == OP_GLOBAL_GET) {
        mote_push_operand(v, global->valtype);
        return;
    }
    if (!global->is_mutable) {
        mote_invalid(v, MOTE_ERROR_GLOBAL_IMMUTABLE, NULL);
        return;
    }
    mote_pop_operand(v, global->valtype);
}

static void check_select(struct mote_validator *v)
{
    mote_pop_operand(v, MOTE_I32);
    uint8_t second = mote_pop_operand(v, 0);
    uint8_t first = mote_pop_operand(v, second);
    uint8_t type = first ? first : second;
    if (mote_is_reftype(type)) {
        mote_invalid(v, MOTE_ERROR_TYPE_MISMATCH, "select of references needs a type");
        return;
    }
    mote_push_operand(v, type);
}

static void check_select_t(struct mote_validator *v)
{
    uint32_t at = v->reader.at;
    if (mote_read_u32_leb(&v->reader) != 1) {
        mote_reader_fail_at(&v->reader, at, MOTE_ERROR_INVALID_RESULT_ARITY, NULL);
        return;
    }
    uint8_t type = mote_decode_valtype(&v->reader);
    mote_pop_operand(v, MOTE_I32);
    mote_pop_operand(v, type);
    mote_pop_operand(v, type);
    mote_push_operand(v, type);
}

static void check_table_op(struct mote_validator *v, struct mote_instr *instr)
{
    if (!mote_instr_index(v, &instr->index, v->module->table_count, MOTE_ERROR_UNKNOWN_TABLE)) {
        return;
    }
    uint8_t reftype = v->module->tables[instr->index].reftype;
    if (instr->op != OP_TABLE_SET) {
        mote_pop_operand(v, MOTE_I32);
    }
    if (instr->op != OP_TABLE_GET) {
        mote_pop_operand(v, reftype);
    }
    if (instr->op == OP_TABLE_SET || instr->op == OP_TABLE_FILL) {
        mote_pop_operand(v, MOTE_I32);
    } else {
        mote_push_operand(v, instr->op == OP_TABLE_GET ? reftype : MOTE_I32);
    }
}

static void check_ref_is_null(struct mote_validator *v)
{
    uint8_t type = mote_pop_operand(v, 0);
    if (type != 0 && !mote_is_reftype(type)) {
        mote_invalid(v, MOTE_ERROR_TYPE_MISMATCH, "ref.is_null needs a reference");
        return;
    }
    mote_push_operand(v, MOTE_I32);
}

static void check_ref_func(struct mote_validator *v, struct mote_instr *instr)
{
    const struct mote_module *module = v->module;
    if (!mote_instr_index(v, &instr->index, module->func_count, MOTE_ERROR_UNKNOWN_FUNCTION)) {
        return;
    }
    bool is_declared = module->is_prepared ||
                       (module->declared_refs && module->declared_refs[instr->index / 8] >> instr->index % 8 & 1);
    if (!is_declared) {
        mote_invalid(v, MOTE_ERROR_UNDECLARED_FUNCTION_REF, NULL);
        return;
    }
    mote_push_operand(v, MOTE_FUNCREF);
}

void mote_validate_special(struct mote_validator *v, struct mote_instr *instr)
{
    if (mote_validate_control(v, instr)) {
        return;
    }
    switch (instr->op) {
    case OP_CALL:
        check_call(v, instr);
        return;
    case OP_CALL_INDIRECT:
        check_call_indirect(v, instr);
        return;
    case OP_DROP:
        mote_pop_operand(v, 0);
        return;
    case OP_SELECT:
        check_select(v);
        return;
    case OP_SELECT_T:
        check_select_t(v);
        return;
    case OP_LOCAL_GET:
    case OP_LOCAL_SET:
    case OP_LOCAL_TEE:
        check_local(v, instr);
        return;
    case OP_GLOBAL_GET:
    case OP_GLOBAL_SET:
        check_global(v, instr);
        return;
    case OP_REF_NULL:
        mote_push_operand(v, mote_decode_reftype(&v->reader));
        return;
    case OP_REF_IS_NULL:
        check_ref_is_null(v);
        return;
    case OP_REF_FUNC:
        check_ref_func(v, instr);
        return;
    default:
        check_table_op(v, instr);
        return;
    }
}
