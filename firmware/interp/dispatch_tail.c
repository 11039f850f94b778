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

/* How the handler at pc is found. Distances need all handlers within 64 KiB of their section's beginning, which instrumented ones do not
   fit into. */
#if ENABLED(CONFIG_INTERP_HANDLER_ADDRESS)
#define HANDLER_PLACE
#define FIND() ((handler)(uintptr_t)code_get_u32(pc))
#elif ENABLED(CONFIG_INTERP_HANDLER_TABLE)
#define HANDLER_PLACE
#define FIND() (((const handler *)base)[*pc])
#else
#define HANDLER_PLACE __attribute__((section("mote_handlers")))
#define FIND() ((handler)(base + *pc))
extern const char __start_mote_handlers[]; /* by the linker: where the section begins */
#endif

#define RUN() __attribute__((musttail)) return FIND()(pc, fp, mem, ctx, base, acc, size)

#define BRANCH(distance)     \
    do {                     \
        pc += (distance);    \
        POLL_AND_RUN();      \
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

#if ENABLED(CONFIG_INTERP_HANDLER_ADDRESS)
#define BASE 0
uint32_t mote_interp_handler(enum code code)
{
    MOTE_ASSERT((uintptr_t)handlers[code] <= UINT32_MAX);
    return (uint32_t)(uintptr_t)handlers[code];
}
#elif ENABLED(CONFIG_INTERP_HANDLER_TABLE)
#define BASE ((uintptr_t)handlers)
uint32_t mote_interp_handler(enum code code)
{
    return (uint32_t)code;
}
#else
#define BASE ((uintptr_t)__start_mote_handlers)
uint32_t mote_interp_handler(enum code code)
{
    uintptr_t distance = (uintptr_t)handlers[code] - BASE;
    MOTE_ASSERT(distance <= UINT16_MAX);
    return (uint32_t)distance;
}
#endif

int mote_interp_dispatch(struct mote_agent *agent, const uint16_t *pc, uint8_t *fp)
{
    return ((handler)handlers[CODE_START])(pc, fp, agent->context.memory_base, agent, BASE, 0, agent->context.memory_size);
}
