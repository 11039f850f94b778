/* base/float: rounding, minimum and maximum, the square root without a mathematics library. */
#include "base/float.h"
#include "unit.h"

#define QUIET ((uint64_t)0x7FF8 << 48)
#define INFINITE ((uint64_t)0x7FF << 52)
#define MINUS ((uint64_t)1 << 63)

static bool is_quiet_nan(double value)
{
    return (F64_BITS(value) & QUIET) == QUIET;
}

/* A new number each time, over all exponents. */
static uint64_t next(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + 1442695040888963407;
    return *state ^ *state >> 29;
}

static void check_sqrt(uint64_t bits)
{
    double value = F64_OF(bits), expected = __builtin_sqrt(value), got = mote_sqrt_soft(value);
    if (expected != expected) {
        CHECK(is_quiet_nan(got));
    } else if (F64_BITS(got) != F64_BITS(expected)) {
        CHECK_EQUAL(F64_BITS(got), F64_BITS(expected));
    }
}

UNIT_TEST(test_float_soft_square_root_is_the_cpus)
{
    static const uint64_t corners[] = {
        0, MINUS, INFINITE, INFINITE | MINUS, QUIET, 1, 2, 3, 0x000FFFFFFFFFFFFF, 0x0010000000000000, 0x7FEFFFFFFFFFFFFF,
        0x3FF0000000000000, 0x3FF0000000000001, 0x3FEFFFFFFFFFFFFF, 0x4000000000000000, 0x4010000000000000, 0xBFF0000000000000,
    };
    for (size_t i = 0; i < MOTE_COUNT(corners); i++) {
        check_sqrt(corners[i]);
    }
    uint64_t state = 1;
    for (int i = 0; i < 50000; i++) {
        check_sqrt(next(&state) & ~MINUS);
    }
    for (uint64_t root = 1; root < 2000; root++) {
        check_sqrt(F64_BITS((double)(root * root)));
        check_sqrt(F64_BITS((double)(root * root)) + 1);
        check_sqrt(F64_BITS((double)(root * root)) - 1);
        check_sqrt(root); /* a subnormal */
    }
}

static void check_quotient(uint64_t a, uint64_t b)
{
    volatile double x = F64_OF(a), y = F64_OF(b); /* volatile: so that the CPU divides, not the compiler */
    volatile float u = F32_OF((uint32_t)a), v = F32_OF((uint32_t)b);
    double quotient = x / y, soft = ENABLED(CONFIG_COMPILER_CLANG) ? mote_divide_f64_soft(x, y) : quotient;
    float narrow = u / v, soft_narrow = ENABLED(CONFIG_COMPILER_CLANG) ? mote_divide_f32_soft(u, v) : narrow;
    if (quotient == quotient && F64_BITS(quotient) != F64_BITS(soft)) {
        CHECK_EQUAL(F64_BITS(soft), F64_BITS(quotient));
    }
    if (narrow == narrow && F32_BITS(narrow) != F32_BITS(soft_narrow)) {
        CHECK_EQUAL(F32_BITS(soft_narrow), F32_BITS(narrow));
    }
}

/* Where the CPU divides, its quotients are compared with all digits of ours, which only builds with clang have. */
UNIT_TEST(test_float_soft_division_is_the_cpus)
{
    if (!MOTE_HARD_DOUBLE) {
        return;
    }
    static const uint64_t corners[] = {
        0, 1, 2, 3, 0x000FFFFFFFFFFFFF, 0x0010000000000000, 0x0010000000000001, 0x001FFFFFFFFFFFFF, 0x0020000000000000, 0x3FE0000000000000,
        0x3FF0000000000000, 0x3FF0000000000001, 0x4000000000000000, 0x4340000000000000, 0x7FEFFFFFFFFFFFFF, INFINITE, 0x807FFFFF,
        0x00800001, 0x3F800001, 0x7F7FFFFF, 0x40000000, 0xC0400000,
    };
    for (size_t i = 0; i < MOTE_COUNT(corners); i++) {
        for (size_t j = 0; j < MOTE_COUNT(corners); j++) {
            check_quotient(corners[i], corners[j]);
            check_quotient(corners[i] | MINUS, corners[j]);
        }
    }
    uint64_t state = 7;
    for (int i = 0; i < 100000; i++) {
        uint64_t a = next(&state), b = next(&state);
        check_quotient(a, b);
        /* The same with a quotient near 2^-1050, and near 2^-140 for floats. */
        check_quotient((a & ~((uint64_t)0x7FF << 52)) | (b & 0x1F) << 52, (b & ~((uint64_t)0x7FF << 52)) | (uint64_t)0x3F8 << 52);
        check_quotient((a & 0x807FFFFF) | (b & 7) << 23, (b & 0x807FFFFF) | (a >> 32 & 31) << 23 | 0x3E000000);
    }
}

