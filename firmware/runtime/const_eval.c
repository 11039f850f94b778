/* Evaluates constant expressions that were checked when the module was decoded (wasm/const_expr.c): no check is repeated. */
#include "wasm/const_expr.h"
#include "runtime/instance.h"
#include "wasm/decode.h"
#include "wasm/opcode.h"

/* Applies an extended constant instruction to the two topmost operands. */
static uint64_t apply(enum mote_op op, uint64_t a, uint64_t b)
{
    switch (op) {
    case OP_I32_ADD:
        return (uint32_t)(a + b);
    case OP_I32_SUB:
        return (uint32_t)(a - b);
    case OP_I32_MUL:
        return (uint32_t)(a * b);
    case OP_I64_ADD:
        return a + b;
    case OP_I64_SUB:
        return a - b;
    default:
        return a * b;
    }
}

uint64_t mote_eval_const_expr(const struct mote_instance *instance, uint32_t *at)
{
    struct mote_diag diag = {0};
    struct mote_reader reader = mote_reader_over(instance->module->bytes, *at, instance->module->size, &diag);
    uint64_t operands[MOTE_CONST_EXPR_DEPTH];
    uint32_t height = 0;
    for (;;) {
        enum mote_op op = mote_find_op(0, mote_read_u8(&reader));
        switch (op) {
        case OP_END:
            *at = reader.at;
            return operands[0];
        case OP_I32_CONST:
            operands[height++] = (uint32_t)mote_read_s32_leb(&reader);
            break;
        case OP_I64_CONST:
            operands[height++] = (uint64_t)mote_read_s64_leb(&reader);
            break;
        case OP_F32_CONST:
            operands[height++] = mote_read_u32_raw(&reader);
            break;
        case OP_F64_CONST:
            operands[height++] = mote_read_u64_raw(&reader);
            break;
        case OP_REF_NULL:
            mote_read_u8(&reader);
            operands[height++] = 0;
            break;
        case OP_REF_FUNC:
            operands[height++] = (uintptr_t)mote_instance_func(instance, mote_read_u32_leb(&reader));
            break;
        case OP_GLOBAL_GET:
            operands[height++] = *mote_instance_global(instance, mote_read_u32_leb(&reader));
            break;
        default:
            height--;
            operands[height - 1] = apply(op, operands[height - 1], operands[height]);
            break;
        }
    }
}
