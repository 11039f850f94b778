/* The runtime: made, freed, asked what it uses; who offers imports; see runtime.h. */
#include "runtime/runtime.h"
#include "base/bits.h"
#include "base/text.h"
#include "runtime/agent.h"
#include "runtime/host_func.h"

static void do_nothing(void)
{
}

enum mote_error mote_runtime_new(const struct mote_runtime_options *options, struct mote_runtime **out)
{
    if (!out) {
        return MOTE_ERROR_INVALID_ARGUMENT;
    }
    *out = NULL;
    if (!options || !options->allocator.resize) {
        return MOTE_ERROR_INVALID_ARGUMENT;
    }
    struct mote_heap heap;
    mote_heap_init(&heap, options->allocator, options->memory_limit_bytes);
    struct mote_runtime *runtime = mote_heap_new(&heap, MOTE_HEAP_OTHER, sizeof *runtime);
    if (!runtime) {
        return MOTE_ERROR_NO_MEMORY;
    }
    runtime->heap = heap;
    runtime->page_limit = options->memory_limit_pages ? options->memory_limit_pages : 65536;
    runtime->native = options->native;
    runtime->allow_unchecked = options->allow_unchecked;
    runtime->host_enter = options->host_enter ? options->host_enter : do_nothing;
    runtime->host_leave = options->host_leave ? options->host_leave : do_nothing;
    *out = runtime;
    return MOTE_ERROR_NONE;
}

static void free_provider(struct mote_runtime *runtime, struct mote_provider *provider)
{
    if (provider->name) {
        mote_heap_free(&runtime->heap, MOTE_HEAP_OTHER, provider->name, mote_string_length(provider->name) + 1);
    }
    mote_heap_free(&runtime->heap, MOTE_HEAP_OTHER, provider, sizeof *provider);
}

void mote_runtime_free(struct mote_runtime *runtime)
{
    if (!runtime) {
        return;
    }
    for (struct mote_instance *instance = runtime->instances; instance; instance = instance->next) {
        instance->is_held = false;
    }
    mote_instance_collect(runtime);
    while (runtime->agents) {
        mote_agent_free(runtime->agents);
    }
    while (runtime->modules) {
        runtime->modules->is_unloaded = false;
        mote_module_unload(runtime->modules);
    }
    while (runtime->providers) {
        struct mote_provider *provider = runtime->providers;
        runtime->providers = provider->next;
        free_provider(runtime, provider);
    }
    struct mote_heap heap = runtime->heap;
    mote_heap_free(&heap, MOTE_HEAP_OTHER, runtime, sizeof *runtime);
}

struct mote_memory_usage mote_runtime_usage(const struct mote_runtime *runtime)
{
    if (!runtime) {
        return (struct mote_memory_usage){0};
    }
    const struct mote_heap *heap = &runtime->heap;
    return (struct mote_memory_usage){
        .module_bytes = heap->used_by[MOTE_HEAP_MODULE],
        .code_bytes = heap->used_by[MOTE_HEAP_CODE],
        .instance_bytes = heap->used_by[MOTE_HEAP_INSTANCE],
        .memory_bytes = heap->used_by[MOTE_HEAP_MEMORY],
        .stack_bytes = heap->used_by[MOTE_HEAP_STACK],
        .other_bytes = heap->used_by[MOTE_HEAP_OTHER],
        .peak_bytes = heap->peak,
    };
}

void *mote_runtime_alloc(struct mote_runtime *runtime, size_t size)
{
    return mote_heap_new(&runtime->heap, MOTE_HEAP_OTHER, size);
}

void mote_runtime_free_block(struct mote_runtime *runtime, void *block, size_t size)
{
    mote_heap_free(&runtime->heap, MOTE_HEAP_OTHER, block, size);
}

enum mote_error mote_host_module_register(struct mote_runtime *runtime, const struct mote_host_module *module)
{
    if (!runtime || !module || !module->name || !module->functions) {
        return MOTE_ERROR_INVALID_ARGUMENT;
    }
    for (const struct mote_host_func *func = module->functions; func->name; func++) {
        if (!func->fn || !mote_signature_is_valid(func->signature)) {
            return MOTE_ERROR_INVALID_ARGUMENT;
        }
    }
    struct mote_provider *provider = mote_runtime_alloc(runtime, sizeof *provider);
    if (!provider) {
        return MOTE_ERROR_NO_MEMORY;
    }
    *provider = (struct mote_provider){runtime->providers, NULL, NULL, module};
    runtime->providers = provider;
    return MOTE_ERROR_NONE;
}

enum mote_error mote_instance_register(struct mote_instance *instance, const char *name)
{
    if (!instance || !name) {
        return MOTE_ERROR_INVALID_ARGUMENT;
    }
    struct mote_runtime *runtime = instance->runtime;
    size_t size = mote_string_length(name) + 1;
    char *copy = mote_runtime_alloc(runtime, size);
    struct mote_provider *provider = copy ? mote_runtime_alloc(runtime, sizeof *provider) : NULL;
    if (!provider) {
        mote_runtime_free_block(runtime, copy, size);
        return MOTE_ERROR_NO_MEMORY;
    }
    memcpy(copy, name, size);
    *provider = (struct mote_provider){runtime->providers, copy, instance, NULL};
    runtime->providers = provider;
    return MOTE_ERROR_NONE;
}

void mote_runtime_forget(struct mote_runtime *runtime, const struct mote_instance *instance)
{
    struct mote_provider **link = &runtime->providers;
    while (*link) {
        struct mote_provider *provider = *link;
        if (provider->instance == instance) {
            *link = provider->next;
            free_provider(runtime, provider);
        } else {
            link = &provider->next;
        }
    }
}
