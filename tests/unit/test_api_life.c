/* mote.h: who lives how long, and that all memory comes back. */
#include "world.h"

UNIT_TEST(test_api_runtime_frees_all_that_is_left)
{
    struct world w;
    world_begin(&w);
    world_load(&w, "basics");
    world_instance(&w, "basics");
    struct mote_agent *second;
    CHECK_EQUAL(mote_agent_new(w.runtime, 4096, &second), MOTE_ERROR_NONE);
    CHECK(w.account.bytes > 0);
    world_end(&w);
}

UNIT_TEST(test_api_freeing_one_by_one_gives_everything_back)
{
    struct world w;
    world_begin(&w);
    struct mote_memory_usage before = mote_runtime_usage(w.runtime);
    struct mote_module *module = world_load(&w, "basics");
    struct mote_instance *instance;
    CHECK_EQUAL(mote_instance_new(module, w.agent, &instance, NULL), MOTE_ERROR_NONE);
    struct mote_memory_usage during = mote_runtime_usage(w.runtime);
    CHECK(during.module_bytes > 0 && during.code_bytes > 0 && during.instance_bytes > 0);
    CHECK(during.memory_bytes >= 65536);
    CHECK(during.stack_bytes >= WORLD_STACK_BYTES);
    mote_instance_free(instance);
    mote_module_unload(module);
    struct mote_memory_usage after = mote_runtime_usage(w.runtime);
    CHECK_EQUAL(after.module_bytes, before.module_bytes);
    CHECK_EQUAL(after.code_bytes, before.code_bytes);
    CHECK_EQUAL(after.instance_bytes, before.instance_bytes);
    CHECK_EQUAL(after.memory_bytes, before.memory_bytes);
    mote_agent_free(w.agent);
    CHECK_EQUAL(mote_runtime_usage(w.runtime).stack_bytes, 0);
    CHECK(mote_runtime_usage(w.runtime).peak_bytes >= during.memory_bytes);
    world_end(&w);
}

UNIT_TEST(test_api_module_lives_as_long_as_its_instances)
{
    struct world w;
    world_begin(&w);
    struct mote_module *module = world_load(&w, "basics");
    struct mote_instance *first, *second;
    CHECK_EQUAL(mote_instance_new(module, w.agent, &first, NULL), MOTE_ERROR_NONE);
    CHECK_EQUAL(mote_instance_new(module, w.agent, &second, NULL), MOTE_ERROR_NONE);
    mote_module_unload(module);
    mote_instance_free(first);
    CHECK_EQUAL(world_call_i32(&w, second, "count", 0), 8);
    mote_instance_free(second);
    CHECK_EQUAL(mote_runtime_usage(w.runtime).module_bytes, 0);
    world_end(&w);
}

UNIT_TEST(test_api_instances_of_one_module_share_nothing)
{
    struct world w;
    world_begin(&w);
    struct mote_module *module = world_load(&w, "basics");
    struct mote_instance *first, *second;
    CHECK_EQUAL(mote_instance_new(module, w.agent, &first, NULL), MOTE_ERROR_NONE);
    CHECK_EQUAL(mote_instance_new(module, w.agent, &second, NULL), MOTE_ERROR_NONE);
    CHECK_EQUAL(world_call_i32(&w, first, "count", 0), 8);
    CHECK_EQUAL(world_call_i32(&w, first, "count", 0), 9);
    CHECK_EQUAL(world_call_i32(&w, second, "count", 0), 8);
    CHECK(mote_memory_at(first, 0, 1) != mote_memory_at(second, 0, 1));
    world_end(&w);
}

UNIT_TEST(test_api_two_runtimes_are_independent)
{
    struct world a, b;
    world_begin(&a);
    world_begin(&b);
    struct mote_instance *in_a = world_instance(&a, "provider");
    CHECK_EQUAL(mote_instance_register(in_a, "provider"), MOTE_ERROR_NONE);
    struct mote_module *module = world_load(&b, "consumer");
    struct mote_instance *in_b;
    CHECK_EQUAL(mote_instance_new(module, b.agent, &in_b, &b.diag), MOTE_ERROR_UNKNOWN_IMPORT);
    size_t before = b.account.bytes;
    CHECK_EQUAL(world_trap(&a, in_a, "call_slot", 1, 1), MOTE_TRAP_UNINITIALIZED_ELEMENT);
    CHECK_EQUAL(mote_agent_trap(b.agent), MOTE_TRAP_NONE);
    mote_agent_interrupt(a.agent, MOTE_TRAP_INTERRUPTED);
    CHECK(!mote_agent_interrupted(b.agent));
    world_end(&a);
    CHECK_EQUAL(b.account.bytes, before);
    world_end(&b);
}

