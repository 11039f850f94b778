/* Unaligned little-endian access, alignment, overflow-safe sums. mote runs on little-endian machines only. */
#ifndef BASE_BITS_H
#define BASE_BITS_H

#include "base/config.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "mote needs a little-endian machine"
#endif

/* Types that may lie at any address; the compiler emits what the CPU needs for that. */
typedef uint16_t __attribute__((aligned(1), may_alias)) mote_u16_any;
typedef uint32_t __attribute__((aligned(1), may_alias)) mote_u32_any;
typedef uint64_t __attribute__((aligned(1), may_alias)) mote_u64_any;

/* Guest memory at any address. Where the CPU wants alignment but the port answers for misaligned accesses (it emulates them in its
   exception handler), a plain access; elsewhere the compiler emits what the CPU needs. */
#if ENABLED(CONFIG_MISALIGNED_ACCESS) && defined(__riscv)
typedef uint16_t __attribute__((may_alias)) mote_u16_guest;
typedef uint32_t __attribute__((may_alias)) mote_u32_guest;
typedef uint64_t __attribute__((aligned(4), may_alias)) mote_u64_guest;
#else
typedef mote_u16_any mote_u16_guest;
typedef mote_u32_any mote_u32_guest;
typedef mote_u64_any mote_u64_guest;
#endif

/* The same at multiples of 4, as frame cells are. */
typedef uint32_t __attribute__((may_alias)) mote_u32_cell;
typedef uint64_t __attribute__((aligned(4), may_alias)) mote_u64_cell;

static inline uint16_t mote_get_u16(const void *at)
{
    return *(const mote_u16_any *)at;
}
static inline uint32_t mote_get_u32(const void *at)
{
    return *(const mote_u32_any *)at;
}
static inline uint64_t mote_get_u64(const void *at)
{
    return *(const mote_u64_any *)at;
}

/* Rounds up to a power of two; the caller knows that it does not overflow. */
static inline size_t mote_align_up(size_t value, size_t alignment)
{
    return (value + alignment - 1) & ~(alignment - 1);
}

/* Reads a word that another thread or a signal handler may be writing: one load, never a call into a library. */
#if __GCC_ATOMIC_POINTER_LOCK_FREE == 2
#define MOTE_LOAD_SHARED(word) __atomic_load_n(&(word), __ATOMIC_RELAXED)
#define MOTE_STORE_SHARED(word, value) __atomic_store_n(&(word), (value), __ATOMIC_RELAXED)
#else
#define MOTE_LOAD_SHARED(word) (*(const volatile __typeof__(word) *)&(word))
#define MOTE_STORE_SHARED(word, value) (*(volatile __typeof__(word) *)&(word) = (value))
#endif

/* What this thread stored before is seen by all before it loads what comes after. */
#define MOTE_FENCE() __atomic_thread_fence(__ATOMIC_SEQ_CST)

#define MOTE_COUNT(array) (sizeof(array) / sizeof((array)[0]))

void *memcpy(void *restrict to, const void *restrict from, size_t size);
void *memmove(void *to, const void *from, size_t size);
void *memset(void *to, int byte, size_t size);
int memcmp(const void *a, const void *b, size_t size);

#endif
