/* The random numbers of the ESP32-C3. Without radio its noise is that of the clocks' drift against each other, which fills the register's bits anew
   in a quarter of a millisecond. That is slow, so each call draws a seed of 256 bits, and gives the SHA-256 of the seed and a counter. */
#include "hal/random.h"

#include <stdint.h>

#include "base/bits.h"
#include "base/sha256.h"
#include "hal/clock.h"
#include "registers.h"

#define RANDOM register_at(0x600260B0u, 0)
#define PERIOD_NS 250000u
#define SEED_WORDS 8

static uint32_t draw(void)
{
    uint32_t word = 0;
    for (uint64_t end_ns = hal_clock_now_ns() + PERIOD_NS; hal_clock_now_ns() < end_ns;) {
        word ^= *RANDOM;
    }
    return word;
}

bool hal_random_fill(void *data, size_t size)
{
    uint32_t words[SEED_WORDS + 1] = {0}; /* the last one counts */
    for (unsigned i = 0; i < SEED_WORDS; i++) {
        words[i] = draw();
    }
    for (size_t at = 0; at < size; at += MOTE_SHA256_BYTES, words[SEED_WORDS]++) {
        struct mote_sha256 sha;
        uint8_t digest[MOTE_SHA256_BYTES];
        mote_sha256_init(&sha);
        mote_sha256_add(&sha, words, sizeof words);
        mote_sha256_end(&sha, digest);
        memcpy((uint8_t *)data + at, digest, size - at < sizeof digest ? size - at : sizeof digest);
    }
    return true;
}