UNIT_TEST(test_api_module_bytes_are_never_written)
{
    struct world w;
    world_begin(&w);
    const struct unit_module *bytes = unit_find_module("basics");
    uint8_t copy[4096];
    REQUIRE(bytes->size <= sizeof copy);
    memcpy(copy, bytes->bytes, bytes->size);
    struct mote_module *module;
    CHECK_EQUAL(mote_module_load(w.runtime, copy, bytes->size, &module, NULL), MOTE_ERROR_NONE);
    struct mote_instance *instance;
    CHECK_EQUAL(mote_instance_new(module, w.agent, &instance, NULL), MOTE_ERROR_NONE);
    world_call_i32(&w, instance, "count", 0);
    CHECK(memcmp(copy, bytes->bytes, bytes->size) == 0);
    world_end(&w);
}

UNIT_TEST(test_api_validate_keeps_nothing)
{
    struct world w;
    world_begin(&w);
    const struct unit_module *bytes = unit_find_module("basics");
    size_t before = w.account.bytes;
    CHECK_EQUAL(mote_module_validate(w.runtime, bytes->bytes, bytes->size, &w.diag), MOTE_ERROR_NONE);
    CHECK_EQUAL(w.diag.error, MOTE_ERROR_NONE);
    CHECK_EQUAL(w.account.bytes, before);
    enum mote_error error = mote_module_validate(w.runtime, bytes->bytes, bytes->size - 1, &w.diag);
    CHECK(error != MOTE_ERROR_NONE && error == w.diag.error);
    CHECK_EQUAL(w.account.bytes, before);
    world_end(&w);
}

UNIT_TEST(test_api_module_sizes_add_up)
{
    struct world w;
    world_begin(&w);
    const struct unit_module *bytes = unit_find_module("basics");
    struct mote_module_sizes sizes = mote_module_sizes(world_load(&w, "basics"));
    CHECK_EQUAL(sizes.module_bytes, bytes->size);
    CHECK(sizes.body_bytes > 50 && sizes.body_bytes < bytes->size);
    CHECK(sizes.code_bytes > 0);
    CHECK_EQUAL(sizes.functions, 17);
    CHECK_EQUAL(mote_module_sizes(world_load(&w, "empty")).functions, 0);
    world_end(&w);
}

UNIT_TEST(test_api_quota_refuses_and_recovers)
{
    struct world w;
    world_begin_with(&w, (struct mote_runtime_options){.memory_limit_bytes = WORLD_STACK_BYTES + 100000});
    struct mote_module *module = world_load(&w, "large_memory");
    struct mote_instance *instance;
    CHECK_EQUAL(mote_instance_new(module, w.agent, &instance, &w.diag), MOTE_ERROR_NO_MEMORY);
    CHECK(instance == NULL);
    mote_module_unload(module);
    instance = world_instance(&w, "basics");
    CHECK_EQUAL(world_call_i32(&w, instance, "grow", 1), UINT32_MAX);
    CHECK_EQUAL(world_call_i32(&w, instance, "count", 0), 8);
    world_end(&w);
}

UNIT_TEST(test_api_page_limit_bounds_each_memory)
{
    struct world w;
    world_begin_with(&w, (struct mote_runtime_options){.memory_limit_pages = 20});
    struct mote_instance *instance = world_instance(&w, "large_memory");
    CHECK_EQUAL(world_call_i32(&w, instance, "grow", 5), UINT32_MAX);
    CHECK_EQUAL(world_call_i32(&w, instance, "grow", 4), 16);
    CHECK_EQUAL(world_call_i32(&w, instance, "size", 0), 20);
    world_end(&w);
}

/* Everything in a pool of fixed size, as on a board: no other memory is used. */
UNIT_TEST(test_api_runs_in_a_pool)
{
    static _Alignas(8) uint8_t memory[262144];
    struct mote_runtime_options options = {.allocator = mote_pool_allocator(memory, sizeof memory)};
    struct mote_runtime *runtime;
    struct mote_agent *agent;
    struct mote_module *module;
    struct mote_instance *instance;
    const struct unit_module *bytes = unit_find_module("basics");
    REQUIRE(mote_runtime_new(&options, &runtime) == MOTE_ERROR_NONE);
    REQUIRE(mote_agent_new(runtime, 8192, &agent) == MOTE_ERROR_NONE);
    REQUIRE(mote_module_load(runtime, bytes->bytes, bytes->size, &module, NULL) == MOTE_ERROR_NONE);
    REQUIRE(mote_instance_new(module, agent, &instance, NULL) == MOTE_ERROR_NONE);
    struct mote_value params[2] = {i32_value(20), i32_value(22)}, result;
    CHECK_EQUAL(mote_call(agent, mote_find_func(instance, "add"), params, 2, &result, 1), MOTE_ERROR_NONE);
    CHECK_EQUAL(result.of.i32, 42);
    mote_runtime_free(runtime);
    void *all = options.allocator.resize(options.allocator.user, NULL, 0, sizeof memory - 64);
    CHECK(all != NULL);
}
