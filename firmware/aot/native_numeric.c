/* Numeric instructions as functions (specification, 4.3); native_numeric.def has what each does. */
#include "aot/native_numeric.h"
#include "aot/native_call.h"
#include "base/float.h"

/* By the kind of an operand: its type in the expression, and the way from and to what travels. */
#define TYPE_S32 int32_t
#define TYPE_U32 uint32_t
#define TYPE_F32 float
#define TYPE_S64 int64_t
#define TYPE_U64 uint64_t
#define TYPE_F64 double
#define GET_S32(x) (int32_t)(x)
#define GET_U32(x) (x)
#define GET_F32(x) F32_OF(x)
#define GET_S64(x) (int64_t)(x)
#define GET_U64(x) (x)
#define GET_F64(x) F64_OF(x)
#define GIVE_S32(value) (uint32_t)(value)
#define GIVE_U32(value) (uint32_t)(value)
#define GIVE_F32(value) F32_BITS(value)
#define GIVE_S64(value) (uint64_t)(value)
#define GIVE_U64(value) (uint64_t)(value)
#define GIVE_F64(value) F64_BITS(value)

/* What several instructions do; a copy in each would take 600 bytes more on RV32. */
#define SHARED static __attribute__((noinline))

#if ENABLED(CONFIG_WASM_FLOATING_POINT)
static double square_root(double a)
{
    return mote_sqrt(a);
}

SHARED uint32_t single(uint32_t x, double (*function)(double a))
{
    return F32_BITS((float)function((double)F32_OF(x)));
}

SHARED uint32_t singles(uint32_t x, uint32_t y, double (*function)(double a, double b))
{
    return F32_BITS((float)function((double)F32_OF(x), (double)F32_OF(y)));
}

SHARED uint64_t saturate_F64(uint64_t x, enum mote_truncation kind)
{
    uint64_t result;
    mote_truncate(F64_OF(x), kind, &result);
    return result;
}

SHARED uint64_t saturate_F32(uint32_t x, enum mote_truncation kind)
{
    return saturate_F64(F64_BITS((double)F32_OF(x)), kind);
}

SHARED uint64_t truncate_F64(struct mote_context *context, uint64_t x, enum mote_truncation kind)
{
    uint64_t result;
    mote_native_check_trap(context, mote_truncate(F64_OF(x), kind, &result));
    return result;
}

SHARED uint64_t truncate_F32(struct mote_context *context, uint32_t x, enum mote_truncation kind)
{
    return truncate_F64(context, F64_BITS((double)F32_OF(x)), kind);
}
#endif

#define UNARY(name, in, out, expr)                           \
    mote_native_##out mote_native_##name(mote_native_##in x) \
    {                                                        \
        const TYPE_##in a = GET_##in(x);                     \
        return GIVE_##out(expr);                             \
    }
#define BINARY(name, in, out, expr)                                              \
    mote_native_##out mote_native_##name(mote_native_##in x, mote_native_##in y) \
    {                                                                            \
        const TYPE_##in a = GET_##in(x), b = GET_##in(y);                        \
        return GIVE_##out(expr);                                                 \
    }
#define SINGLE(name, function)               \
    uint32_t mote_native_##name(uint32_t x)  \
    {                                        \
        return single(x, function);          \
    }
#define SINGLES(name, function)                          \
    uint32_t mote_native_##name(uint32_t x, uint32_t y)  \
    {                                                    \
        return singles(x, y, function);                  \
    }
#define SATURATION(name, in, kind)                 \
    uint64_t mote_native_##name(mote_native_##in x) \
    {                                              \
        return saturate_##in(x, kind);             \
    }
#define TRUNCATION(name, in, kind)                                                 \
    uint64_t mote_native_##name(struct mote_context *context, mote_native_##in x)  \
    {                                                                              \
        return truncate_##in(context, x, kind);                                    \
    }
#include "aot/native_numeric.def"
