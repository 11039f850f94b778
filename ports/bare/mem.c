/* memcpy, memmove, memset, memcmp: by words where both sides are aligned alike, otherwise by bytes. */
#include "mem.h"

#include <stdint.h>

#define WORD sizeof(uintptr_t)

/* Words whose bytes may belong to objects of any type. */
typedef uintptr_t __attribute__((may_alias)) word;

/* A compiler that recognises a loop as memcpy would call memcpy for it. This keeps it from looking. */
#define OPAQUE(pointer) __asm__("" : "+r"(pointer))

static int is_aligned(const void *a, const void *b)
{
    return (((uintptr_t)a | (uintptr_t)b) & (WORD - 1)) == 0;
}

static void copy_up(uint8_t *to, const uint8_t *from, size_t size)
{
    if (((uintptr_t)to - (uintptr_t)from) % WORD == 0) {
        for (; size > 0 && !is_aligned(to, to); size--) {
            *to++ = *from++;
        }
        for (; size >= 4 * WORD; size -= 4 * WORD, to += 4 * WORD, from += 4 * WORD) {
            const word *in = (const word *)(const void *)from;
            word a = in[0], b = in[1], c = in[2], d = in[3];
            word *out = (word *)(void *)to;
            OPAQUE(out);
            out[0] = a, out[1] = b, out[2] = c, out[3] = d;
        }
        for (; size >= WORD; size -= WORD, to += WORD, from += WORD) {
            *(word *)(void *)to = *(const word *)(const void *)from;
            OPAQUE(to);
        }
    }
    for (; size > 0; size--) {
        *to++ = *from++;
        OPAQUE(to);
    }
}

static void copy_down(uint8_t *to, const uint8_t *from, size_t size)
{
    to += size, from += size;
    if (((uintptr_t)to - (uintptr_t)from) % WORD == 0) {
        for (; size > 0 && !is_aligned(to, to); size--) {
            *--to = *--from;
        }
        for (; size >= WORD; size -= WORD) {
            to -= WORD, from -= WORD;
            *(word *)(void *)to = *(const word *)(const void *)from;
            OPAQUE(to);
        }
    }
    for (; size > 0; size--) {
        *--to = *--from;
        OPAQUE(to);
    }
}

void *memcpy(void *restrict to, const void *restrict from, size_t size)
{
    copy_up(to, from, size);
    return to;
}

void *memmove(void *to, const void *from, size_t size)
{
    if ((uintptr_t)to - (uintptr_t)from >= size) { /* also when `to` lies below: the difference wraps */
        copy_up(to, from, size);
    } else {
        copy_down(to, from, size);
    }
    return to;
}

void *memset(void *to, int value, size_t size)
{
    uint8_t *at = to;
    word pattern = (uint8_t)value * (UINTPTR_MAX / 255);
    for (; size > 0 && !is_aligned(at, at); size--) {
        *at++ = (uint8_t)value;
    }
    for (; size >= 4 * WORD; size -= 4 * WORD, at += 4 * WORD) {
        word *out = (word *)(void *)at;
        out[0] = out[1] = out[2] = out[3] = pattern;
        OPAQUE(at);
    }
    for (; size >= WORD; size -= WORD, at += WORD) {
        *(word *)(void *)at = pattern;
        OPAQUE(at);
    }
    for (; size > 0; size--) {
        *at++ = (uint8_t)value;
        OPAQUE(at);
    }
    return to;
}

int memcmp(const void *a, const void *b, size_t size)
{
    const uint8_t *left = a, *right = b;
    for (; size > 0; size--, left++, right++) {
        if (*left != *right) {
            return *left - *right;
        }
    }
    return 0;
}
