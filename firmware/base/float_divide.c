/* Quotients below the smallest normal number for CPUs whose floating point is the compiler's software: the library of the pip-installed
   compiler takes those digits after rounding them away once already. See float.h. */
#include "base/float.h"

#define SIGN ((uint64_t)1 << 63)
#define FRACTION_BITS 52
#define SMALLEST_NORMAL ((uint64_t)1 << FRACTION_BITS)
#define INFINITE ((uint64_t)0x7FF << FRACTION_BITS)
#define LEAST_EXPONENT (-1074) /* the smallest number there is: 2^-1074 */

/* The significand with its highest bit at 52; the number is that times 2 to the power of `*exponent`. Neither 0 nor infinite. */
static uint64_t significand_of(double a, int *exponent)
{
    uint64_t bits = F64_BITS(a) & ~SIGN;
    *exponent = (int)(bits >> FRACTION_BITS);
    if (*exponent != 0) {
        *exponent += LEAST_EXPONENT - 1;
        return (bits & (SMALLEST_NORMAL - 1)) | SMALLEST_NORMAL;
    }
    int shift = __builtin_clzll(bits) - (63 - FRACTION_BITS);
    *exponent = LEAST_EXPONENT - shift;
    return bits << shift;
}

/* Long division, down to one digit below the last that the format holds; what is left over breaks ties. */
static double divide_tiny(double a, double b)
{
    int exponent_a, exponent_b;
    uint64_t rest = significand_of(a, &exponent_a), divisor = significand_of(b, &exponent_b);
    uint64_t quotient = 0;
    for (int digits = exponent_a - exponent_b - LEAST_EXPONENT + 1; digits >= 0; digits--) {
        quotient <<= 1;
        if (rest >= divisor) {
            rest -= divisor;
            quotient |= 1;
        }
        rest <<= 1;
    }
    uint64_t rounded = (quotient >> 1) + ((quotient & 1) && (rest != 0 || (quotient & 2)));
    return F64_OF(rounded | ((F64_BITS(a) ^ F64_BITS(b)) & SIGN));
}

double mote_divide_f64_soft(double a, double b)
{
    double quotient = a / b;
    bool is_tiny = (F64_BITS(quotient) & ~SIGN) <= SMALLEST_NORMAL;
    return is_tiny && (F64_BITS(a) & ~SIGN) != 0 && (F64_BITS(b) & ~SIGN) != INFINITE ? divide_tiny(a, b) : quotient;
}

/* A double has more than twice the digits of a float, so that rounding twice is rounding once; compilers know that too and would
   divide floats again, hence volatile. */
float mote_divide_f32_soft(float a, float b)
{
    float quotient = a / b;
    if ((F32_BITS(quotient) & 0x7FFFFFFF) > 0x00800000) {
        return quotient;
    }
    volatile double wide = (double)a / (double)b;
    return (float)wide;
}
