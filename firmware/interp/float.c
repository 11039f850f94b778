/* Floating-point operations without a mathematics library; see float.h. Rounding works on the bits: fraction bits below the
   binary point are cleared, after one unit was added where the direction asks for it. */
#include "interp/float.h"

/* One set of functions for a format: T the type, U its bits, OF and BITS the passage between them, F the number of
   fraction bits, E the exponent's bias. */
#define DEFINE_FLOAT(P, T, U, OF, BITS, F, E)                                                             \
    static U P##_exponent(U bits)                                                                         \
    {                                                                                                     \
        return bits >> (F) & (2 * (U)(E) + 1);                                                            \
    }                                                                                                     \
    static bool P##_is_nan(T a)                                                                           \
    {                                                                                                     \
        return a != a;                                                                                    \
    }                                                                                                     \
    T P##_min(T a, T b)                                                                                   \
    {                                                                                                     \
        if (P##_is_nan(a) || P##_is_nan(b)) {                                                             \
            return a + b;                                                                                 \
        }                                                                                                 \
        return a == b ? OF(BITS(a) | BITS(b)) : a < b ? a : b; /* equal, or zeros: -0 is the smaller */    \
    }                                                                                                     \
    T P##_max(T a, T b)                                                                                   \
    {                                                                                                     \
        if (P##_is_nan(a) || P##_is_nan(b)) {                                                             \
            return a + b;                                                                                 \
        }                                                                                                 \
        return a == b ? OF(BITS(a) & BITS(b)) : a > b ? a : b;                                             \
    }                                                                                                     \
    /* Rounds the magnitude down to an integer; below 1 only the sign is left. */                         \
    static U P##_cut(U bits)                                                                              \
    {                                                                                                     \
        U exponent = P##_exponent(bits);                                                                  \
        U sign = bits & (U)1 << (sizeof(U) * 8 - 1);                                                      \
        if (exponent < (E)) {                                                                             \
            return sign;                                                                                  \
        }                                                                                                 \
        return exponent >= (E) + (F) ? bits : bits & ~(((U)1 << ((E) + (F) - exponent)) - 1);             \
    }                                                                                                     \
    T P##_trunc(T a)                                                                                      \
    {                                                                                                     \
        return P##_is_nan(a) ? a + a : OF(P##_cut(BITS(a)));                                              \
    }                                                                                                     \
    T P##_floor(T a)                                                                                      \
    {                                                                                                     \
        T whole = P##_trunc(a);                                                                           \
        return whole > a ? whole - 1 : whole;                                                             \
    }                                                                                                     \
    T P##_ceil(T a)                                                                                       \
    {                                                                                                     \
        T whole = P##_trunc(a);                                                                           \
        return whole < a ? OF(BITS(whole + 1) | (BITS(a) & (U)1 << (sizeof(U) * 8 - 1))) : whole;          \
    }                                                                                                     \
    T P##_nearest(T a)                                                                                    \
    {                                                                                                     \
        /* Adding and taking away 2^F rounds to an integer, ties to even; the sign of zero is restored. */ \
        const T big = (T)((U)1 << (F));                                                                   \
        U sign = BITS(a) & (U)1 << (sizeof(U) * 8 - 1);                                                   \
        if (P##_is_nan(a) || P##_exponent(BITS(a)) >= (E) + (F)) {                                        \
            return P##_is_nan(a) ? a + a : a;                                                             \
        }                                                                                                 \
        volatile T sum = OF(BITS(a) & ~((U)1 << (sizeof(U) * 8 - 1))) + big;                              \
        return OF(BITS(sum - big) | sign);                                                                \
    }

DEFINE_FLOAT(mote_f32, float, uint32_t, F32_OF, F32_BITS, 23, 127)
DEFINE_FLOAT(mote_f64, double, uint64_t, F64_OF, F64_BITS, 52, 1023)

enum mote_trap mote_truncate(double a, enum mote_truncation kind, uint64_t *result)
{
    /* The nearest doubles that are too small and too large, and what is nearest to them inside. */
    static const struct {
        double low, high;
        uint64_t min, max;
    } ranges[] = {
        [MOTE_TRUNC_I32_S] = {-2147483649.0, 2147483648.0, (uint32_t)INT32_MIN, INT32_MAX},
        [MOTE_TRUNC_I32_U] = {-1.0, 4294967296.0, 0, UINT32_MAX},
        [MOTE_TRUNC_I64_S] = {-9223372036854777856.0, 9223372036854775808.0, (uint64_t)INT64_MIN, INT64_MAX},
        [MOTE_TRUNC_I64_U] = {-1.0, 18446744073709551616.0, 0, UINT64_MAX},
    };
    *result = 0;
    if (a != a) {
        return MOTE_TRAP_INVALID_CONVERSION;
    }
    if (a <= ranges[kind].low || a >= ranges[kind].high) {
        *result = a < 0 ? ranges[kind].min : ranges[kind].max;
        return MOTE_TRAP_INTEGER_OVERFLOW;
    }
    bool is_unsigned_64 = kind == MOTE_TRUNC_I64_U;
    *result = is_unsigned_64 ? (uint64_t)a : (uint64_t)(int64_t)a;
    return MOTE_TRAP_NONE;
}

/* The square root of an integer, digit by digit (two bits a step), with what is left over as a sticky lowest bit. */
static uint64_t root(uint64_t high, uint64_t low, unsigned digits)
{
    uint64_t result = 0, rest = 0;
    for (unsigned i = 0; i < digits; i++) {
        rest = rest << 2 | high >> 62;
        high = high << 2 | low >> 62;
        low <<= 2;
        uint64_t trial = result << 2 | 1;
        result <<= 1;
        if (rest >= trial) {
            rest -= trial;
            result |= 1;
        }
    }
    return result << 1 | (rest != 0);
}

/* Correctly rounded: the root of the significand, shifted so that it has two bits more than the format, is rounded
   to nearest with ties to even; a root is never halfway. */
double mote_f64_sqrt_soft(double a)
{
    uint64_t bits = F64_BITS(a);
    if (a != a || bits == 0 || bits == (uint64_t)INT64_MIN || bits == (uint64_t)0x7FF << 52) {
        return a + a;
    }
    if (bits >> 63) {
        return F64_OF((uint64_t)0x7FF8 << 48);
    }
    int exponent = (int)(bits >> 52);
    uint64_t significand = bits & (((uint64_t)1 << 52) - 1);
    if (exponent == 0) {
        int shift = __builtin_clzll(significand) - 11;
        significand <<= shift;
        exponent = 1 - shift;
    } else {
        significand |= (uint64_t)1 << 52;
    }
    int power = exponent - 1023;
    /* The value is significand * 2^(power - 52), 1 <= significand / 2^52 < 2; an odd power lends a factor of 2. */
    uint64_t high = significand << (10 + (power & 1));
    uint64_t digits = root(high, 0, 54); /* 53 digits and one to round by, then the sticky bit */
    uint64_t rounded = (digits >> 2) + ((digits >> 1 & 1) && ((digits & 1) || (digits >> 2 & 1)));
    int half = (power - (power & 1)) / 2;
    return F64_OF(((uint64_t)(half + 1023 - 1) << 52) + rounded);
}

float mote_f32_sqrt_soft(float a)
{
    /* 53 bits are more than 2 * 24 + 2: rounding twice is rounding once. */
    return (float)mote_f64_sqrt_soft((double)a);
}
