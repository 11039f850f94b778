/* Dispatch by computed goto: all handlers in one function, for compilers that cannot promise tail calls and CPUs with few argument
   registers. */
#include "interp/dispatch.h"

/* How the handler at pc is found; distances are signed, from the first handler. */
#if ENABLED(CONFIG_INTERP_HANDLER_ADDRESS)
#define FIND() ((const void *)(uintptr_t)code_get_u32(pc))
#elif ENABLED(CONFIG_INTERP_HANDLER_TABLE)
#define FIND() (labels[*pc])
#else
#define FIND() ((const void *)((uintptr_t)&&run_START + (uintptr_t)(intptr_t)(int16_t)*pc))
#endif

#define RUN() goto *FIND()

/* The ends of all taken branches are one: a jump more for each, and 16 bytes less. */
#define BRANCH(distance)     \
    do {                     \
        pc += (distance);    \
        goto taken;          \
    } while (0)

/* Runs; with `agent` NULL it only gives away where its handlers are: *codes, CODE_COUNT of them. */
static int dispatch(struct mote_agent *ctx, const uint16_t *pc, uint8_t *fp, const void *const **places)
{
    static const void *const labels[CODE_COUNT] = {
#define HANDLER(name, ...) [CODE_##name] = &&run_##name,
#include "interp/ops.def"
#undef HANDLER
    };
    if (!ctx) {
        *places = labels;
        return 0;
    }
    uint8_t *mem = ctx->context.memory_base;
    size_t size = ctx->context.memory_size;
    mote_acc acc = 0;
    (void)size;
    RUN();
taken:
    POLL_AND_RUN();

#define HANDLER(name, ...) run_##name: __VA_ARGS__
#include "interp/ops.def"
#undef HANDLER
}

uint32_t mote_interp_handler(enum code code)
{
#if ENABLED(CONFIG_INTERP_HANDLER_TABLE)
    return (uint32_t)code;
#else
    const void *const *places;
    dispatch(NULL, NULL, NULL, &places);
    intptr_t place = (intptr_t)(uintptr_t)places[code];
    if (ENABLED(CONFIG_INTERP_HANDLER_ADDRESS)) {
        MOTE_ASSERT(place == (intptr_t)(uint32_t)place);
        return (uint32_t)place;
    }
    intptr_t distance = place - (intptr_t)(uintptr_t)places[CODE_START];
    MOTE_ASSERT(distance == (int16_t)distance);
    return (uint16_t)distance;
#endif
}

int mote_interp_dispatch(struct mote_agent *agent, const uint16_t *pc, uint8_t *fp)
{
    return dispatch(agent, pc, fp, NULL);
}
