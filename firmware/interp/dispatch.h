/* The words in which the bodies of handlers (op_*.def) are written, whatever the style of dispatch. A handler sees
 *
 *     pc    its operation; F(1) is its first field         fp    the frame of the function that runs
 *     acc   the accumulator                               ctx   the agent
 *     mem   memory 0                                      size  of memory 0 in bytes, where accesses are checked
 *     base  what handler codes are relative to
 *
 * and ends in NEXT, BRANCH, TRAP or a call. A style of dispatch defines RUN(): run the operation at pc,
 * and BRANCH(distance): a taken branch.
 */
#ifndef INTERP_DISPATCH_H
#define INTERP_DISPATCH_H

#include "base/assert.h"
#include "base/float.h"
#include "interp/interp.h"

#if ACC64
typedef uint64_t mote_acc;
#else
typedef uint32_t mote_acc;
#endif

#define LIKELY(x) __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)

/* Fields: K a signed constant, U32 and U64 two and four half-words, R and W the slot that field n names. */
#define F(n) pc[(n) + HANDLER_HALVES - 1]
#define K(n) ((int16_t)F(n))
#define U32(n) (*(const code_u32 *)(const void *)&F(n))
#define U64(n) (*(const code_u64 *)(const void *)&F(n))
#define R32_AT(offset) (*(const mote_u32_cell *)(const void *)(fp + (offset)))
#define R64_AT(offset) (*(const mote_u64_cell *)(const void *)(fp + (offset)))
#define W32_AT(offset, value) (*(mote_u32_cell *)(void *)(fp + (offset)) = (value))
#define W64_AT(offset, value) (*(mote_u64_cell *)(void *)(fp + (offset)) = (value))
#define R32(n) R32_AT(F(n))
#define R64(n) R64_AT(F(n))
#define W32(n, value) W32_AT(F(n), value)
#define W64(n, value) W64_AT(F(n), value)
#define GLOBAL32(n) ((mote_u32_cell *)(void *)((uint8_t *)ctx->context.globals + F(n)))
#define GLOBAL64(n) ((mote_u64_cell *)(void *)((uint8_t *)ctx->context.globals + F(n)))


#define TRAP(name)                   \
    do {                             \
        ctx->trap_pc = pc;           \
        return MOTE_TRAP_##name;     \
    } while (0)

/* Goes on behind `n` - 1 fields. */
#define NEXT(n)                         \
    do {                                \
        pc += (n) + HANDLER_HALVES - 1; \
        RUN();                          \
    } while (0)

/* Whether to stop: a plain read of a word that others may write at any time, which the compiler must not keep in a register. */
#if defined(__SANITIZE_THREAD__)
#define POLL() (mote_agent_poll(ctx) != 0)
#else
#define POLL() __extension__({ __asm__ volatile("" : "+m"(ctx->context.poll)); ctx->context.poll != 0; })
#endif

/* Behind a taken branch. */
#define POLL_AND_RUN()               \
    do {                             \
        if (UNLIKELY(POLL())) {      \
            TRAP(INTERRUPTED);       \
        }                            \
        RUN();                       \
    } while (0)

/* A pointer to `bytes` bytes of memory 0. */
#if ENABLED(CONFIG_MEMORY_GUARD_PAGES)
#define AT(address, offset, bytes) (ctx->trap_pc = pc, mem + ((uint64_t)(address) + (offset)))
#define RELOAD_MEMORY() (mem = ctx->context.memory_base)
#else
#define AT(address, offset, bytes)                                                                   \
    __extension__({                                                                                  \
        const uint32_t address_ = (address);                                                         \
        if (UNLIKELY(address_ > size - ((offset) + (size_t)(bytes)))) {                              \
            TRAP(MEMORY_OUT_OF_BOUNDS);                                                              \
        }                                                                                            \
        mem + address_ + (offset);                                                                   \
    })
