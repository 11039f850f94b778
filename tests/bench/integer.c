/* integer: 32- and 64-bit integer arithmetic in registers, hardly any memory and no calls that matter.
 *
 * Stresses: add, mul, div, rem, shifts, rotates and compares of both widths; short loops whose exit
 * depends on data. An interpreter that fuses compares with branches and constants with operations, and
 * keeps locals in slots, gains most here.
 * Parts: Collatz chains (64-bit), greatest common divisors (32-bit rem), modular powers (64-bit rem),
 * integer square roots (shift and subtract) and bit counting by masks. */
#include "bench.h"

static uint32_t collatz_steps(uint64_t n)
{
    uint32_t steps = 0;
    while (n != 1) {
        n = (n & 1) ? 3 * n + 1 : n >> 1;
        steps++;
    }
    return steps;
}

static uint32_t gcd(uint32_t a, uint32_t b)
{
    while (b != 0) {
        uint32_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

static uint32_t power_mod(uint32_t base, uint32_t exponent, uint32_t modulus)
{
    uint64_t result = 1;
    uint64_t square = base % modulus;
    while (exponent != 0) {
        if (exponent & 1) {
            result = result * square % modulus;
        }
        square = square * square % modulus;
        exponent >>= 1;
    }
    return (uint32_t)result;
}

static uint32_t square_root(uint32_t n)
{
    uint32_t root = 0;
    for (uint32_t bit = 1u << 30; bit != 0; bit >>= 2) {
        if (n >= root + bit) {
            n -= root + bit;
            root = (root >> 1) + bit;
        } else {
            root >>= 1;
        }
    }
    return root;
}

/* By masks and not by a builtin: a compiler turns the builtin into one instruction natively. */
static uint32_t count_bits(uint32_t n)
{
    n -= (n >> 1) & 0x55555555u;
    n = (n & 0x33333333u) + ((n >> 2) & 0x33333333u);
    n = (n + (n >> 4)) & 0x0f0f0f0fu;
    return (n * 0x01010101u) >> 24;
}

static uint32_t rotate_left(uint32_t n, uint32_t by)
{
    return (n << (by & 31)) | (n >> (-by & 31));
}

static uint32_t one_unit(uint32_t *random, uint32_t checksum)
{
    for (uint32_t i = 0; i < 300; i++) {
        uint32_t a = bench_random(random);
        uint32_t b = bench_random(random) | 1;
        checksum = bench_mix(checksum, collatz_steps((a & 0xffff) + 1));
        checksum = bench_mix(checksum, gcd(a, b));
        checksum = bench_mix(checksum, power_mod(a, b & 0xffff, (b >> 3) | 1));
        for (uint32_t j = 0; j < 4; j++) {
            checksum += square_root(a + j) * count_bits(b ^ j);
            checksum = rotate_left(checksum, a + j);
        }
    }
    return checksum;
}

int main(int argc, char **argv)
{
    uint32_t work = bench_work(argc, argv, 700);
    uint32_t random = 2463534242u;
    uint32_t checksum = 2166136261u;
    for (uint32_t unit = 0; unit < work; unit++) {
        checksum = one_unit(&random, checksum);
    }
    return bench_report("integer", work, checksum);
}
