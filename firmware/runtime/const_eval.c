/* Evaluates constant expressions that were checked when the module was decoded (wasm/const_expr.c): no check is repeated. */
#include "wasm/const_expr.h"
#include "runtime/instance.h"
#include "wasm/decode.h"
#include "wasm/opcode.h"

/* Applies an extended constant instruction: of the 32-bit ones the lower half counts. */
static uint64_t apply(enum mote_op op, uint64_t a, uint64_t b)
{
    switch (op) {
    case OP_I32_ADD:
    case OP_I64_ADD:
        return a + b;
    case OP_I32_SUB:
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
    uint64_t *top = operands; /* first free place */
    for (;;) {
        enum mote_op op = mote_find_op(0, mote_read_u8(&reader));
        switch (op) {
        case OP_END:
            *at = reader.at;
            return top[-1];
        case OP_I32_CONST:
        case OP_I64_CONST:
        case OP_F32_CONST:
        case OP_F64_CONST:
            *top++ = mote_read_constant(&reader, (enum mote_immediate)mote_op_info[op].immediate);
            break;
        case OP_REF_NULL:
            mote_read_u8(&reader);
            *top++ = 0;
            break;
        case OP_REF_FUNC:
            *top++ = (uintptr_t)mote_instance_func(instance, mote_read_u32_leb(&reader));
            break;
        case OP_GLOBAL_GET:
            *top++ = *mote_instance_global(instance, mote_read_u32_leb(&reader));
            break;
        default:
            top--;
            top[-1] = apply(op, top[-1], top[0]);
            if (op < OP_I64_ADD) {
                top[-1] = (uint32_t)top[-1];
            }
            break;
        }
    }
}
