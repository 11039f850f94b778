/* Wide integers for 32-bit CPUs, small: division of 64 bits and counting of zeros, under the names that both gcc and clang know. The compilers' own
   are quicker and ten times as large. A division by zero is the caller's mistake and gives anything. */
#include "base/soft_float.h"

int __clzsi2(uint32_t value)
{
    int zeros = 32;
    for (int by = 16; by > 0; by >>= 1) {
        uint32_t upper = value >> by;
        if (upper) {
            zeros -= by;
            value = upper;
        }
    }
    return zeros - (int)value;
}

int __clzdi2(uint64_t value)
{
    uint32_t upper = (uint32_t)(value >> 32);
    return upper ? __clzsi2(upper) : 32 + __clzsi2((uint32_t)value);
}

int __ctzsi2(uint32_t value)
{
    return 31 - __clzsi2(value & (0 - value));
}

int __ctzdi2(uint64_t value)
{
    return 63 - __clzdi2(value & (0 - value));
}

/* Bit by bit, as many as the quotient has; numbers of 32 bits are the CPU's. */
static uint64_t divide(uint64_t number, uint64_t by, uint64_t *rest)
{
    if ((number | by) >> 32 == 0) {
        *rest = (uint32_t)number % (uint32_t)by;
        return (uint32_t)number / (uint32_t)by;
    }
    int bit = by > number ? -1 : __clzdi2(by) - __clzdi2(number);
    uint64_t quotient = 0;
    for (by <<= bit & 63; bit >= 0; bit--, by >>= 1) {
        quotient <<= 1;
        if (number >= by) {
            number -= by;
            quotient |= 1;
        }
    }
    *rest = number;
    return quotient;
}

uint64_t __udivdi3(uint64_t a, uint64_t b)
{
    uint64_t rest;
    return divide(a, b, &rest);
}

uint64_t __umoddi3(uint64_t a, uint64_t b)
{
    uint64_t rest;
    divide(a, b, &rest);
    return rest;
}

static uint64_t size_of(int64_t value)
{
    return value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
}

int64_t __divdi3(int64_t a, int64_t b)
{
    uint64_t rest, quotient = divide(size_of(a), size_of(b), &rest);
    return (int64_t)((a ^ b) < 0 ? 0 - quotient : quotient);
}

int64_t __moddi3(int64_t a, int64_t b)
{
    uint64_t rest;
    divide(size_of(a), size_of(b), &rest);
    return (int64_t)(a < 0 ? 0 - rest : rest);
}