UNIT_TEST(test_float_rounding_leaves_infinities_and_quiets_nans)
{
    double (*const functions[])(double) = {mote_ceil, mote_floor, mote_trunc, mote_nearest};
    for (size_t i = 0; i < 4; i++) {
        CHECK_EQUAL(F64_BITS(functions[i](F64_OF(INFINITE))), INFINITE);
        CHECK_EQUAL(F64_BITS(functions[i](F64_OF(INFINITE | MINUS))), INFINITE | MINUS);
        CHECK_EQUAL(F64_BITS(functions[i](F64_OF(MINUS))), MINUS);
        CHECK_EQUAL(F64_BITS(functions[i](F64_OF(0))), 0);
        CHECK(is_quiet_nan(functions[i](F64_OF(INFINITE + 1))));
        CHECK(is_quiet_nan(functions[i](F64_OF(QUIET))));
        CHECK(functions[i](9007199254740993.0) == 9007199254740993.0);
    }
}

UNIT_TEST(test_float_rounding_goes_the_right_way)
{
    static const struct {
        double value, ceil, floor, trunc, nearest;
    } rows[] = {
        {0.5, 1, 0, 0, 0},
        {1.5, 2, 1, 1, 2},
        {2.5, 3, 2, 2, 2},
        {0.49999999999999994, 1, 0, 0, 0},
        {-0.5, -0.0, -1, -0.0, -0.0},
        {-1.5, -1, -2, -1, -2},
        {-2.5, -2, -3, -2, -2},
        {4503599627370495.5, 4503599627370496.0, 4503599627370495.0, 4503599627370495.0, 4503599627370496.0},
        {1e-300, 1, 0, 0, 0},
        {-1e-300, -0.0, -1, -0.0, -0.0},
    };
    for (size_t i = 0; i < MOTE_COUNT(rows); i++) {
        CHECK_EQUAL(F64_BITS(mote_ceil(rows[i].value)), F64_BITS(rows[i].ceil));
        CHECK_EQUAL(F64_BITS(mote_floor(rows[i].value)), F64_BITS(rows[i].floor));
        CHECK_EQUAL(F64_BITS(mote_trunc(rows[i].value)), F64_BITS(rows[i].trunc));
        CHECK_EQUAL(F64_BITS(mote_nearest(rows[i].value)), F64_BITS(rows[i].nearest));
    }
}

UNIT_TEST(test_float_minimum_and_maximum_know_zeros_and_nans)
{
    CHECK_EQUAL(F64_BITS(mote_min(0.0, -0.0)), MINUS);
    CHECK_EQUAL(F64_BITS(mote_min(-0.0, 0.0)), MINUS);
    CHECK_EQUAL(F64_BITS(mote_max(0.0, -0.0)), 0);
    CHECK_EQUAL(F64_BITS(mote_max(-0.0, 0.0)), 0);
    CHECK(mote_min(1.0, 2.0) == 1.0 && mote_max(1.0, 2.0) == 2.0);
    CHECK(is_quiet_nan(mote_min(F64_OF(INFINITE + 1), 1.0)));
    CHECK(is_quiet_nan(mote_max(1.0, F64_OF(INFINITE + 1))));
}

UNIT_TEST(test_float_truncation_traps_just_outside_the_range)
{
    uint64_t result;
    CHECK_EQUAL(mote_truncate(2147483647.9, MOTE_TRUNC_I32_S, &result), MOTE_TRAP_NONE);
    CHECK_EQUAL((uint32_t)result, INT32_MAX);
    CHECK_EQUAL(mote_truncate(2147483648.0, MOTE_TRUNC_I32_S, &result), MOTE_TRAP_INTEGER_OVERFLOW);
    CHECK_EQUAL((uint32_t)result, INT32_MAX);
    CHECK_EQUAL(mote_truncate(-2147483648.9, MOTE_TRUNC_I32_S, &result), MOTE_TRAP_NONE);
    CHECK_EQUAL((uint32_t)result, (uint32_t)INT32_MIN);
    CHECK_EQUAL(mote_truncate(-0.9, MOTE_TRUNC_I64_U, &result), MOTE_TRAP_NONE);
    CHECK_EQUAL(result, 0);
    CHECK_EQUAL(mote_truncate(-1.0, MOTE_TRUNC_I64_U, &result), MOTE_TRAP_INTEGER_OVERFLOW);
    CHECK_EQUAL(result, 0);
    CHECK_EQUAL(mote_truncate(18446744073709549568.0, MOTE_TRUNC_I64_U, &result), MOTE_TRAP_NONE);
    CHECK_EQUAL(result, UINT64_MAX - 2047);
    CHECK_EQUAL(mote_truncate(F64_OF(QUIET), MOTE_TRUNC_I64_S, &result), MOTE_TRAP_INVALID_CONVERSION);
    CHECK_EQUAL(result, 0);
}
