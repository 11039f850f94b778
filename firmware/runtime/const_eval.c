/* Evaluates constant expressions that were checked when the module was decoded (wasm/const_expr.c): no check is repeated. */
#include "wasm/const_expr.h"
#include "runtime/instance.h"
#include "wasm/decode.h"
#include "wasm/opcode.h"

/* Applies an extended constant instruction: of the 32-bit ones the lower half counts. */
static uint64_t apply(uint8_t code, uint64_t a, uint64_t b)
{
    switch (code) {
    case OP_CODE_I32_ADD:
    case OP_CODE_I64_ADD:
        return a + b;
    case OP_CODE_I32_SUB:
    case OP_CODE_I64_SUB:
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
        uint8_t code = mote_read_u8(&reader);
        switch (code) {
        case OP_CODE_END:
            *at = reader.at;
            return top[-1];
        case OP_CODE_I32_CONST:
        case OP_CODE_I64_CONST:
        case OP_CODE_F32_CONST:
        case OP_CODE_F64_CONST:
            *top++ = mote_read_constant(&reader, code);
            break;
        case OP_CODE_REF_NULL:
            mote_read_u8(&reader);
            *top++ = 0;
            break;
        case OP_CODE_REF_FUNC:
            *top++ = (uintptr_t)mote_instance_func(instance, mote_read_u32_leb(&reader));
            break;
        case OP_CODE_GLOBAL_GET:
            *top++ = *mote_instance_global(instance, mote_read_u32_leb(&reader));
            break;
        default:
            top--;
            top[-1] = apply(code, top[-1], top[0]);
            if (code < OP_CODE_I64_ADD) {
                top[-1] = (uint32_t)top[-1];
            }
            break;
        }
    }
}