#define RELOAD_MEMORY() (mem = ctx->context.memory_base, size = ctx->context.memory_size)
#endif
#define AT_CONSTANT(address) (mem + (address))

/* A call within the instance: frame set up, return address stored, locals cleared; see register_code.h. Cleared eight bytes at
   a time, so that up to four bytes of the return address are cleared before it is stored. */
#define CALL_CODE(func, distance, n)                                                                  \
    do {                                                                                              \
        const uint16_t *code_ = (func)->of.code;                                                      \
        uint8_t *callee_ = fp + (distance);                                                           \
        uint8_t *limit_ = MOTE_LOAD_SHARED(ctx->cell_limit);                       \
        if (UNLIKELY((uintptr_t)callee_ + code_[HEADER_FRAME] > (uintptr_t)limit_)) {                 \
            ctx->trap_pc = pc;                                                                        \
            return mote_interp_no_room(ctx);                                                          \
        }                                                                                             \
        uint8_t *link_ = callee_ + code_[HEADER_LINK];                                                \
        for (uint8_t *at_ = callee_ + code_[HEADER_ZERO]; at_ < link_; at_ += 8) {                    \
            *(mote_u64_cell *)(void *)at_ = 0;                                                        \
        }                                                                                             \
        *(mote_link *)(void *)link_ = pc + (n) + HANDLER_HALVES - 1;                                                       \
        ctx->fp = fp = callee_;                                                                       \
        pc = code_ + HEADER_HALVES;                                                                   \
        RUN();                                                                                      \
    } while (0)

/* A call of any function: a host's, another instance's, our own. */
#define CALL_ANY(func, distance, n)                                                                   \
    do {                                                                                              \
        ctx->trap_pc = pc;                                                                            \
        const uint16_t *next_ = mote_interp_call_any(ctx, (func), fp + (distance), pc + (n) + HANDLER_HALVES - 1); \
        if (UNLIKELY(!next_)) {                                                                       \
            return (int)ctx->trap;                                                                    \
        }                                                                                             \
        pc = next_;                                                                                   \
        fp = ctx->fp;                                                                                 \
        RELOAD_MEMORY();                                                                              \
        RUN();                                                                                      \
    } while (0)

/* The same when looking the function up may have trapped (NULL). */
#define CALL_RESOLVED(resolved, distance, n)                                                          \
    do {                                                                                              \
        struct mote_func *func_ = (resolved);                                                         \
        if (UNLIKELY(!func_)) {                                                                       \
            return (int)ctx->trap;                                                                    \
        }                                                                                             \
        CALL_ANY(func_, distance, n);                                                                 \
    } while (0)

/* What a function's index is scaled by in CALL: the alignment of struct mote_func. */
#define FUNC_UNIT sizeof(void *)

#define RETURN_TO(n)                                                                                  \
    do {                                                                                              \
        const uint16_t *back_ = *(const mote_link *)(const void *)(fp + F(n));                       \
        fp -= back_[-1];                                                                              \
        ctx->fp = fp;                                                                                 \
        pc = back_;                                                                                   \
        RUN();                                                                                      \
    } while (0)
#define RETURN_VALUE32(value)                                                                         \
    do {                                                                                              \
        const uint16_t *back_ = *(const mote_link *)(const void *)(fp + F(1));                       \
        W32_AT(0, value);                                                                             \
        fp -= back_[-1];                                                                              \
        ctx->fp = fp;                                                                                 \
        pc = back_;                                                                                   \
        RUN();                                                                                      \
    } while (0)
#define RETURN_VALUE64(value)                                                                         \
    do {                                                                                              \
        const uint16_t *back_ = *(const mote_link *)(const void *)(fp + F(1));                       \
        W64_AT(0, value);                                                                             \
        fp -= back_[-1];                                                                              \
        ctx->fp = fp;                                                                                 \
        pc = back_;                                                                                   \
        RUN();                                                                                      \
    } while (0)

#define MAP(name, family)
#define MAP_AS(name, as, family)
#define COLD(name, ...)

#endif
