/* Agents: made, freed, interrupted, asked about their last trap; see agent.h. */
#include "runtime/agent.h"
#include "base/bits.h"
#include "base/text.h"
#include "runtime/engine.h"
#include "runtime/runtime.h"
#include "wasm/names.h"

static const char trap_texts[] = {
#define TRAP(name, text) text "\0"
#include "tables/traps.def"
#undef TRAP
    "unknown trap"};

enum {
    TRAP_COUNT = 0
#define TRAP(name, text) +1
#include "tables/traps.def"
#undef TRAP
};

const char *mote_trap_text(enum mote_trap trap)
{
    return mote_text_at(trap_texts, (uint32_t)trap < TRAP_COUNT ? (uint32_t)trap : TRAP_COUNT);
}

enum mote_error mote_agent_new(struct mote_runtime *runtime, size_t stack_bytes, struct mote_agent **out)
{
    if (!out) {
        return MOTE_ERROR_INVALID_ARGUMENT;
    }
    *out = NULL;
    if (!runtime || stack_bytes < 64) {
        return MOTE_ERROR_INVALID_ARGUMENT;
    }
    struct mote_agent *agent = mote_heap_new(&runtime->heap, MOTE_HEAP_OTHER, sizeof *agent);
    uint8_t *stack = agent ? mote_heap_resize(&runtime->heap, MOTE_HEAP_STACK, NULL, 0, stack_bytes) : NULL;
    if (!stack) {
        mote_heap_free(&runtime->heap, MOTE_HEAP_OTHER, agent, sizeof *agent);
        return MOTE_ERROR_NO_MEMORY;
    }
    agent->runtime = runtime;
    agent->stack = stack;
    agent->stack_size = stack_bytes;
    agent->stack_end = agent->cell_limit = stack + stack_bytes;
    agent->top = stack;
#define ENGINE(name) mote_engine_##name.agent_init(agent);
#include "engines.inc"
#undef ENGINE
    agent->next = runtime->agents;
    runtime->agents = agent;
    *out = agent;
    return MOTE_ERROR_NONE;
}

void mote_agent_free(struct mote_agent *agent)
{
    if (!agent) {
        return;
    }
    struct mote_runtime *runtime = agent->runtime;
    for (struct mote_agent **link = &runtime->agents; *link; link = &(*link)->next) {
        if (*link == agent) {
            *link = agent->next;
            break;
        }
    }
    mote_heap_free(&runtime->heap, MOTE_HEAP_STACK, agent->stack, agent->stack_size);
    mote_heap_free(&runtime->heap, MOTE_HEAP_OTHER, agent, sizeof *agent);
}

static void follow_memory(struct mote_agent *agent)
{
    const struct mote_instance *instance = agent->context.instance;
    if (instance->module->memory_count > 0) {
        agent->context.memory_base = instance->memories[0]->data;
        agent->context.memory_size = instance->memories[0]->size;
    }
}

void mote_agent_enter_instance(struct mote_agent *agent, struct mote_instance *instance)
{
    struct mote_context *context = &agent->context;
    context->instance = instance;
    context->memory_base = NULL;
    context->memory_size = 0;
    if (!instance) {
        return;
    }
    context->globals = instance->globals;
    context->imports = instance->imports;
    context->imported_globals = instance->imported_globals;
    context->tables = instance->tables;
    context->types = instance->module->types;
    agent->funcs = instance->funcs;
    follow_memory(agent);
}

void mote_agents_follow_memory(const struct mote_memory *memory)
{
    for (struct mote_agent *agent = memory->runtime->agents; agent; agent = agent->next) {
        if (agent->context.instance) {
            follow_memory(agent);
        }
    }
}

void mote_agent_interrupt(struct mote_agent *agent, enum mote_trap reason)
{
    if (agent && reason != MOTE_TRAP_NONE) {
        MOTE_STORE_SHARED(agent->context.poll, (uint32_t)reason);
        MOTE_STORE_SHARED(agent->cell_limit, NULL);
        MOTE_STORE_SHARED(agent->context.stack_limit, UINTPTR_MAX);
    }
}

void mote_agent_resume(struct mote_agent *agent)
{
    if (agent) {
        MOTE_STORE_SHARED(agent->context.poll, 0);
        MOTE_STORE_SHARED(agent->cell_limit, agent->stack_end);
        MOTE_STORE_SHARED(agent->context.stack_limit, agent->machine_limit);
        MOTE_FENCE();
        if (mote_agent_poll(agent)) { /* another interrupt, meanwhile */
            MOTE_STORE_SHARED(agent->cell_limit, NULL);
            MOTE_STORE_SHARED(agent->context.stack_limit, UINTPTR_MAX);
        }
    }
}

bool mote_agent_interrupted(const struct mote_agent *agent)
{
    return agent && mote_agent_poll(agent) != 0;
}

enum mote_trap mote_agent_trap(const struct mote_agent *agent)
{
    return agent ? agent->trap : MOTE_TRAP_NONE;
}

void mote_agent_record_frame(struct mote_agent *agent, const struct mote_func *func, const void *pc)
{
    if (agent->trap_depth < CONFIG_TRAP_FRAMES_MAX) {
        agent->frames[agent->trap_depth] = (struct mote_trap_frame){func, pc};
    }
    agent->trap_depth++;
}

uint32_t mote_agent_frame_count(const struct mote_agent *agent)
{
    return agent ? agent->trap_depth : 0;
}

bool mote_agent_nameless_frame(const struct mote_agent *agent, uint32_t i, struct mote_frame *frame)
{
    if (!agent || !frame || i >= agent->trap_depth || i >= CONFIG_TRAP_FRAMES_MAX) {
        return false;
    }
    const struct mote_func *func = agent->frames[i].func;
    const void *pc = agent->frames[i].pc;
    *frame = (struct mote_frame){.instance = func->instance, .funcidx = mote_func_index(func)};
    frame->offset = pc ? func->instance->module->engine->locate(func, pc) : MOTE_NO_INDEX;
    return true;
}

bool mote_agent_frame(const struct mote_agent *agent, uint32_t i, struct mote_frame *frame)
{
    if (!mote_agent_nameless_frame(agent, i, frame)) {
        return false;
    }
    const struct mote_module *module = frame->instance->module;
    struct mote_name name = mote_module_func_name(module, frame->funcidx);
    frame->name = name.length ? (const char *)module->bytes + name.at : NULL;
    frame->name_length = name.length;
    return true;
}
