/* Floating point for CPUs that have none, small: the functions that compilers call for arithmetic on doubles and floats (IEEE 754, rounding to
   nearest), under the names that both gcc and clang know. The compilers' own are quicker and three times as large. Whatever is done with
   floats is done with doubles and rounded once more, which is exact: 53 bits are more than 2 * 24 + 2. */
#include "base/soft_float.h"

/* A number taken apart: `significand` has its leading one at bit 63 (0 for zero), and counts 2^(exponent - BIAS - 63). */
struct parts {
    uint64_t sign; /* bit 63 */
    int32_t exponent;
    uint64_t significand;
};

struct format {
    int32_t bias;
    int32_t special; /* the exponent of infinities and NaNs */
    uint32_t bits;   /* of the significand as stored */
};
static const struct format f64 = {1023, 0x7FF, 52}, f32 = {127, 0xFF, 23};

#define QUIET (UINT64_C(1) << 51)
#define NAN_BITS UINT64_C(0x7FF8000000000000)
#define INFINITY_BITS UINT64_C(0x7FF0000000000000)
#define MAGNITUDE (~(UINT64_C(1) << 63))

static uint64_t bits_of(double value)
{
    union {
        double value;
        uint64_t bits;
    } u = {value};
    return u.bits;
}

static double double_of(uint64_t bits)
{
    union {
        uint64_t bits;
        double value;
    } u = {bits};
    return u.value;
}

static bool is_special(uint64_t bits)
{
    return (bits & INFINITY_BITS) == INFINITY_BITS;
}

static bool is_nan(uint64_t bits)
{
    return (bits & MAGNITUDE) > INFINITY_BITS;
}

static struct parts normalized(uint64_t sign, int32_t exponent, uint64_t significand)
{
    int32_t shift = significand ? __builtin_clzll(significand) : 0;
    return (struct parts){sign, exponent - shift, significand << shift};
}

static struct parts take_apart(uint64_t bits)
{
    int32_t exponent = (int32_t)(bits >> 52) & 0x7FF;
    uint64_t significand = bits << 12 >> 1; /* the leading one would be bit 63 */
    if (exponent > 0) {
        return (struct parts){bits & ~MAGNITUDE, exponent, significand | ~MAGNITUDE};
    }
    return normalized(bits & ~MAGNITUDE, 1, significand);
}

/* Shifts right; what is lost leaves a trace in the lowest bit. */
static uint64_t shift_jam(uint64_t number, uint32_t by)
{
    if (by >= 64) {
        return number != 0;
    }
    return by == 0 ? number : number >> by | (number << (64 - by) != 0);
}

/* Rounds to a format; the sign stays at bit 63. */
static uint64_t round_to(const struct parts *parts, const struct format *format)
{
    uint32_t extra = 63 - format->bits;
    int32_t exponent = parts->exponent;
    uint64_t significand = parts->significand;
    if (exponent >= format->special) {
        return parts->sign | (uint64_t)format->special << format->bits;
    }
    if (exponent <= 0) {
        significand = shift_jam(significand, (uint32_t)(1 - exponent));
        exponent = 1; /* without a leading one: that of subnormal numbers */
    }
    uint64_t kept = significand >> extra, half = UINT64_C(1) << (extra - 1), rest = significand & (2 * half - 1);
    kept += rest > half || (rest == half && (kept & 1));
    /* The leading one, where there is one, adds to the exponent. */
    return parts->sign | (((uint64_t)(exponent - 1) << format->bits) + kept);
}

static double whole(uint64_t sign, int32_t exponent, uint64_t significand)
{
    struct parts parts = normalized(sign, exponent, significand);
    return double_of(parts.significand ? round_to(&parts, &f64) : sign);
}

/* The result when one operand is a NaN or an infinity and the other decides nothing. */
static double nan_or(uint64_t a, uint64_t b, uint64_t otherwise)
{
    return double_of(is_nan(a) ? a | QUIET : is_nan(b) ? b | QUIET : otherwise);
}

double __adddf3(double left, double right)
{
    uint64_t a = bits_of(left), b = bits_of(right);
    if ((a & MAGNITUDE) < (b & MAGNITUDE)) {
        uint64_t swapped = a;
        a = b;
        b = swapped;
    }
    if (is_special(a)) {
        return nan_or(a, b, a == (b ^ ~MAGNITUDE) ? NAN_BITS : a);
    }
    struct parts larger = take_apart(a), smaller = take_apart(b);
    uint64_t to = larger.significand >> 1, add = shift_jam(smaller.significand >> 1, (uint32_t)(larger.exponent - smaller.exponent));
    if (larger.sign == smaller.sign) {
        return whole(larger.sign, larger.exponent + 1, to + add);
    }
    return whole(to == add ? 0 : larger.sign, larger.exponent + 1, to - add);
}

