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

/* Where a handler is, in the list of all: gcc can count distances, which take half a word each; clang cannot. */
#if ENABLED(CONFIG_INTERP_HANDLER_DISTANCE) && !ENABLED(CONFIG_COMPILER_CLANG)
typedef int16_t place;
#define PLACE(label) (int16_t)((const char *)&&label - (const char *)&&run_START)
#else
typedef const void *place;
#define PLACE(label) (&&label)
#endif

#define RUN() goto *FIND()

/* The ends of all taken branches are one: a jump more for each, and 16 bytes less. */
#define BRANCH(distance)     \
    do {                     \
        pc += (distance);    \
        goto taken;          \
    } while (0)

/* Runs; with `agent` NULL it only gives away where its handlers are: *codes, CODE_COUNT of them. */
static int dispatch(struct mote_agent *ctx, const uint16_t *pc, uint8_t *fp, const place **places)
{
    static const place labels[CODE_COUNT] = {
#define HANDLER(name, ...) [CODE_##name] = PLACE(run_##name),
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
    if (ENABLED(CONFIG_INTERP_HANDLER_TABLE)) {
        return (uint32_t)code;
    }
    const place *places;
    dispatch(NULL, NULL, NULL, &places);
    if (ENABLED(CONFIG_INTERP_HANDLER_ADDRESS)) {
        MOTE_ASSERT((uintptr_t)places[code] <= UINT32_MAX);
        return (uint32_t)(uintptr_t)places[code];
    }
    intptr_t distance = (intptr_t)places[code] - (intptr_t)places[CODE_START];
    MOTE_ASSERT(distance == (int16_t)distance);
    return (uint16_t)distance;
}

int mote_interp_dispatch(struct mote_agent *agent, const uint16_t *pc, uint8_t *fp)
{
    return dispatch(agent, pc, fp, NULL);
}
