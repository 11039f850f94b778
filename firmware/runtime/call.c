/* Calls from the host: arguments into cells, the boundary to which traps unwind, results out of cells (specification, 4.5.5). */
#include "base/bits.h"
#include "runtime/agent.h"
#include "runtime/engine.h"
#include "runtime/runtime.h"

/* Host functions may call back in; each such call uses the machine's own stack, so their number has a bound. */
#define DEPTH_MAX 100

struct run {
    struct mote_agent *agent;
    const struct mote_func *func;
    uint8_t *fp;
    enum mote_trap trap;
};

static void run_engine(void *argument)
{
    struct run *run = argument;
    run->trap = mote_engine_run(run->agent, run->func, run->fp);
}

/* The frames of this run and of the runs around it. */
static void record_frames(struct mote_agent *agent)
{
    agent->trap_depth = 0;
    if (!ENABLED(CONFIG_TRAP_CALL_STACK)) {
        return;
    }
    const uint16_t *pc = agent->trap_pc;
    uint8_t *fp = agent->fp;
    for (const struct mote_entry *entry = agent->entry; entry; entry = entry->outer) {
        mote_engine_record_frames(agent, entry->fp);
        agent->trap_pc = entry->outer_pc;
        agent->fp = entry->outer_fp;
        agent->instance = entry->outer_instance; /* call_wasm enters the right one again when it ends */
    }
    agent->trap_pc = pc;
    agent->fp = fp;
}

static enum mote_trap call_wasm(struct mote_agent *agent, struct mote_func *func, uint8_t *fp)
{
    struct mote_entry entry = {agent->entry, fp, agent->trap_pc, agent->fp, agent->instance};
    uint8_t *outer_top = agent->top;
    agent->entry = &entry;
    mote_agent_enter_instance(agent, func->instance);
    struct run run = {agent, func, fp, MOTE_TRAP_MEMORY_OUT_OF_BOUNDS};
    mote_memory_guarded(agent->runtime, run_engine, &run);
    if (run.trap) {
        record_frames(agent);
    }
    agent->entry = entry.outer;
    agent->top = outer_top;
    agent->trap_pc = entry.outer_pc;
    agent->fp = entry.outer_fp;
    mote_agent_enter_instance(agent, entry.outer_instance);
    return run.trap;
}

enum mote_trap mote_agent_call(struct mote_agent *agent, struct mote_func *func, uint8_t *fp)
{
    uint8_t *aligned = (uint8_t *)mote_align_up((uintptr_t)fp, 8);
    uint32_t cells = func->type->param_cells > func->type->result_cells ? func->type->param_cells : func->type->result_cells;
    if (agent->depth >= DEPTH_MAX || aligned > agent->stack_end ||
        4 * (size_t)cells > (size_t)(agent->stack_end - aligned)) {
        return MOTE_TRAP_CALL_STACK_EXHAUSTED;
    }
    agent->depth++;
    enum mote_trap trap = func->host ? mote_call_host(agent, func, aligned, NULL) : call_wasm(agent, func, aligned);
    agent->depth--;
    uint32_t reason = mote_agent_poll(agent);
    return trap == MOTE_TRAP_INTERRUPTED && reason ? (enum mote_trap)reason : trap;
}

static bool arguments_fit(const struct mote_func *func, const struct mote_value *params, uint32_t param_count,
                          uint32_t result_count)
{
    if (param_count != func->type->param_count || result_count != func->type->result_count) {
        return false;
    }
    for (uint32_t i = 0; i < param_count; i++) {
        if (params[i].type != mote_func_param_type(func, i)) {
            return false;
        }
    }
    return true;
}

static void store_params(uint8_t *cells, const struct mote_value *params, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (mote_valtype_cells((uint8_t)params[i].type) == 2) {
            *(mote_u64_cell *)cells = params[i].of.bits;
            cells += 8;
        } else {
            *(mote_u32_cell *)cells = params[i].of.i32;
            cells += 4;
        }
    }
}

static void load_results(const uint8_t *cells, const struct mote_func *func, struct mote_value *results)
{
    for (uint32_t i = 0; i < func->type->result_count; i++) {
        results[i].type = mote_func_result_type(func, i);
        bool is_wide = mote_valtype_cells((uint8_t)results[i].type) == 2;
        results[i].of.bits = is_wide ? *(const mote_u64_cell *)cells : *(const mote_u32_cell *)cells;
        cells += is_wide ? 8 : 4;
    }
}

enum mote_error mote_call(struct mote_agent *agent, struct mote_func *func, const struct mote_value *params,
                          uint32_t param_count, struct mote_value *results, uint32_t result_count)
{
    if (!agent || !func || (param_count && !params) || (result_count && !results) ||
        func->instance->runtime != agent->runtime) {
        return MOTE_ERROR_INVALID_ARGUMENT;
    }
    agent->trap = MOTE_TRAP_NONE;
    agent->trap_depth = 0;
    if (!arguments_fit(func, params, param_count, result_count)) {
        return MOTE_ERROR_SIGNATURE_MISMATCH;
    }
    uint8_t *fp = (uint8_t *)mote_align_up((uintptr_t)agent->top, 8);
    bool has_room = fp <= agent->stack_end && 4u * func->type->param_cells <= (size_t)(agent->stack_end - fp);
    if (has_room) {
        store_params(fp, params, param_count);
    }
    agent->trap = has_room ? mote_agent_call(agent, func, fp) : MOTE_TRAP_CALL_STACK_EXHAUSTED;
    if (agent->trap) {
        return MOTE_ERROR_TRAPPED;
    }
    load_results(fp, func, results);
    return MOTE_ERROR_NONE;
}
