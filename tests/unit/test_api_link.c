/* mote.h: imports between instances are shared, not copied; what does not fit is refused. */
#include "world.h"

UNIT_TEST(test_api_imports_are_shared)
{
    struct world w;
    world_begin(&w);
    struct mote_instance *provider = world_instance(&w, "provider");
    CHECK_EQUAL(mote_instance_register(provider, "provider"), MOTE_ERROR_NONE);
    struct mote_instance *consumer = world_instance(&w, "consumer");
    CHECK_EQUAL(world_call_i32(&w, provider, "peek", 100), '*');
    CHECK_EQUAL(world_call_i32(&w, provider, "call_slot", 1), 22);
    CHECK_EQUAL(world_call(&w, consumer, "bump", NULL, 0, NULL, 0), MOTE_ERROR_NONE);
    struct mote_value value;
    CHECK_EQUAL(mote_global_get(provider, "shared", &value), MOTE_ERROR_NONE);
    CHECK_EQUAL(value.of.i64, 6);
    CHECK_EQUAL(world_call_i32(&w, provider, "grow", 1), 1);
    CHECK_EQUAL(world_call_i32(&w, consumer, "pages", 0), 2);
    struct mote_value params[2] = {i32_value(2 * 65536 - 1), i32_value(9)};
    CHECK_EQUAL(world_call(&w, consumer, "poke", params, 2, NULL, 0), MOTE_ERROR_NONE);
    CHECK_EQUAL(world_call_i32(&w, consumer, "peek_there", 2 * 65536 - 1), 9);
    CHECK(mote_memory_at(provider, 0, 1) == mote_memory_at(consumer, 0, 1));
    world_end(&w);
}

UNIT_TEST(test_api_linked_instances_live_as_long_as_one_is_held)
{
    struct world w;
    world_begin(&w);
    struct mote_instance *provider = world_instance(&w, "provider");
    CHECK_EQUAL(mote_instance_register(provider, "provider"), MOTE_ERROR_NONE);
    struct mote_instance *consumer = world_instance(&w, "consumer");
    mote_instance_free(consumer);
    CHECK_EQUAL(world_call_i32(&w, provider, "call_slot", 1), 22); /* its function is still in the table */
    world_end(&w);
}

UNIT_TEST(test_api_missing_import_is_named)
{
    struct world w;
    world_begin(&w);
    struct mote_module *module = world_load(&w, "consumer");
    struct mote_instance *instance = (void *)1;
    CHECK_EQUAL(mote_instance_new(module, w.agent, &instance, &w.diag), MOTE_ERROR_UNKNOWN_IMPORT);
    CHECK(instance == NULL);
    CHECK(strstr(w.diag.message, "unknown import") == w.diag.message);
    CHECK(strstr(w.diag.message, "provider") != NULL);
    CHECK(strstr(w.diag.message, "memory") != NULL);
    world_end(&w);
}

UNIT_TEST(test_api_import_of_another_type_is_refused)
{
    struct world w;
    world_begin(&w);
    CHECK_EQUAL(mote_instance_register(world_instance(&w, "basics"), "provider"), MOTE_ERROR_NONE);
    struct mote_module *module = world_load(&w, "consumer");
    struct mote_instance *instance;
    CHECK_EQUAL(mote_instance_new(module, w.agent, &instance, &w.diag), MOTE_ERROR_IMPORT_TYPE);
    CHECK(strstr(w.diag.message, "incompatible import type") == w.diag.message);
    world_end(&w);
}

UNIT_TEST(test_api_later_registration_wins)
{
    struct world w;
    world_begin(&w);
    struct mote_instance *first = world_instance(&w, "provider"), *second = world_instance(&w, "provider");
    CHECK_EQUAL(mote_instance_register(first, "provider"), MOTE_ERROR_NONE);
    CHECK_EQUAL(mote_instance_register(second, "provider"), MOTE_ERROR_NONE);
    world_instance(&w, "consumer");
    CHECK_EQUAL(world_call_i32(&w, first, "peek", 100), 0);
    CHECK_EQUAL(world_call_i32(&w, second, "peek", 100), '*');
    world_end(&w);
}

UNIT_TEST(test_api_start_function_runs)
{
    struct world w;
    struct mote_value value;
    world_begin(&w);
    CHECK_EQUAL(mote_global_get(world_instance(&w, "start_runs"), "ran", &value), MOTE_ERROR_NONE);
    CHECK_EQUAL(value.of.i32, 1);
    world_end(&w);
}

UNIT_TEST(test_api_start_function_that_traps_leaves_its_writes)
{
    struct world w;
    world_begin(&w);
    struct mote_instance *provider = world_instance(&w, "provider");
    CHECK_EQUAL(mote_instance_register(provider, "provider"), MOTE_ERROR_NONE);
    struct mote_module *module = world_load(&w, "start_traps");
    struct mote_instance *instance = (void *)1;
    CHECK_EQUAL(mote_instance_new(module, w.agent, &instance, &w.diag), MOTE_ERROR_TRAPPED);
    CHECK(instance == NULL);
    CHECK_EQUAL(mote_agent_trap(w.agent), MOTE_TRAP_UNREACHABLE);
    CHECK_EQUAL(mote_agent_frame_count(w.agent), 1);
    struct mote_frame frame;
    REQUIRE(mote_agent_frame(w.agent, 0, &frame));
    REQUIRE(frame.name != NULL);
    CHECK(frame.name_length == 5 && memcmp(frame.name, "begin", 5) == 0);
    CHECK_EQUAL(world_call_i32(&w, provider, "peek", 200), 33);
    world_end(&w);
}

UNIT_TEST(test_api_registered_name_is_copied)
{
    struct world w;
    world_begin(&w);
    char name[] = "provider";
    CHECK_EQUAL(mote_instance_register(world_instance(&w, "provider"), name), MOTE_ERROR_NONE);
    memset(name, 'x', sizeof name - 1);
    world_instance(&w, "consumer");
    world_end(&w);
}
