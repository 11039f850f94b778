/* Instances: laid out in one block, made, collected when nobody holds them; see instance.h. */
#include "runtime/instance.h"
#include "base/bits.h"
#include "base/diag.h"
#include "runtime/agent.h"
#include "runtime/engine.h"
#include "runtime/runtime.h"

/* Cuts the parts of an instance's block: once with base NULL to learn the size, once to set the pointers. */
struct layout {
    uint8_t *base;
    size_t size;
};

static void *cut(struct layout *layout, uint32_t count, size_t size)
{
    size_t at = mote_align_up(layout->size, 8);
    layout->size = at + count * size;
    return layout->base && count ? layout->base + at : NULL;
}

static size_t lay_out(struct mote_instance *parts, const struct mote_module *module, uint8_t *base)
{
    struct layout layout = {base, sizeof *parts};
    uint32_t imported_funcs = module->imported[EXTERN_FUNC];
    parts->globals = cut(&layout, module->global_count - module->imported[EXTERN_GLOBAL], sizeof *parts->globals);
    parts->funcs = cut(&layout, module->func_count - imported_funcs, sizeof *parts->funcs);
    parts->host_funcs = cut(&layout, imported_funcs, sizeof *parts->host_funcs);
    parts->own_memories = cut(&layout, module->memory_count - module->imported[EXTERN_MEMORY], sizeof *parts->own_memories);
    parts->own_tables = cut(&layout, module->table_count - module->imported[EXTERN_TABLE], sizeof *parts->own_tables);
    parts->imports = cut(&layout, imported_funcs, sizeof *parts->imports);
    parts->imported_globals = cut(&layout, module->imported[EXTERN_GLOBAL], sizeof *parts->imported_globals);
    parts->tables = cut(&layout, module->table_count, sizeof *parts->tables);
    parts->memories = cut(&layout, module->memory_count, sizeof *parts->memories);
    parts->sources = cut(&layout, module->import_count, sizeof *parts->sources);
    parts->dropped_elems = cut(&layout, (module->elem_count + 7) / 8, 1);
    parts->dropped_datas = cut(&layout, (module->data_count + 7) / 8, 1);
    return mote_align_up(layout.size, 8);
}

static struct mote_instance *allocate(struct mote_module *module)
{
    struct mote_runtime *runtime = module->runtime;
    struct mote_instance unplaced;
    size_t size = lay_out(&unplaced, module, NULL);
    uint8_t *block = mote_heap_new(&runtime->heap, MOTE_HEAP_INSTANCE, size);
    if (!block) {
        return NULL;
    }
    struct mote_instance *instance = (struct mote_instance *)(void *)block;
    lay_out(instance, module, block);
    instance->runtime = runtime;
    instance->module = module;
    instance->block_size = size;
    instance->next = runtime->instances;
    runtime->instances = instance;
    module->holds++;
    return instance;
}

static void make_funcs(struct mote_instance *instance)
{
    const struct mote_module *module = instance->module;
    uint32_t first = module->imported[EXTERN_FUNC];
    for (uint32_t i = first; i < module->func_count; i++) {
        struct mote_func *func = &instance->funcs[i - first];
        *func = (struct mote_func){.instance = instance, .type = mote_module_functype(module, i)};
        func->of.code = module->engine->code(module, i);
    }
}

static enum mote_error make_tables_and_memories(struct mote_instance *instance)
{
    const struct mote_module *module = instance->module;
    enum mote_error error = MOTE_ERROR_NONE;
    for (uint32_t i = module->imported[EXTERN_TABLE]; i < module->table_count && !error; i++) {
        struct mote_table *table = &instance->own_tables[instance->own_tables_made++];
        instance->tables[i] = table;
        error = mote_table_init(table, instance->runtime, &module->tables[i]);
    }
    for (uint32_t i = module->imported[EXTERN_MEMORY]; i < module->memory_count && !error; i++) {
        struct mote_memory *memory = &instance->own_memories[instance->own_memories_made++];
        instance->memories[i] = memory;
        error = mote_memory_init(memory, instance->runtime, &module->memories[i]);
        memory->max_pages = module->is_memory_fixed ? memory->pages : memory->max_pages;
    }
    return error;
}

static void make_globals(struct mote_instance *instance)
{
    const struct mote_module *module = instance->module;
    uint32_t first = module->imported[EXTERN_GLOBAL];
    for (uint32_t i = first; i < module->global_count; i++) {
        uint32_t at = module->globals[i].init.at;
        instance->globals[i - first] = mote_eval_const_expr(instance, &at);
    }
}

