/* calls: direct calls, deep and wide, between small functions.
 *
 * Stresses: call and return, passing up to eight parameters, the frame that each call makes, the check
 * for an exhausted stack, and results on their way back. The functions do little beside calling.
 * Parts: Fibonacci and Takeuchi numbers (recursion that fans out), a recursion 400 frames deep, two
 * functions that call each other, a chain of functions with eight parameters each. */
#include "bench.h"

BENCH_NOINLINE static uint32_t fibonacci(uint32_t n)
{
    return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}

BENCH_NOINLINE static int32_t takeuchi(int32_t x, int32_t y, int32_t z)
{
    if (y >= x) {
        return z;
    }
    return takeuchi(takeuchi(x - 1, y, z), takeuchi(y - 1, z, x), takeuchi(z - 1, x, y));
}

/* Not a tail call: each frame still has an addition and a product to do. */
BENCH_NOINLINE static uint32_t descend(uint32_t depth, uint32_t seed)
{
    if (depth == 0) {
        return seed;
    }
    return descend(depth - 1, seed + depth) * 5 + depth;
}

BENCH_NOINLINE static uint32_t hop_odd(uint32_t n, uint32_t seed);

BENCH_NOINLINE static uint32_t hop_even(uint32_t n, uint32_t seed)
{
    return n == 0 ? seed : hop_odd(n - 1, seed ^ n) + 1;
}

BENCH_NOINLINE static uint32_t hop_odd(uint32_t n, uint32_t seed)
{
    return n == 0 ? seed : hop_even(n - 1, seed + n) ^ 3;
}

BENCH_NOINLINE static uint32_t wide_leaf(uint32_t a, uint32_t b, uint32_t c, uint32_t d, uint32_t e, uint32_t f,
                                         uint32_t g, uint32_t h)
{
    return (a + b) ^ (c + d) ^ (e + f) ^ (g + h);
}

BENCH_NOINLINE static uint64_t wide_long(uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
    return (a ^ b) + (c ^ d);
}

BENCH_NOINLINE static uint32_t wide_middle(uint32_t a, uint32_t b, uint32_t c, uint32_t d, uint32_t e, uint32_t f,
                                           uint32_t g, uint32_t h)
{
    uint32_t sum = wide_leaf(h, a, b, c, d, e, f, g + 1);
    uint64_t both = wide_long(sum, a, b, ((uint64_t)c << 32) | d);
    return wide_leaf(g, h, a, b, c, d, e ^ (uint32_t)both, f ^ (uint32_t)(both >> 32));
}

static uint32_t wide_calls(uint32_t seed)
{
    uint32_t sum = seed;
    for (uint32_t i = 0; i < 1200; i++) {
        sum += wide_middle(sum, i, seed, sum >> 3, i ^ seed, sum + 7, i + 1, seed + i);
    }
    return sum;
}

int main(int argc, char **argv)
{
    uint32_t work = bench_work(argc, argv, 1000);
    uint32_t random = 521288629u;
    uint32_t checksum = 2166136261u;
    for (uint32_t unit = 0; unit < work; unit++) {
        uint32_t seed = bench_random(&random);
        checksum = bench_mix(checksum, fibonacci(18 + (seed & 1)));
        checksum = bench_mix(checksum, (uint32_t)takeuchi(9, 6, (int32_t)(seed & 1)));
        checksum = bench_mix(checksum, wide_calls(seed));
        for (uint32_t i = 0; i < 20; i++) {
            checksum = bench_mix(checksum, descend(400, seed + i));
            checksum = bench_mix(checksum, hop_even(200 + (seed & 1), seed ^ i));
        }
    }
    return bench_report("calls", work, checksum);
}
