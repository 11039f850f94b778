/* base/soft_float, soft_integer: against the arithmetic of the machine that runs this, on bits made at random with a liking for the edges. */
#include "soft_names.h"

#include "base/float.h"
#include "base/soft_float.c"
#include "base/soft_integer.c"
#include "unit.h"

#define ROUNDS 30000

static uint64_t seed;

static uint64_t random_bits(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed;
}

/* Subnormal numbers, powers of two, zeros, infinities, NaNs, neighbours of each other, few bits set, anything. */
static uint64_t random_double(void)
{
    uint64_t bits = random_bits(), sign = bits & (UINT64_C(1) << 63), fraction = bits & ((UINT64_C(1) << 52) - 1);
    switch (random_bits() % 7) {
    case 0:
        return sign | fraction;
    case 1:
        return sign | fraction | (983 + random_bits() % 80) << 52;
    case 2:
        return sign | random_bits() % 2047 << 52;
    case 3:
        return sign | (random_bits() % 3 ? 0 : UINT64_C(0x7FF) << 52);
    case 4:
        return sign | UINT64_C(0x7FE) << 52 | fraction;
    case 5:
        return sign | (random_bits() & random_bits() & ((UINT64_C(1) << 52) - 1)) | (1000 + random_bits() % 90) << 52;
    default:
        return bits;
    }
}

static uint32_t random_float(void)
{
    uint32_t bits = (uint32_t)random_bits(), sign = bits & 0x80000000u, fraction = bits & 0x7FFFFF;
    static const uint32_t exponents[] = {0, 255, 254, 1, 127};
    uint64_t choice = random_bits() % 8;
    return choice < 5 ? sign | exponents[choice] << 23 | (random_bits() % 4 ? fraction : 0) : bits;
}

/* Equal, or both NaNs, ours a quiet one. */
static void check_f64(double got, double expected)
{
    if (expected != expected) {
        CHECK(got != got && F64_BITS(got) >> 51 & 1);
    } else {
        CHECK_EQUAL(F64_BITS(got), F64_BITS(expected));
    }
}

static void check_f32(float got, float expected)
{
    if (expected != expected) {
        CHECK(got != got && F32_BITS(got) >> 22 & 1);
    } else {
        CHECK_EQUAL(F32_BITS(got), F32_BITS(expected));
    }
}

UNIT_TEST(test_soft_float_doubles_are_those_of_the_machine)
{
    seed = 88172645463325252u;
    for (unsigned i = 0; i < ROUNDS; i++) {
        volatile double a = F64_OF(random_double()), b = F64_OF(random_double());
        check_f64(soft_adddf3(a, b), a + b);
        check_f64(soft_subdf3(a, b), a - b);
        check_f64(soft_muldf3(a, b), a * b);
        check_f64(soft_divdf3(a, b), mote_divide_f64(a, b));
        check_f32(soft_truncdfsf2(a), (float)a);
        CHECK_EQUAL(soft_ledf2(a, b) <= 0, a <= b);
        CHECK_EQUAL(soft_ledf2(a, b) < 0, a < b);
        CHECK_EQUAL(soft_ledf2(a, b) == 0, a == b);
        CHECK_EQUAL(soft_gedf2(a, b) >= 0, a >= b);
        CHECK_EQUAL(soft_gedf2(a, b) > 0, a > b);
        CHECK_EQUAL(soft_unorddf2(a, b) != 0, a != a || b != b);
    }
}

UNIT_TEST(test_soft_float_floats_are_those_of_the_machine)
{
    seed = 1234567890123457u;
    for (unsigned i = 0; i < ROUNDS; i++) {
        volatile float a = F32_OF(random_float()), b = F32_OF(random_float());
        check_f32(soft_addsf3(a, b), a + b);
        check_f32(soft_subsf3(a, b), a - b);
        check_f32(soft_mulsf3(a, b), a * b);
        check_f32(soft_divsf3(a, b), mote_divide_f32(a, b));
        check_f64(soft_extendsfdf2(a), (double)a);
        CHECK_EQUAL(soft_lesf2(a, b) <= 0, a <= b);
        CHECK_EQUAL(soft_gesf2(a, b) > 0, a > b);
        CHECK_EQUAL(soft_unordsf2(a, b) != 0, a != a || b != b);
    }
}

UNIT_TEST(test_soft_float_converts_integers_as_the_machine)
{
    seed = 42424242424243u;
    for (unsigned i = 0; i < ROUNDS; i++) {
        volatile uint64_t number = random_bits() >> random_bits() % 64;
        volatile int64_t integer = random_bits() & 1 ? (int64_t)number : (int64_t)(0 - number);
        check_f64(soft_floatdidf(integer), (double)integer);
        check_f64(soft_floatundidf(number), (double)number);
        check_f32(soft_floatdisf(integer), (float)integer);
        check_f32(soft_floatundisf(number), (float)number);
        check_f64(soft_floatsidf((int32_t)integer), (double)(int32_t)integer);
        check_f64(soft_floatunsidf((uint32_t)number), (double)(uint32_t)number);
        check_f32(soft_floatsisf((int32_t)integer), (float)(int32_t)integer);
        check_f32(soft_floatunsisf((uint32_t)number), (float)(uint32_t)number);
        volatile double a = F64_OF(random_double());
        if (a > -9.2e18 && a < 9.2e18) {
            CHECK_EQUAL(soft_fixdfdi(a), (int64_t)a);
        }
        if (a > -1 && a < 1.8e19) {
            CHECK_EQUAL(soft_fixunsdfdi(a), (uint64_t)a);
        }
        if (a > -2147483649.0 && a < 2147483648.0) {
            CHECK_EQUAL(soft_fixdfsi(a), (int32_t)a);
        }
        if (a > -1 && a < 4294967296.0) {
            CHECK_EQUAL(soft_fixunsdfsi(a), (uint32_t)a);
        }
    }
}

UNIT_TEST(test_soft_integer_divides_as_the_machine)
{
    seed = 77777777777777u;
    for (unsigned i = 0; i < ROUNDS; i++) {
        volatile uint64_t a = random_bits() >> random_bits() % 64, b = random_bits() >> random_bits() % 64;
        volatile int64_t c = (int64_t)random_bits() >> random_bits() % 64, d = (int64_t)random_bits() >> random_bits() % 64;
        if (b != 0) {
            CHECK_EQUAL(soft_udivdi3(a, b), a / b);
            CHECK_EQUAL(soft_umoddi3(a, b), a % b);
            CHECK_EQUAL(soft_clzdi2(b), __builtin_clzll(b));
            CHECK_EQUAL(soft_ctzdi2(b), __builtin_ctzll(b));
        }
        if (d != 0 && d != -1) {
            CHECK_EQUAL(soft_divdi3(c, d), c / d);
            CHECK_EQUAL(soft_moddi3(c, d), c % d);
        }
    }
}