/* Segments, then the start function; both may trap. */
static enum mote_trap start(struct mote_instance *instance, struct mote_agent *agent)
{
    enum mote_trap trap = mote_instance_run_segments(instance);
    agent->trap_depth = 0;
    if (!trap && instance->module->start != UINT32_MAX) {
        trap = mote_agent_call(agent, mote_instance_func(instance, instance->module->start), agent->top);
    }
    agent->trap = trap;
    return trap;
}

static void instantiate(struct mote_instance *instance, struct mote_agent *agent, struct mote_diag *diag)
{
    if (!mote_instance_link(instance, diag)) {
        return;
    }
    make_funcs(instance);
    enum mote_error error = make_tables_and_memories(instance);
    if (error) {
        mote_diag_fail(diag, error, MOTE_NO_INDEX, error == MOTE_ERROR_LIMIT ? "table size" : "memory or table");
        return;
    }
    make_globals(instance);
    enum mote_trap trap = start(instance, agent);
    if (trap) {
        mote_diag_fail(diag, MOTE_ERROR_TRAPPED, MOTE_NO_INDEX, mote_trap_text(trap));
    }
}

enum mote_error mote_instance_new(struct mote_module *module, struct mote_agent *agent, struct mote_instance **out,
                                  struct mote_diag *diag)
{
    struct mote_diag unwanted;
    diag = diag ? diag : &unwanted;
    mote_diag_init(diag);
    if (out) {
        *out = NULL;
    }
    if (!module || !agent || !out || module->is_unloaded || module->runtime != agent->runtime) {
        mote_diag_fail(diag, MOTE_ERROR_INVALID_ARGUMENT, MOTE_NO_INDEX, NULL);
        return diag->error;
    }
    mote_instance_collect(module->runtime);
    struct mote_instance *instance = allocate(module);
    if (!instance) {
        mote_diag_fail(diag, MOTE_ERROR_NO_MEMORY, MOTE_NO_INDEX, NULL);
        return diag->error;
    }
    instance->is_held = true;
    instantiate(instance, agent, diag);
    if (diag->error == MOTE_ERROR_TRAPPED) {
        /* Its functions may already be in tables of others (specification, 4.5.4, the note on step 15), so it goes with them; not
           now, since the frames of the trap are still to be read, but with the next instantiation or free. */
        instance->is_held = false;
        return diag->error;
    }
    if (diag->error) {
        mote_instance_free(instance);
        return diag->error;
    }
    *out = instance;
    return MOTE_ERROR_NONE;
}

static void destroy(struct mote_instance *instance)
{
    struct mote_runtime *runtime = instance->runtime;
    struct mote_module *module = instance->module;
    mote_runtime_forget(runtime, instance);
    for (uint32_t i = 0; i < instance->own_tables_made; i++) {
        mote_table_deinit(&instance->own_tables[i]);
    }
    for (uint32_t i = 0; i < instance->own_memories_made; i++) {
        mote_memory_deinit(&instance->own_memories[i]);
    }
    mote_heap_free(&runtime->heap, MOTE_HEAP_INSTANCE, instance, instance->block_size);
    mote_module_drop(module);
}

/* Marks what is held, then whatever is linked to something marked, in both directions, until nothing changes. */
static void mark_live(struct mote_runtime *runtime)
{
    for (struct mote_instance *instance = runtime->instances; instance; instance = instance->next) {
        instance->is_marked = instance->is_held;
    }
    for (bool is_changed = true; is_changed;) {
        is_changed = false;
        for (struct mote_instance *instance = runtime->instances; instance; instance = instance->next) {
            for (uint32_t i = 0; i < instance->module->import_count; i++) {
                struct mote_instance *source = instance->sources[i];
                if (source && source->is_marked != instance->is_marked) {
                    source->is_marked = instance->is_marked = is_changed = true;
                }
            }
        }
    }
}

void mote_instance_collect(struct mote_runtime *runtime)
{
    mark_live(runtime);
    struct mote_instance **link = &runtime->instances;
    while (*link) {
        struct mote_instance *instance = *link;
        if (instance->is_marked) {
            link = &instance->next;
        } else {
            *link = instance->next;
            destroy(instance);
        }
    }
}

void mote_instance_free(struct mote_instance *instance)
{
    if (instance) {
        instance->is_held = false;
        mote_instance_collect(instance->runtime);
    }
}
