/* memory: loads and stores, in order and with strides, over 256 KiB of linear memory.
 *
 * Stresses: i32.load and i32.store with computed addresses, 8-bit accesses, the bounds check of each
 * (a guard page or a compare), address arithmetic of the form base + index * size, and the bulk
 * instructions memory.copy and memory.fill, into which the compiler turns memmove and memset.
 * Parts: scaled copy of words, sums at five strides, a matrix transposed in place, Eratosthenes' sieve over bytes,
 * bulk moves. */
#include <string.h>

#include "bench.h"

#define WORDS 16384u
#define SIDE 64u
#define SIEVE 16384u

static uint32_t source[WORDS];
static uint32_t target[WORDS];
static uint32_t matrix[SIDE][SIDE];
static uint8_t composite[SIEVE];

/* More than a copy, so that no compiler makes one memcpy of it. */
static void scaled_copy(uint32_t factor)
{
    for (uint32_t i = 0; i < WORDS; i++) {
        target[i] = source[i] * factor + i;
    }
}

static uint32_t strided_sum(uint32_t stride)
{
    uint32_t sum = 0;
    for (uint32_t start = 0; start < stride; start++) {
        for (uint32_t i = start; i < WORDS; i += stride) {
            sum = sum * 3 + target[i];
        }
    }
    return sum;
}

static void transpose(void)
{
    for (uint32_t row = 0; row < SIDE; row++) {
        for (uint32_t column = row + 1; column < SIDE; column++) {
            uint32_t kept = matrix[row][column];
            matrix[row][column] = matrix[column][row] + 1;
            matrix[column][row] = kept;
        }
    }
}

static uint32_t count_primes(void)
{
    uint32_t primes = 0;
    memset(composite, 0, sizeof composite);
    for (uint32_t i = 2; i < SIEVE; i++) {
        if (composite[i]) {
            continue;
        }
        primes++;
        for (uint32_t j = i + i; j < SIEVE; j += i) {
            composite[j] = 1;
        }
    }
    return primes;
}

/* Moves that overlap both ways, of sizes around those that real programs use. */
static uint32_t bulk_moves(uint32_t seed)
{
    uint8_t *bytes = (uint8_t *)source;
    for (uint32_t size = 16; size <= 4096; size *= 4) {
        memmove(bytes + (seed & 255), bytes + 1024, size);
        memmove(bytes + 8192 + size / 2, bytes + 8192, size);
        memset(bytes + 32768 + (seed & 63), (int)(seed & 255), size);
    }
    return source[seed % WORDS];
}

int main(int argc, char **argv)
{
    uint32_t work = bench_work(argc, argv, 400);
    uint32_t random = 88675123u;
    uint32_t checksum = 2166136261u;
    for (uint32_t i = 0; i < WORDS; i++) {
        source[i] = bench_random(&random);
    }
    for (uint32_t unit = 0; unit < work; unit++) {
        scaled_copy(unit + 3);
        for (uint32_t stride = 1; stride <= 256; stride *= 4) {
            checksum = bench_mix(checksum, strided_sum(stride));
        }
        transpose();
        checksum = bench_mix(checksum, matrix[unit % SIDE][(unit * 7) % SIDE]);
        checksum = bench_mix(checksum, count_primes() + composite[unit % SIEVE]);
        checksum = bench_mix(checksum, bulk_moves(bench_random(&random)));
    }
    return bench_report("memory", work, checksum);
}