double __subdf3(double left, double right)
{
    uint64_t b = bits_of(right);
    return __adddf3(left, double_of(is_nan(b) ? b : b ^ ~MAGNITUDE));
}

/* The upper half of a product, with a trace of the lower one. */
static uint64_t multiply_upper(uint64_t a, uint64_t b)
{
    uint32_t a_low = (uint32_t)a, a_high = (uint32_t)(a >> 32), b_low = (uint32_t)b, b_high = (uint32_t)(b >> 32);
    uint64_t low = (uint64_t)a_low * b_low, middle = (uint64_t)a_high * b_low + (low >> 32);
    uint64_t other = (uint64_t)a_low * b_high + (uint32_t)middle;
    uint32_t lost = (uint32_t)low | (uint32_t)other;
    return ((uint64_t)a_high * b_high + (middle >> 32) + (other >> 32)) | (lost != 0);
}

double __muldf3(double left, double right)
{
    uint64_t a = bits_of(left), b = bits_of(right), sign = (a ^ b) & ~MAGNITUDE;
    if (is_special(a) || is_special(b)) {
        bool is_zero = (a & MAGNITUDE) == 0 || (b & MAGNITUDE) == 0;
        return nan_or(a, b, is_zero ? NAN_BITS : sign | INFINITY_BITS);
    }
    struct parts x = take_apart(a), y = take_apart(b);
    return whole(sign, x.exponent + y.exponent - f64.bias + 1, multiply_upper(x.significand, y.significand));
}

/* 57 bits of a quotient, one by one, and a trace of the rest. */
static uint64_t divide_significands(uint64_t rest, uint64_t divisor)
{
    uint64_t quotient = 0;
    for (unsigned i = 0; i < 57; i++) {
        quotient <<= 1;
        if (rest >= divisor) {
            rest -= divisor;
            quotient |= 1;
        }
        rest <<= 1;
    }
    return quotient << 1 | (rest != 0);
}

double __divdf3(double left, double right)
{
    uint64_t a = bits_of(left), b = bits_of(right), sign = (a ^ b) & ~MAGNITUDE;
    uint64_t size_a = a & MAGNITUDE, size_b = b & MAGNITUDE;
    if (is_special(a) || is_special(b) || size_b == 0) {
        bool is_invalid = size_a == size_b; /* both zero or both infinite */
        return nan_or(a, b, is_invalid ? NAN_BITS : sign | (is_special(a) || size_b == 0 ? INFINITY_BITS : 0));
    }
    struct parts x = take_apart(a), y = take_apart(b);
    uint64_t quotient = divide_significands(x.significand >> 1, y.significand >> 1); /* its one is bit 57 or 56 */
    return whole(sign, x.exponent - y.exponent + f64.bias + 6, quotient);
}

/* ---- Comparing: negative, 0 or positive, and `unordered` when there is a NaN ---------------------------------------------- */

static int compare(double left, double right, int unordered)
{
    int64_t a = (int64_t)bits_of(left), b = (int64_t)bits_of(right);
    if (is_nan((uint64_t)a) || is_nan((uint64_t)b)) {
        return unordered;
    }
    a = a < 0 ? -(int64_t)((uint64_t)a & MAGNITUDE) : a;
    b = b < 0 ? -(int64_t)((uint64_t)b & MAGNITUDE) : b;
    return (a > b) - (a < b);
}

int __ledf2(double a, double b)
{
    return compare(a, b, 1);
}
int __gedf2(double a, double b)
{
    return compare(a, b, -1);
}
int __lesf2(float a, float b)
{
    return compare(__extendsfdf2(a), __extendsfdf2(b), 1);
}
int __gesf2(float a, float b)
{
    return compare(__extendsfdf2(a), __extendsfdf2(b), -1);
}
int __unorddf2(double a, double b)
{
    return is_nan(bits_of(a)) || is_nan(bits_of(b));
}
int __unordsf2(float a, float b)
{
    return __unorddf2(__extendsfdf2(a), __extendsfdf2(b));
}
SAME_AS(__ltdf2, __ledf2, double)
SAME_AS(__eqdf2, __ledf2, double)
SAME_AS(__nedf2, __ledf2, double)
SAME_AS(__gtdf2, __gedf2, double)
SAME_AS(__ltsf2, __lesf2, float)
SAME_AS(__eqsf2, __lesf2, float)
SAME_AS(__nesf2, __lesf2, float)
SAME_AS(__gtsf2, __gesf2, float)

