/* What every benchmark program shares: the work factor from the command line, a random sequence and
 * the one line of output. The line is a checksum of all that was computed, so that a wrong engine
 * shows and a compiler cannot drop the work. */
#ifndef MOTE_BENCH_H
#define MOTE_BENCH_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* Keeps a function a function: the programs about calls measure nothing when it is inlined. */
#define BENCH_NOINLINE __attribute__((noinline))

/* The first argument as the work factor; without one `full`, which takes a fast interpreter 0.5 to 1 s.
 * The work grows linearly with the factor, so that two runs differ by the cost of the units between. */
static inline uint32_t bench_work(int argc, char **argv, uint32_t full)
{
    return argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : full;
}

/* xorshift32: the next value of the sequence in `state`, which must not start at 0. */
static inline uint32_t bench_random(uint32_t *state)
{
    uint32_t x = *state;
    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
    *state = x;
    return x;
}

/* One step of FNV-1a over a whole word: mixes `value` into `checksum`. */
static inline uint32_t bench_mix(uint32_t checksum, uint32_t value)
{
    return (checksum ^ value) * 16777619u;
}

/* Prints the line that every engine must agree on; returns main's status. */
static inline int bench_report(const char *name, uint32_t work, uint32_t checksum)
{
    printf("%s %u %08x\n", name, (unsigned)work, (unsigned)checksum);
    return 0;
}

#endif
