/* The hash of native sections (docs/formats/native.md): five instructions for four bytes, since it is most of what loading costs. */
#ifndef AOT_NATIVE_HASH_H
#define AOT_NATIVE_HASH_H

#include "base/bits.h"

/* Begin with the number of bytes, then give the words one by one or in stretches. */
static inline uint32_t mote_native_hash_word(uint32_t hash, uint32_t word)
{
    hash = (hash ^ word) * 0x9E3779B1u;
    return hash ^ hash >> 15;
}

/* Goes on with `size` bytes, which may lie anywhere. A last word that is not complete is filled up with zeros. */
uint32_t mote_native_hash_bytes(uint32_t hash, const uint8_t *bytes, uint32_t size);

#endif