/* ---- Floats -------------------------------------------------------------------------------------------------------------- */

static uint32_t f32_bits(float value)
{
    union {
        float value;
        uint32_t bits;
    } u = {value};
    return u.bits;
}

static float float_of(uint64_t sign, uint64_t bits)
{
    union {
        uint32_t bits;
        float value;
    } u = {(uint32_t)(sign >> 32) | (uint32_t)bits};
    return u.value;
}

/* A rounded float, as round_to gives it: its sign is at bit 63. */
static float rounded_float(const struct parts *parts)
{
    return parts->significand ? float_of(parts->sign, round_to(parts, &f32) & MAGNITUDE) : float_of(parts->sign, 0);
}

double __extendsfdf2(float value)
{
    uint32_t bits = f32_bits(value), exponent = bits >> 23 & 0xFF;
    uint64_t sign = (uint64_t)(bits & 0x80000000u) << 32, significand = (uint64_t)(bits & 0x7FFFFF) << 29;
    if (exponent == 0xFF) {
        return double_of(sign | INFINITY_BITS | significand | (significand ? QUIET : 0));
    }
    if (exponent == 0) {
        return whole(sign, f64.bias - 126 + 11, significand);
    }
    return double_of(sign | (uint64_t)(exponent + 1023 - 127) << 52 | significand);
}

float __truncdfsf2(double value)
{
    uint64_t bits = bits_of(value);
    if (is_special(bits)) {
        return float_of(bits & ~MAGNITUDE, 0x7F800000u | (is_nan(bits) ? 0x400000u | (uint32_t)(bits >> 29 & 0x3FFFFF) : 0));
    }
    struct parts parts = take_apart(bits);
    parts.exponent += f32.bias - f64.bias;
    return rounded_float(&parts);
}

float __addsf3(float a, float b)
{
    return __truncdfsf2(__adddf3(__extendsfdf2(a), __extendsfdf2(b)));
}
float __subsf3(float a, float b)
{
    return __truncdfsf2(__subdf3(__extendsfdf2(a), __extendsfdf2(b)));
}
float __mulsf3(float a, float b)
{
    return __truncdfsf2(__muldf3(__extendsfdf2(a), __extendsfdf2(b)));
}
float __divsf3(float a, float b)
{
    return __truncdfsf2(__divdf3(__extendsfdf2(a), __extendsfdf2(b)));
}

/* ---- Integers ------------------------------------------------------------------------------------------------------------ */

static struct parts of_integer(int64_t value, bool is_signed, const struct format *format)
{
    bool is_negative = is_signed && value < 0;
    return normalized(is_negative ? ~MAGNITUDE : 0, format->bias + 63, is_negative ? 0 - (uint64_t)value : (uint64_t)value);
}

static double f64_of_integer(int64_t value, bool is_signed)
{
    struct parts parts = of_integer(value, is_signed, &f64);
    return double_of(parts.significand ? round_to(&parts, &f64) : 0);
}

static float f32_of_integer(int64_t value, bool is_signed)
{
    struct parts parts = of_integer(value, is_signed, &f32);
    return rounded_float(&parts);
}

double __floatdidf(int64_t value)
{
    return f64_of_integer(value, true);
}
double __floatundidf(uint64_t value)
{
    return f64_of_integer((int64_t)value, false);
}
double __floatsidf(int32_t value)
{
    return f64_of_integer(value, true);
}
double __floatunsidf(uint32_t value)
{
    return f64_of_integer(value, false);
}
float __floatdisf(int64_t value)
{
    return f32_of_integer(value, true);
}
float __floatundisf(uint64_t value)
{
    return f32_of_integer((int64_t)value, false);
}
float __floatsisf(int32_t value)
{
    return f32_of_integer(value, true);
}
float __floatunsisf(uint32_t value)
{
    return f32_of_integer(value, false);
}

/* Towards zero; whoever calls has seen to it that the number fits. */
int64_t __fixdfdi(double value)
{
    struct parts parts = take_apart(bits_of(value));
    uint32_t shift = (uint32_t)(f64.bias + 63 - parts.exponent);
    uint64_t size = shift < 64 ? parts.significand >> shift : 0;
    return (int64_t)(parts.sign ? 0 - size : size);
}
uint64_t __fixunsdfdi(double value)
{
    return (uint64_t)__fixdfdi(value);
}
int32_t __fixdfsi(double value)
{
    return (int32_t)__fixdfdi(value);
}
uint32_t __fixunsdfsi(double value)
{
    return (uint32_t)__fixdfdi(value);
}
