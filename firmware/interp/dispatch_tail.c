/* Dispatch by tail calls: each handler is a function, the state travels in argument registers and no stack is used (musttail). */
#include "interp/dispatch.h"

#if !defined(__clang__)
#error "tail calls need clang; choose INTERP_DISPATCH_GOTO"
#endif

/* Where clang has a calling convention without callee-saved registers, more of them carry arguments and none is saved. */
#if defined(__x86_64__) || defined(__aarch64__)
#define HANDLER_CALL __attribute__((preserve_none))
#else
#define HANDLER_CALL
#endif

#define STATE                                                                                                \
    const uint16_t *pc, uint8_t *fp, uint8_t *mem, struct mote_agent *ctx, uintptr_t base, mote_acc acc, size_t size
typedef HANDLER_CALL int (*handler)(STATE);

/* Handler codes are distances where all handlers lie within 64 KiB of the section's beginning; instrumented ones do not, and are
   found through a table. */
#if ENABLED(CONFIG_INTERP_HANDLER_TABLE)
#define HANDLER_PLACE
#define FIND(code) (((const handler *)base)[code])
#else
#define HANDLER_PLACE __attribute__((section("mote_handlers")))
#define FIND(code) ((handler)(base + (code)))
extern const char __start_mote_handlers[]; /* by the linker: where the section begins */
#endif

#define NEXT(n)                                                                              \
    do {                                                                                     \
        pc += (n);                                                                           \
        __attribute__((musttail)) return FIND(*pc)(pc, fp, mem, ctx, base, acc, size);       \
    } while (0)

#define HANDLER(name, ...)                                        \
    static HANDLER_CALL HANDLER_PLACE int run_##name(STATE)       \
    {                                                             \
        (void)pc, (void)fp, (void)mem, (void)ctx, (void)base, (void)acc, (void)size; \
        __VA_ARGS__                                               \
    }
#include "interp/ops.def"
#undef HANDLER

static const handler handlers[CODE_COUNT] = {
#define HANDLER(name, ...) [CODE_##name] = run_##name,
#include "interp/ops.def"
#undef HANDLER
};

#if ENABLED(CONFIG_INTERP_HANDLER_TABLE)
#define BASE ((uintptr_t)handlers)
uint16_t mote_interp_handler(enum code code)
{
    return (uint16_t)code;
}
#else
#define BASE ((uintptr_t)__start_mote_handlers)
uint16_t mote_interp_handler(enum code code)
{
    uintptr_t distance = (uintptr_t)handlers[code] - BASE;
    MOTE_ASSERT(distance <= UINT16_MAX);
    return (uint16_t)distance;
}
#endif

int mote_interp_dispatch(struct mote_agent *agent, const uint16_t *pc, uint8_t *fp)
{
    return ((handler)handlers[CODE_START])(pc, fp, agent->memory->data, agent, BASE, 0, agent->memory->size);
}
