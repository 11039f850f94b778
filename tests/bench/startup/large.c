/* large: a module of 1,024 functions (about 300 KB, as much as a Lua interpreter) of which a run calls 32.
 *
 * Its whole run is reading, validating and translating the module: an engine that does so for all
 * functions shows it here, and one that does it at a function's first call shows less. */
#include <stdint.h>
#include <stdio.h>

#define BYTES 256u

typedef uint32_t (*worker)(uint8_t *bytes, uint32_t a, uint32_t b);

/* The shapes of everyday code: loops over bytes, nested conditions, a switch, arithmetic; N makes each differ. */
#define WORKER(N)                                                          \
    static uint32_t worker_##N(uint8_t *bytes, uint32_t a, uint32_t b)     \
    {                                                                      \
        uint32_t sum = 0x##N + a;                                          \
        for (uint32_t i = 0x##N & 63; i < (a & 127) + 64; i++) {           \
            sum = sum * 31 + bytes[i] + (bytes[(i + b) % BYTES] << 3);     \
            if (sum & 1) {                                                 \
                bytes[i] ^= (uint8_t)(sum >> 4);                           \
            } else if (sum % 7 == 0x##N % 7) {                             \
                return sum;                                                \
            }                                                              \
        }                                                                  \
        switch (sum & 7) {                                                 \
        case 0: return sum ^ b;                                            \
        case 1: return sum + 0x##N##1;                                     \
        case 3: bytes[b % BYTES] = (uint8_t)sum; break;                    \
        case 4: sum = (sum << 5) | (sum >> 27); break;                     \
        case 6: return (a * 0x##N##7) ^ (b >> 3);                          \
        default: sum -= b * a;                                             \
        }                                                                  \
        return (uint64_t)sum * 0x##N##5 % 65521 > 9999 ? sum : sum + b;    \
    }

#define EACH_4(F, N) F(N##0) F(N##1) F(N##2) F(N##3)
#define EACH_16(F, N) EACH_4(F, N##0) EACH_4(F, N##1) EACH_4(F, N##2) EACH_4(F, N##3)
#define EACH_64(F, N) EACH_16(F, N##0) EACH_16(F, N##1) EACH_16(F, N##2) EACH_16(F, N##3)
#define EACH_256(F, N) EACH_64(F, N##0) EACH_64(F, N##1) EACH_64(F, N##2) EACH_64(F, N##3)
#define EACH_1024(F) EACH_256(F, 1) EACH_256(F, 2) EACH_256(F, 3) EACH_256(F, 4)

EACH_1024(WORKER)

#define ENTRY(N) worker_##N,
static const worker workers[] = {EACH_1024(ENTRY)};

static uint8_t bytes[BYTES];

int main(int argc, char **argv)
{
    uint32_t sum = (uint32_t)argc;
    (void)argv;
    for (uint32_t i = 0; i < 32; i++) {
        sum = sum * 5 + workers[i * 31 % (sizeof workers / sizeof workers[0])](bytes, sum, i);
    }
    printf("large %08x\n", (unsigned)sum);
    return 0;
}
