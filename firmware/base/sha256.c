/* SHA-256 as FIPS 180-4 has it, section 6.2, with the alternate schedule of section 6.2.2's note: sixteen words that are replaced as they are used,
   which keeps the stack small. About 30 instructions a byte on a 32-bit CPU. */
#include "base/sha256.h"

#include "base/bits.h"

#define BLOCK_BYTES 64u

/* First 32 bits of the fractional parts of the cube roots of the first 64 primes. */
static const uint32_t constants[64] = {
    0x428A2F98, 0x71374491, 0xB5C0FBCF, 0xE9B5DBA5, 0x3956C25B, 0x59F111F1, 0x923F82A4, 0xAB1C5ED5, 0xD807AA98, 0x12835B01, 0x243185BE,
    0x550C7DC3, 0x72BE5D74, 0x80DEB1FE, 0x9BDC06A7, 0xC19BF174, 0xE49B69C1, 0xEFBE4786, 0x0FC19DC6, 0x240CA1CC, 0x2DE92C6F, 0x4A7484AA,
    0x5CB0A9DC, 0x76F988DA, 0x983E5152, 0xA831C66D, 0xB00327C8, 0xBF597FC7, 0xC6E00BF3, 0xD5A79147, 0x06CA6351, 0x14292967, 0x27B70A85,
    0x2E1B2138, 0x4D2C6DFC, 0x53380D13, 0x650A7354, 0x766A0ABB, 0x81C2C92E, 0x92722C85, 0xA2BFE8A1, 0xA81A664B, 0xC24B8B70, 0xC76C51A3,
    0xD192E819, 0xD6990624, 0xF40E3585, 0x106AA070, 0x19A4C116, 0x1E376C08, 0x2748774C, 0x34B0BCB5, 0x391C0CB3, 0x4ED8AA4A, 0x5B9CCA4F,
    0x682E6FF3, 0x748F82EE, 0x78A5636F, 0x84C87814, 0x8CC70208, 0x90BEFFFA, 0xA4506CEB, 0xBEF9A3F7, 0xC67178F2,
};

static uint32_t rotate(uint32_t word, unsigned by)
{
    return word >> by | word << (32 - by);
}

static uint32_t swap_bytes(uint32_t word)
{
    return word << 24 | (word << 8 & 0xFF0000) | (word >> 8 & 0xFF00) | word >> 24;
}

/* Word t of the schedule, for t from 16 on; it takes the place of word t - 16. */
static uint32_t schedule(uint32_t words[static 16], unsigned t)
{
    uint32_t early = words[(t + 1) & 15], late = words[(t + 14) & 15];
    words[t & 15] += (rotate(early, 7) ^ rotate(early, 18) ^ early >> 3) + words[(t + 9) & 15] +
                     (rotate(late, 17) ^ rotate(late, 19) ^ late >> 10);
    return words[t & 15];
}

static void take_block(uint32_t state[static 8], const uint8_t block[static BLOCK_BYTES])
{
    uint32_t words[16];
    for (unsigned t = 0; t < 16; t++) {
        words[t] = swap_bytes(mote_get_u32(block + 4 * t));
    }
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], f = state[5], g = state[6], h = state[7];
    for (unsigned t = 0; t < 64; t++) {
        uint32_t word = t < 16 ? words[t] : schedule(words, t);
        uint32_t first = h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + (g ^ (e & (f ^ g))) + constants[t] + word;
        uint32_t second = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & b) | (c & (a | b)));
        h = g, g = f, f = e, e = d + first;
        d = c, c = b, b = a, a = first + second;
    }
    uint32_t result[8] = {a, b, c, d, e, f, g, h};
    for (unsigned i = 0; i < 8; i++) {
        state[i] += result[i];
    }
}

void mote_sha256_init(struct mote_sha256 *sha)
{
    static const uint32_t start[8] = {
        0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A, 0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19,
    };
    memcpy(sha->state, start, sizeof start);
    sha->size = 0;
}

void mote_sha256_add(struct mote_sha256 *sha, const void *bytes, size_t size)
{
    const uint8_t *at = bytes;
    while (size > 0) {
        size_t filled = (size_t)sha->size % BLOCK_BYTES;
        size_t piece = size < BLOCK_BYTES - filled ? size : BLOCK_BYTES - filled;
        if (piece == BLOCK_BYTES) {
            take_block(sha->state, at);
        } else {
            memcpy(sha->block + filled, at, piece);
        }
        if (piece < BLOCK_BYTES && filled + piece == BLOCK_BYTES) {
            take_block(sha->state, sha->block);
        }
        sha->size += piece;
        at += piece;
        size -= piece;
    }
}

void mote_sha256_end(struct mote_sha256 *sha, uint8_t digest[MOTE_SHA256_BYTES])
{
    static const uint8_t padding[BLOCK_BYTES] = {0x80};
    uint64_t bits = sha->size * 8;
    size_t filled = (size_t)sha->size % BLOCK_BYTES;
    mote_sha256_add(sha, padding, (filled < 56 ? 56 : 120) - filled);
    uint32_t ending[2] = {swap_bytes((uint32_t)(bits >> 32)), swap_bytes((uint32_t)bits)};
    mote_sha256_add(sha, ending, sizeof ending);
    for (unsigned i = 0; i < 8; i++) {
        uint32_t word = swap_bytes(sha->state[i]);
        memcpy(digest + 4 * i, &word, sizeof word);
    }
}
