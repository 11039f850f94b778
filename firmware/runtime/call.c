/* Calls from the host: arguments into cells, the boundary to which traps unwind, results out of cells (specification, 4.5.5). */
#include "base/bits.h"
#include "hal/system.h"
#include "runtime/agent.h"
#include "runtime/engine.h"
#include "runtime/runtime.h"

/* Host functions may call back in, and engines call each other; each such call uses the machine's own stack, so their number has a bound. */
#define DEPTH_MAX 100

struct run {
    const struct mote_engine *engine;
    struct mote_agent *agent;
    const struct mote_func *func;
    uint8_t *fp;
    enum mote_trap trap;
};

/* Cells that a call uses where its arguments are: its results come there too. */
static size_t cells_of(const struct mote_func *func)
{
    return func->type->param_cells > func->type->result_cells ? func->type->param_cells : func->type->result_cells;
}

static void run_engine(void *argument)
{
    struct run *run = argument;
    run->trap = run->engine->run(run->agent, run->func, run->fp);
}

static void refuse_access(void *argument, const struct hal_fault *fault)
{
    struct run *run = argument;
    if (run->engine->abandoned) {
        run->engine->abandoned(run->agent, fault);
    }
}

void mote_agent_record_frames(struct mote_agent *agent)
{
    if (!ENABLED(CONFIG_TRAP_CALL_STACK)) {
        return;
    }
    /* No instance: it was done already, by the engine itself, and there was no frame. */
    for (const struct mote_entry *entry = agent->entry; entry && agent->context.instance; entry = entry->outer) {
        entry->engine->record_frames(agent, entry->fp);
        agent->trap_pc = entry->outer_pc;
        agent->fp = entry->outer_fp;
        agent->context.instance = entry->outer_instance; /* call_wasm enters the right one again when it ends */
    }
}

/* Native code keeps its frames on the machine's stack: before an outermost call, how far it may go there. That is as much as the agent's
   own stack has, if there is as much. The word is left alone while it stays the same, and an interrupt that arrives right now is kept. */
static void note_machine_limit(struct mote_agent *agent)
{
    uintptr_t limit = hal_stack_limit(), here = (uintptr_t)&limit;
    size_t left = here > limit ? here - limit : 0, frame = agent->runtime->native_frame_bytes;
    left -= frame < left ? frame : left;
    limit = here - (left < agent->stack_size ? left : agent->stack_size);
    if (limit != agent->machine_limit) {
        agent->machine_limit = limit;
        MOTE_STORE_SHARED(agent->context.stack_limit, limit);
        MOTE_FENCE();
        if (mote_agent_poll(agent)) {
            MOTE_STORE_SHARED(agent->context.stack_limit, UINTPTR_MAX);
        }
    }
}

static enum mote_trap call_wasm(struct mote_agent *agent, struct mote_func *func, uint8_t *fp)
{
    const struct mote_engine *engine = func->instance->module->engine;
    struct mote_entry entry = {agent->entry, engine, fp, agent->trap_pc, agent->fp, agent->context.instance, 0};
    uint8_t *outer_top = agent->top;
    if (ENABLED(CONFIG_ENGINE_NATIVE) && !agent->entry) {
        note_machine_limit(agent);
    }
    agent->entry = &entry;
    agent->top = (uint8_t *)mote_align_up((uintptr_t)(fp + 4 * cells_of(func)), 8);
    mote_agent_enter_instance(agent, func->instance);
    struct run run = {engine, agent, func, fp, MOTE_TRAP_MEMORY_OUT_OF_BOUNDS};
    mote_memory_guarded(agent->runtime, run_engine, refuse_access, &run);
    /* When a call between engines passes a trap on, the frames of all runs are on record already. */
    if (run.trap && agent->trap_depth == 0) {
        mote_agent_record_frames(agent);
    }
    agent->entry = entry.outer;
    agent->top = outer_top;
    agent->trap_pc = entry.outer_pc;
    agent->fp = entry.outer_fp;
    mote_agent_enter_instance(agent, entry.outer_instance);
    return run.trap;
}

static enum mote_trap call(struct mote_agent *agent, struct mote_func *func, uint8_t *fp, struct mote_instance *caller)
{
    if (agent->depth >= DEPTH_MAX || fp > agent->stack_end || 4 * cells_of(func) > (size_t)(agent->stack_end - fp)) {
        return MOTE_TRAP_CALL_STACK_EXHAUSTED;
    }
    agent->depth++;
    enum mote_trap trap = func->host ? mote_call_host(agent, func, fp, caller) : call_wasm(agent, func, fp);
    agent->depth--;
    uint32_t reason = mote_agent_poll(agent);
    return trap == MOTE_TRAP_INTERRUPTED && reason ? (enum mote_trap)reason : trap;
}

enum mote_trap mote_agent_call(struct mote_agent *agent, struct mote_func *func, uint8_t *fp)
{
    return call(agent, func, fp, agent->context.instance);
}

struct mote_func *mote_agent_resolve(struct mote_agent *agent, uint32_t index, uint32_t tableidx, uint32_t typeidx)
{
    const struct mote_instance *instance = agent->context.instance;
    const struct mote_table *table = instance->tables[tableidx];
    struct mote_func *func = index < table->size ? table->elements[index] : NULL;
    if (!func) {
        agent->trap = index < table->size ? MOTE_TRAP_UNINITIALIZED_ELEMENT : MOTE_TRAP_UNDEFINED_ELEMENT;
        return NULL;
    }
    const struct mote_module *module = instance->module;
    if (!mote_functype_equal(func->instance->module, func->type, module, &module->types[typeidx])) {
        agent->trap = MOTE_TRAP_INDIRECT_CALL_MISMATCH;
        return NULL;
    }
    return func;
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
    uint8_t *fp = agent->top;
    bool has_room = 4u * func->type->param_cells <= (size_t)(agent->stack_end - fp);
    if (has_room) {
        store_params(fp, params, param_count);
    }
    agent->trap = has_room ? call(agent, func, fp, NULL) : MOTE_TRAP_CALL_STACK_EXHAUSTED;
    if (agent->trap) {
        return MOTE_ERROR_TRAPPED;
    }
    load_results(fp, func, results);
    return MOTE_ERROR_NONE;
}
