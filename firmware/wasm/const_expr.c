/* Checks constant expressions (specification, 3.3.10; with extended-const also integer add, sub and mul). They are evaluated by
   the runtime, from the same bytes, when a module is instantiated. */
#include "wasm/const_expr.h"
#include "wasm/decode.h"
#include "wasm/opcode.h"

/* Types of the operands so far. */
struct operands {
    uint8_t types[MOTE_CONST_EXPR_DEPTH];
    uint32_t height;
};

static void push(struct mote_reader *reader, struct operands *operands, uint8_t type)
{
    if (operands->height == MOTE_CONST_EXPR_DEPTH) {
        mote_reader_fail(reader, MOTE_ERROR_LIMIT, "constant expression with more than 16 operands at once");
        return;
    }
    operands->types[operands->height++] = type;
}

static void check_binary(struct mote_reader *reader, uint32_t at, struct operands *operands, uint8_t type)
{
    if (operands->height < 2 || operands->types[operands->height - 1] != type ||
        operands->types[operands->height - 2] != type) {
        mote_reader_fail_at(reader, at, MOTE_ERROR_TYPE_MISMATCH, NULL);
        return;
    }
    operands->height--;
}

static void check_global_get(struct mote_decoder *decoder, uint32_t at, struct operands *operands)
{
    const struct mote_module *module = decoder->module;
    uint32_t globalidx;
    if (!mote_read_index(&decoder->reader, &globalidx, module->imported[EXTERN_GLOBAL], MOTE_ERROR_UNKNOWN_GLOBAL, at)) {
        return;
    }
    if (module->globals[globalidx].is_mutable) {
        mote_reader_fail_at(&decoder->reader, at, MOTE_ERROR_CONST_EXPR_REQUIRED, NULL);
        return;
    }
    push(&decoder->reader, operands, module->globals[globalidx].valtype);
}

static void check_ref_func(struct mote_decoder *decoder, uint32_t at, struct operands *operands)
{
    mote_decode_declared_ref(decoder, at);
    push(&decoder->reader, operands, MOTE_FUNCREF);
}

uint64_t mote_read_constant(struct mote_reader *reader, uint32_t code)
{
    switch (code) {
    case OP_CODE_I32_CONST:
        return (uint32_t)mote_read_s32_leb(reader);
    case OP_CODE_I64_CONST:
        return (uint64_t)mote_read_s64_leb(reader);
    case OP_CODE_F32_CONST:
        return mote_read_u32_raw(reader);
    default:
        return mote_read_u64_raw(reader);
    }
}

/* An instruction that no constant expression has. Without the validator there is no list of the others. */
static void refuse(struct mote_reader *reader, uint32_t at, uint8_t code)
{
    if (ENABLED(CONFIG_WASM_VALIDATE)) {
        enum mote_op op = mote_find_op(0, code);
        if (op == OP_NONE) {
            mote_reader_fail_at(reader, at, MOTE_ERROR_ILLEGAL_OPCODE, NULL);
        } else {
            mote_feature_require(reader, at, mote_op_info[op].feature);
        }
    }
    mote_reader_fail_at(reader, at, MOTE_ERROR_CONST_EXPR_REQUIRED, NULL);
}

static void check_instr(struct mote_decoder *decoder, uint8_t code, uint32_t at, struct operands *operands)
{
    struct mote_reader *reader = &decoder->reader;
    switch (code) {
    case OP_CODE_F32_CONST:
    case OP_CODE_F64_CONST:
        mote_feature_require(reader, at, FEATURE_FLOATING_POINT);
        __attribute__((fallthrough));
    case OP_CODE_I32_CONST:
    case OP_CODE_I64_CONST:
        mote_read_constant(reader, code);
        push(reader, operands, (uint8_t)(MOTE_I32 - (code - OP_CODE_I32_CONST)));
        return;
    case OP_CODE_REF_NULL:
        mote_feature_require(reader, at, FEATURE_REFERENCE_TYPES);
        push(reader, operands, mote_decode_reftype(reader));
        return;
    case OP_CODE_REF_FUNC:
        mote_feature_require(reader, at, FEATURE_REFERENCE_TYPES);
        check_ref_func(decoder, at, operands);
        return;
    case OP_CODE_GLOBAL_GET:
        check_global_get(decoder, at, operands);
        return;
    case OP_CODE_I32_ADD:
    case OP_CODE_I32_SUB:
    case OP_CODE_I32_MUL:
    case OP_CODE_I64_ADD:
    case OP_CODE_I64_SUB:
    case OP_CODE_I64_MUL:
        if (mote_feature_require(reader, at, FEATURE_EXTENDED_CONST)) {
            check_binary(reader, at, operands, code < OP_CODE_I64_ADD ? MOTE_I32 : MOTE_I64);
        }
        return;
    default:
        refuse(reader, at, code);
        return;
    }
}

struct mote_const_expr mote_decode_const_expr(struct mote_decoder *decoder, uint8_t valtype)
{
    struct mote_reader *reader = &decoder->reader;
    struct operands operands = {.height = 0};
    struct mote_const_expr expr = {reader->at, 0};
    while (!reader->failed) {
        uint32_t at = reader->at;
        uint8_t code = mote_read_u8(reader);
        if (reader->failed || code == OP_CODE_END) {
            break;
        }
        check_instr(decoder, code, at, &operands);
    }
    if (operands.height != 1 || operands.types[0] != valtype) {
        mote_reader_fail_at(reader, expr.at, MOTE_ERROR_TYPE_MISMATCH, "in a constant expression");
    }
    expr.end = reader->at;
    return expr;
}
