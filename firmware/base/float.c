/* Floating-point operations without a mathematics library; see float.h. Rounding down clears the fraction bits below the binary point. */
#include "base/float.h"

#define SIGN ((uint64_t)1 << 63)
#define FRACTION_BITS 52
#define BIAS 1023

static uint64_t exponent_of(uint64_t bits)
{
    return bits >> FRACTION_BITS & 0x7FF;
}

double mote_min(double a, double b)
{
    if (a != a || b != b) {
        return a + b;
    }
    return a == b ? F64_OF(F64_BITS(a) | F64_BITS(b)) : a < b ? a : b; /* equal, or zeros: -0 is the smaller */
}

double mote_max(double a, double b)
{
    return a != a || b != b ? a + b : -mote_min(-a, -b);
}

double mote_trunc(double a)
{
    uint64_t bits = F64_BITS(a), exponent = exponent_of(bits);
    if (exponent >= BIAS + FRACTION_BITS) {
        return a != a ? a + a : a; /* an integer already; a NaN becomes quiet */
    }
    return F64_OF(exponent < BIAS ? bits & SIGN : bits & ~(((uint64_t)1 << (BIAS + FRACTION_BITS - exponent)) - 1));
}

double mote_floor(double a)
{
    double whole = mote_trunc(a);
    return whole > a ? whole - 1 : whole;
}

double mote_ceil(double a)
{
    double whole = mote_trunc(a);
    return whole < a ? F64_OF(F64_BITS(whole + 1) | (F64_BITS(a) & SIGN)) : whole;
}

double mote_nearest(double a)
{
    uint64_t bits = F64_BITS(a);
    if (exponent_of(bits) >= BIAS + FRACTION_BITS) {
        return a != a ? a + a : a;
    }
    /* Adding and taking away 2^52 rounds to an integer, ties to even; the sign of zero is put back. */
    const double big = 4503599627370496.0;
    volatile double sum = F64_OF(bits & ~SIGN) + big;
    return F64_OF(F64_BITS(sum - big) | (bits & SIGN));
}

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
double mote_sqrt_soft(double a)
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
