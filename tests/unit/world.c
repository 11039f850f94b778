/* See world.h. */
#include "world.h"

void world_begin_with(struct world *world, struct mote_runtime_options options)
{
    *world = (struct world){.runtime = NULL};
    options.allocator = unit_allocator(&world->account);
    REQUIRE(mote_runtime_new(&options, &world->runtime) == MOTE_ERROR_NONE);
    REQUIRE(mote_agent_new(world->runtime, WORLD_STACK_BYTES, &world->agent) == MOTE_ERROR_NONE);
}

void world_begin(struct world *world)
{
    world_begin_with(world, (struct mote_runtime_options){.memory_limit_bytes = 0});
}

void world_end(struct world *world)
{
    mote_runtime_free(world->runtime);
    CHECK_EQUAL(world->account.bytes, 0);
    CHECK_EQUAL(world->account.blocks, 0);
}

struct mote_module *world_load(struct world *world, const char *name)
{
    const struct unit_module *bytes = unit_find_module(name);
    struct mote_module *module = NULL;
    enum mote_error error = mote_module_load(world->runtime, bytes->bytes, bytes->size, &module, &world->diag);
    CHECK_TEXT(error ? world->diag.message : "", "");
    REQUIRE(module != NULL);
    return module;
}

struct mote_instance *world_instance(struct world *world, const char *name)
{
    struct mote_module *module = world_load(world, name);
    struct mote_instance *instance = NULL;
    enum mote_error error = mote_instance_new(module, world->agent, &instance, &world->diag);
    CHECK_TEXT(error ? world->diag.message : "", "");
    REQUIRE(instance != NULL);
    mote_module_unload(module);
    return instance;
}

enum mote_error world_call(struct world *world, struct mote_instance *instance, const char *name,
                           const struct mote_value *params, uint32_t param_count, struct mote_value *results,
                           uint32_t result_count)
{
    struct mote_func *func = mote_find_func(instance, name);
    REQUIRE(func != NULL);
    return mote_call(world->agent, func, params, param_count, results, result_count);
}

uint32_t world_call_i32(struct world *world, struct mote_instance *instance, const char *name, uint32_t a)
{
    struct mote_func *func = mote_find_func(instance, name);
    REQUIRE(func != NULL);
    struct mote_value param = i32_value(a), result = {.type = MOTE_I64, .of = {.bits = 0}};
    uint32_t count = mote_func_param_count(func);
    REQUIRE(mote_call(world->agent, func, &param, count, &result, 1) == MOTE_ERROR_NONE);
    CHECK_EQUAL(result.type, MOTE_I32);
    return result.of.i32;
}

enum mote_trap world_trap(struct world *world, struct mote_instance *instance, const char *name, uint32_t count, uint32_t a)
{
    struct mote_func *func = mote_find_func(instance, name);
    REQUIRE(func != NULL);
    struct mote_value param = i32_value(a), results[4];
    uint32_t result_count = mote_func_result_count(func);
    REQUIRE(result_count <= 4);
    CHECK_EQUAL(mote_call(world->agent, func, &param, count, results, result_count), MOTE_ERROR_TRAPPED);
    return mote_agent_trap(world->agent);
}
