/* SHA-256 (FIPS 180-4), in pieces. */
#ifndef BASE_SHA256_H
#define BASE_SHA256_H

#include <stddef.h>
#include <stdint.h>

#define MOTE_SHA256_BYTES 32

struct mote_sha256 {
    uint32_t state[8];
    uint64_t size; /* bytes so far */
    uint8_t block[64];
};

void mote_sha256_init(struct mote_sha256 *sha);
void mote_sha256_add(struct mote_sha256 *sha, const void *bytes, size_t size);
/* Gives the digest; `sha` is used up. */
void mote_sha256_end(struct mote_sha256 *sha, uint8_t digest[MOTE_SHA256_BYTES]);

#endif
