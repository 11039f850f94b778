/* Floating-point operations that C leaves to a mathematics library: none is needed here (specification, 4.3.3). They work on
   IEEE 754 formats with rounding to nearest; results that are NaN are quiet. */
#ifndef BASE_FLOAT_H
#define BASE_FLOAT_H

#include "base/bits.h"
#include "base/config.h"
#include "mote.h"

static inline float F32_OF(uint32_t bits)
{
    union {
        uint32_t bits;
        float value;
    } u = {bits};
    return u.value;
}
static inline uint32_t F32_BITS(float value)
{
    union {
        float value;
        uint32_t bits;
    } u = {value};
    return u.bits;
}
static inline double F64_OF(uint64_t bits)
{
    union {
        uint64_t bits;
        double value;
    } u = {bits};
    return u.value;
}
static inline uint64_t F64_BITS(double value)
{
    union {
        double value;
        uint64_t bits;
    } u = {value};
    return u.bits;
}

/* Truncates towards zero into an integer of this kind, as bits of 64 (or, for i32, 32). A trap when it does not fit or is a NaN; `*result`
   then is what the saturating instructions want: the nearest number of the kind, 0 for a NaN. */
enum mote_truncation { MOTE_TRUNC_I32_S, MOTE_TRUNC_I32_U, MOTE_TRUNC_I64_S, MOTE_TRUNC_I64_U };
enum mote_trap mote_truncate(double a, enum mote_truncation kind, uint64_t *result);

/* For both formats: every float is a double, and these functions of floats are floats again (a square root too, since 53 bits are more than
   2 * 24 + 2). */
double mote_min(double a, double b);
double mote_max(double a, double b);
double mote_ceil(double a);
double mote_floor(double a);
double mote_trunc(double a);
double mote_nearest(double a);
double mote_sqrt_soft(double a);

/* The CPU's square root where it has one; the compiler is told not to care for errno (-fno-math-errno). */
#if defined(__x86_64__) || defined(__aarch64__)
#define mote_sqrt(a) __builtin_sqrt(a)
#else
#define mote_sqrt(a) mote_sqrt_soft(a)
#endif

/* Whether the CPU computes with floats and doubles. What the compiler's library does instead is not always right, see below. */
#if defined(__ARM_FP) && !defined(__SOFTFP__)
#define MOTE_HARD_FLOAT ((__ARM_FP & 4) != 0)
#define MOTE_HARD_DOUBLE ((__ARM_FP & 8) != 0)
#elif defined(__riscv_flen)
#define MOTE_HARD_FLOAT (__riscv_flen >= 32)
#define MOTE_HARD_DOUBLE (__riscv_flen >= 64)
#elif defined(__x86_64__) || defined(__aarch64__)
#define MOTE_HARD_FLOAT 1
#define MOTE_HARD_DOUBLE 1
#else
#define MOTE_HARD_FLOAT 0
#define MOTE_HARD_DOUBLE 0
#endif

/* clang's library rounds quotients below the smallest normal number wrongly; gcc's does not. */
float mote_divide_f32_soft(float a, float b);
double mote_divide_f64_soft(double a, double b);
static inline float mote_divide_f32(float a, float b)
{
    return MOTE_HARD_FLOAT || !ENABLED(CONFIG_COMPILER_CLANG) ? a / b : mote_divide_f32_soft(a, b);
}
static inline double mote_divide_f64(double a, double b)
{
    return MOTE_HARD_DOUBLE || !ENABLED(CONFIG_COMPILER_CLANG) ? a / b : mote_divide_f64_soft(a, b);
}

/* A library may keep a signalling NaN as it is: the bit that makes it quiet is set here. */
static inline double mote_promote(float a)
{
    bool is_nan = !MOTE_HARD_DOUBLE && F32_BITS(a) << 1 > 0xFF000000;
    return F64_OF(F64_BITS((double)a) | (uint64_t)is_nan << 51);
}

static inline uint32_t mote_popcount32(uint32_t a)
{
    a -= a >> 1 & 0x55555555;
    a = (a & 0x33333333) + (a >> 2 & 0x33333333);
    return ((a + (a >> 4)) & 0x0F0F0F0F) * 0x01010101 >> 24;
}
static inline uint64_t mote_popcount64(uint64_t a)
{
    return mote_popcount32((uint32_t)a) + mote_popcount32((uint32_t)(a >> 32));
}

#endif
