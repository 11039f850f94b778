/* Into native code and out of it: runs, traps, calls of everything that is not code of the same image. The machine's side of it is in
   enter_<architecture>.c. */
#include "aot/native_call.h"
#include "aot/native_frames.h"
#include "aot/native_helpers.h"
#include "base/bits.h"
#include "runtime/engine.h"

/* Native functions that need no room of their own may use this much stack below the limit without asking. */
#define LEAF_BYTES 256u

enum mote_trap mote_native_run(struct mote_agent *agent, const struct mote_func *func, uint8_t *fp)
{
    const struct mote_native_code *native = func->instance->module->native;
    const mote_u32_cell *entries = mote_native_part(native->header, native->header->entries_at);
    uint32_t entry = entries[func->type->canonical];
    uintptr_t limit = agent->machine_limit + LEAF_BYTES;
    agent->trap_pc = NULL;
    if (entry == NATIVE_NONE) {
        return MOTE_TRAP_HOST; /* mote aot saw no way to call it from outside */
    }
    if (mote_agent_poll(agent)) {
        return MOTE_TRAP_INTERRUPTED;
    }
    if ((uintptr_t)&limit < limit) {
        return MOTE_TRAP_CALL_STACK_EXHAUSTED;
    }
    return (enum mote_trap)mote_native_enter(&agent->context, func->of.code, fp, native->image + entry + CPU_THUMB,
                                             &agent->entry->machine_sp);
}

/* Records the frames of this run, while they are still there, and of the runs around it. */
static void record(struct mote_agent *agent)
{
    agent->trap_depth = 0;
    mote_agent_record_frames(agent);
}

static _Noreturn void leave(struct mote_agent *agent, enum mote_trap trap)
{
    bool is_interrupt = trap == MOTE_TRAP_CALL_STACK_EXHAUSTED && mote_agent_poll(agent);
    mote_native_leave(agent->entry->machine_sp, is_interrupt ? MOTE_TRAP_INTERRUPTED : trap);
}

void mote_native_check_trap(struct mote_context *context, enum mote_trap trap)
{
    if (trap) {
        record(mote_native_agent(context));
        leave(mote_native_agent(context), trap);
    }
}

_Noreturn void mote_native_TRAP(struct mote_context *context, uint32_t trap, uint32_t offset)
{
    struct mote_agent *agent = mote_native_agent(context);
    const struct mote_native_code *native = context->instance->module->native;
    record(agent);
    if (offset != NATIVE_NONE && agent->trap_depth > 0) {
        agent->frames[0].pc = native->image + native->header->image_size + 1 + offset; /* for mote_native_locate */
    }
    leave(agent, (enum mote_trap)trap);
}

void mote_native_abandoned(struct mote_agent *agent, const struct hal_fault *fault)
{
    agent->trap_depth = 0;
    mote_native_begin_at(agent, fault);
    mote_agent_record_frames(agent);
}

/* The arguments go from the machine's stack to the agent's, where all engines and host functions expect them. */
void mote_native_CALL(struct mote_context *context, struct mote_func *func, uint32_t *cells)
{
    struct mote_agent *agent = mote_native_agent(context);
    uint8_t *fp = agent->top;
    size_t params = 4u * func->type->param_cells;
    enum mote_trap trap = MOTE_TRAP_CALL_STACK_EXHAUSTED;
    if (params <= (size_t)(agent->stack_end - fp)) {
        memcpy(fp, cells, params);
        trap = mote_agent_call(agent, func, fp);
    }
    if (trap && agent->trap_depth > 0) {
        leave(agent, trap); /* it has been recorded with us in it */
    }
    mote_native_check_trap(context, trap);
    memcpy(cells, fp, 4u * func->type->result_cells);
}

void mote_native_CALL_INDIRECT(struct mote_context *context, uint32_t tableidx, uint32_t index, uint32_t typeidx, uint32_t *cells)
{
    struct mote_agent *agent = mote_native_agent(context);
    struct mote_func *func = mote_agent_resolve(agent, index, tableidx, typeidx);
    mote_native_check_trap(context, func ? MOTE_TRAP_NONE : agent->trap);
    mote_native_CALL(context, func, cells);
}
