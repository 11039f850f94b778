/* What littlefs (C code of others, see littlefs.c) needs from around it: LFS_CONFIG names this file. It takes no memory by itself, says nothing, and
   has its own few functions on strings, since the firmware has no C library. */
#ifndef HOST_WASI_LITTLEFS_CONFIG_H
#define HOST_WASI_LITTLEFS_CONFIG_H

#include "base/assert.h"
#include "base/bits.h"
#include "base/crc.h"
#include "base/text.h"

#define LFS_NO_MALLOC
#define LFS_NAME_MAX 63 /* MOTE_VFS_NAME_MAX */

#define LFS_TRACE(...)
#define LFS_DEBUG(...)
#define LFS_WARN(...)
#define LFS_ERROR(...)
#define LFS_ASSERT(condition) MOTE_ASSERT(condition)

static inline uint32_t lfs_crc(uint32_t crc, const void *bytes, size_t size)
{
    return mote_crc32_part(crc, bytes, size);
}

static inline void *lfs_malloc(size_t size)
{
    (void)size;
    return NULL;
}
static inline void lfs_free(void *block)
{
    (void)block;
}

static inline uint32_t lfs_min(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}
static inline uint32_t lfs_max(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}
static inline uint32_t lfs_aligndown(uint32_t value, uint32_t alignment)
{
    return value - value % alignment;
}
static inline uint32_t lfs_alignup(uint32_t value, uint32_t alignment)
{
    return lfs_aligndown(value + alignment - 1, alignment);
}
/* The smallest n with 2^n >= value; loops, since compilers make library calls of the builtins where the CPU lacks the instruction. */
static inline uint32_t lfs_npw2(uint32_t value)
{
    uint32_t n = 0;
    for (value--; value; value >>= 1) {
        n++;
    }
    return n;
}
/* Zero bits below the lowest one; `value` is not 0. */
static inline uint32_t lfs_ctz(uint32_t value)
{
    uint32_t n = 0;
    for (; !(value & 1); value >>= 1) {
        n++;
    }
    return n;
}
/* Bits that are one. */
static inline uint32_t lfs_popc(uint32_t value)
{
    uint32_t count = 0;
    for (; value; value &= value - 1) {
        count++;
    }
    return count;
}
/* How far a is ahead of b, on the circle of 32-bit numbers. */
static inline int lfs_scmp(uint32_t a, uint32_t b)
{
    return (int)(a - b);
}

static inline uint32_t lfs_fromle32(uint32_t word)
{
    return word; /* the machine is little-endian, see base/bits.h */
}
static inline uint32_t lfs_tole32(uint32_t word)
{
    return word;
}
static inline uint32_t lfs_frombe32(uint32_t word)
{
    return word >> 24 | (word >> 8 & 0xFF00) | (word << 8 & 0xFF0000) | word << 24;
}
static inline uint32_t lfs_tobe32(uint32_t word)
{
    return lfs_frombe32(word);
}

/* Characters at the start of `text` before the first that is `wanted`, and before the first that is not: lists of one character are all
   that littlefs asks for. */
static inline size_t lfs_length_until(const char *text, char wanted)
{
    size_t length = 0;
    while (text[length] && text[length] != wanted) {
        length++;
    }
    return length;
}
static inline size_t lfs_length_of(const char *text, char wanted)
{
    size_t length = 0;
    while (text[length] == wanted) {
        length++;
    }
    return length;
}
#define strcspn(text, list) lfs_length_until(text, (list)[0])
#define strspn(text, list) lfs_length_of(text, (list)[0])
#define strlen(text) mote_string_length(text)
#define strcpy(to, from) memcpy(to, from, mote_string_length(from) + 1)
#define strchr(text, wanted) ((text)[lfs_length_until(text, wanted)] ? (text) + lfs_length_until(text, wanted) : NULL)

#endif
