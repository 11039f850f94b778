/* The format of register code (docs/design/register-code.md).
 *
 * Register code is a stream of 16-bit half-words without padding and without pointers. An operation is a handler, then its
 * fields. A handler is its distance from a base or its number in a table (one half-word), or its address (two) where addresses
 * fit into 32 bits and may lie at any half-word: then the code belongs to one build of the firmware, which it does anyway. A slot is a byte offset from the frame pointer to a 4-byte cell; i64 and f64 take two cells. A function is
 *
 *     link, zero, frame         header: byte offset of the return address in the frame, first byte to be zeroed (up to link),
 *                               bytes that a frame takes
 *     operations ...
 *
 * and its frame is
 *
 *     parameters (the caller's operands, where results come too) | other locals | return address | operands
 *
 * Letters in the names of operations: S slot, A accumulator (the result of the operation before), K constant in the code
 * (16 bits, signed; for addresses 32 bits, unsigned). The last letter says where the result goes: _S into a slot, whose number is
 * the last field, and the accumulator as well; _A into the accumulator only. _A always follows _S: that is how the
 * translator turns one into the other.
 */
#ifndef INTERP_REGISTER_CODE_H
#define INTERP_REGISTER_CODE_H

#include "base/bits.h"
#include "base/config.h"

/* Whether the accumulator holds 64 bits. */
#define ACC64 (UINTPTR_MAX > UINT32_MAX)

/* Half-words that a handler takes at the beginning of an operation. */
#define HANDLER_HALVES (ENABLED(CONFIG_INTERP_HANDLER_ADDRESS) ? 2 : 1)

/* Whether single-precision arithmetic is a matter of instructions, not of library calls. */
#if defined(__x86_64__) || defined(__aarch64__) || (defined(__ARM_FP) && (__ARM_FP & 4)) || defined(__riscv_flen)
#define HARD_FLOAT 1
#else
#define HARD_FLOAT 0
#endif

enum { HEADER_LINK, HEADER_ZERO, HEADER_FRAME, HEADER_HALVES };

/* Cells of a return address. */
#define LINK_CELLS ((uint32_t)(sizeof(void *) / 4))

/* The names of all operations, in the order of their definition. */
enum code {
#define MAP(name, family)
#define MAP_AS(name, as, family)
#define COLD(name, ...)
#define HANDLER(name, ...) CODE_##name,
#include "interp/ops.def"
#undef HANDLER
#undef COLD
    CODE_COUNT
};

/* The names of all functions behind the handler COLD. */
enum cold {
#define COLD(name, ...) COLD_##name,
#define HANDLER(name, ...)
#include "interp/ops.def"
#undef HANDLER
#undef COLD
#undef MAP
#undef MAP_AS
    COLD_COUNT
};

/* How the variants of an operation follow each other; the translator's choice (translate_rows.c) and the definitions
   (op_*.def) agree on this. */
enum family {
    FAMILY_NONE,
    FAMILY_COMMUTATIVE, /* SS SK AS AK, operands may change places */
    FAMILY_SHIFT,       /* SS SK AS AK */
    FAMILY_COMPARE,     /* SS SK AS AK, no _A forms */
    FAMILY_ORDERED,     /* SS AS SA */
    FAMILY_SLOTS,       /* SS */
    FAMILY_UNARY,       /* S A */
    FAMILY_UNARY_SLOT,  /* S */
    FAMILY_WIDE,        /* SS SK, no _A forms */
    FAMILY_WIDE_SLOTS,  /* SS, no _A forms */
    FAMILY_WIDE_UNARY,  /* S, no _A forms */
    FAMILY_LOAD,        /* S A K */
    FAMILY_WIDE_LOAD,   /* S A, no _A forms */
    FAMILY_STORE,       /* SS SK AS AK SA KS KA */
    FAMILY_WIDE_STORE,  /* SS AS */
    FAMILY_COLD,        /* a function */
};

/* A cell and a constant at any half-word of the code. */
typedef uint32_t __attribute__((aligned(2), may_alias)) code_u32;
typedef uint64_t __attribute__((aligned(2), may_alias)) code_u64;

static inline uint32_t code_get_u32(const uint16_t *at)
{
    return *(const code_u32 *)(const void *)at;
}

/* What stands for a handler in the code; see dispatch_*.c. */
uint32_t mote_interp_handler(enum code code);

static inline void code_put_handler(uint16_t *at, enum code code)
{
    uint32_t handler = mote_interp_handler(code);
    for (unsigned i = 0; i < HANDLER_HALVES; i++) {
        at[i] = (uint16_t)(handler >> 16 * i);
    }
}

static inline bool code_is(const uint16_t *at, enum code code)
{
    return (HANDLER_HALVES == 2 ? code_get_u32(at) : at[0]) == mote_interp_handler(code);
}

#endif
