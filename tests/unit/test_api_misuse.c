/* mote.h: wrong arguments give an error, never a crash. */
#include "world.h"

UNIT_TEST(test_api_runtime_wants_options_and_an_allocator)
{
    struct mote_runtime *runtime = (void *)1;
    CHECK_EQUAL(mote_runtime_new(NULL, &runtime), MOTE_ERROR_INVALID_ARGUMENT);
    CHECK(runtime == NULL);
    struct mote_runtime_options none = {.memory_limit_bytes = 0};
    runtime = (void *)1;
    CHECK_EQUAL(mote_runtime_new(&none, &runtime), MOTE_ERROR_INVALID_ARGUMENT);
    CHECK(runtime == NULL);
    struct unit_account account = {0};
    struct mote_runtime_options fine = {.allocator = unit_allocator(&account)};
    CHECK_EQUAL(mote_runtime_new(&fine, NULL), MOTE_ERROR_INVALID_ARGUMENT);
    CHECK_EQUAL(account.bytes, 0);
}

UNIT_TEST(test_api_freeing_nothing_is_allowed)
{
    mote_runtime_free(NULL);
    mote_module_unload(NULL);
    mote_instance_free(NULL);
    mote_agent_free(NULL);
}

UNIT_TEST(test_api_load_wants_its_arguments)
{
    struct world w;
    world_begin(&w);
    const struct unit_module *bytes = unit_find_module("basics");
    struct mote_module *module = (void *)1;
    CHECK_EQUAL(mote_module_load(NULL, bytes->bytes, bytes->size, &module, NULL), MOTE_ERROR_INVALID_ARGUMENT);
    CHECK(module == NULL);
    module = (void *)1;
    CHECK_EQUAL(mote_module_load(w.runtime, NULL, 8, &module, &w.diag), MOTE_ERROR_INVALID_ARGUMENT);
    CHECK(module == NULL);
    CHECK_EQUAL(w.diag.error, MOTE_ERROR_INVALID_ARGUMENT);
    CHECK_EQUAL(mote_module_load(w.runtime, bytes->bytes, bytes->size, NULL, NULL), MOTE_ERROR_INVALID_ARGUMENT);
    CHECK_EQUAL(mote_module_validate(NULL, bytes->bytes, bytes->size, NULL), MOTE_ERROR_INVALID_ARGUMENT);
    CHECK_EQUAL(mote_module_validate(w.runtime, NULL, 8, NULL), MOTE_ERROR_INVALID_ARGUMENT);
    world_end(&w);
}

UNIT_TEST(test_api_load_of_no_bytes_is_an_error)
{
    struct world w;
    world_begin(&w);
    struct mote_module *module = (void *)1;
    CHECK_EQUAL(mote_module_load(w.runtime, "", 0, &module, &w.diag), MOTE_ERROR_UNEXPECTED_END);
    CHECK(module == NULL);
    world_end(&w);
}

UNIT_TEST(test_api_instance_wants_its_arguments)
{
    struct world w;
    world_begin(&w);
    struct mote_module *module = world_load(&w, "basics");
    struct mote_instance *instance = (void *)1;
    CHECK_EQUAL(mote_instance_new(NULL, w.agent, &instance, NULL), MOTE_ERROR_INVALID_ARGUMENT);
    CHECK(instance == NULL);
    instance = (void *)1;
    CHECK_EQUAL(mote_instance_new(module, NULL, &instance, &w.diag), MOTE_ERROR_INVALID_ARGUMENT);
    CHECK(instance == NULL);
    CHECK_EQUAL(mote_instance_new(module, w.agent, NULL, NULL), MOTE_ERROR_INVALID_ARGUMENT);
    world_end(&w);
}

UNIT_TEST(test_api_agent_of_another_runtime_is_refused)
{
    struct world a, b;
    world_begin(&a);
    world_begin(&b);
    struct mote_module *module = world_load(&a, "basics");
    struct mote_instance *instance = (void *)1;
    CHECK_EQUAL(mote_instance_new(module, b.agent, &instance, NULL), MOTE_ERROR_INVALID_ARGUMENT);
    CHECK(instance == NULL);
    instance = world_instance(&a, "basics");
    struct mote_func *func = mote_find_func(instance, "nothing");
    CHECK_EQUAL(mote_call(b.agent, func, NULL, 0, NULL, 0), MOTE_ERROR_INVALID_ARGUMENT);
    world_end(&b);
    world_end(&a);
}

UNIT_TEST(test_api_call_checks_counts_and_types)
{
    struct world w;
    world_begin(&w);
    struct mote_instance *instance = world_instance(&w, "basics");
    struct mote_func *add = mote_find_func(instance, "add");
    struct mote_value params[3] = {i32_value(1), i32_value(2), i32_value(3)}, results[2];
    CHECK_EQUAL(mote_call(w.agent, add, params, 1, results, 1), MOTE_ERROR_SIGNATURE_MISMATCH);
    CHECK_EQUAL(mote_call(w.agent, add, params, 3, results, 1), MOTE_ERROR_SIGNATURE_MISMATCH);
    CHECK_EQUAL(mote_call(w.agent, add, params, 2, results, 0), MOTE_ERROR_SIGNATURE_MISMATCH);
    CHECK_EQUAL(mote_call(w.agent, add, params, 2, results, 2), MOTE_ERROR_SIGNATURE_MISMATCH);
    params[1].type = MOTE_I64;
    CHECK_EQUAL(mote_call(w.agent, add, params, 2, results, 1), MOTE_ERROR_SIGNATURE_MISMATCH);
    params[1].type = MOTE_I32;
    CHECK_EQUAL(mote_call(w.agent, add, params, 2, results, 1), MOTE_ERROR_NONE);
    CHECK_EQUAL(results[0].of.i32, 3);
    world_end(&w);
}

UNIT_TEST(test_api_call_wants_its_arguments)
{
    struct world w;
    world_begin(&w);
    struct mote_instance *instance = world_instance(&w, "basics");
    struct mote_func *add = mote_find_func(instance, "add");
    struct mote_value params[2] = {i32_value(1), i32_value(2)}, result;
    CHECK_EQUAL(mote_call(NULL, add, params, 2, &result, 1), MOTE_ERROR_INVALID_ARGUMENT);
    CHECK_EQUAL(mote_call(w.agent, NULL, params, 2, &result, 1), MOTE_ERROR_INVALID_ARGUMENT);
    CHECK_EQUAL(mote_call(w.agent, add, NULL, 2, &result, 1), MOTE_ERROR_INVALID_ARGUMENT);
    CHECK_EQUAL(mote_call(w.agent, add, params, 2, NULL, 1), MOTE_ERROR_INVALID_ARGUMENT);
    CHECK_EQUAL(mote_call(w.agent, mote_find_func(instance, "nothing"), NULL, 0, NULL, 0), MOTE_ERROR_NONE);
    world_end(&w);
}

UNIT_TEST(test_api_finding_what_is_not_there)
{
    struct world w;
    world_begin(&w);
    struct mote_instance *instance = world_instance(&w, "basics");
    CHECK(mote_find_func(instance, "no such") == NULL);
    CHECK(mote_find_func(instance, "") == NULL);
    CHECK(mote_find_func(instance, "memory") == NULL);
    CHECK(mote_find_func(instance, "ad") == NULL);
    CHECK(mote_find_func(instance, "adds") == NULL);
    CHECK(mote_find_func(NULL, "add") == NULL);
    CHECK(mote_find_func(instance, NULL) == NULL);
    struct mote_value value;
    CHECK_EQUAL(mote_global_get(instance, "no such", &value), MOTE_ERROR_NOT_FOUND);
    CHECK_EQUAL(mote_global_get(instance, "add", &value), MOTE_ERROR_NOT_FOUND);
    world_end(&w);
}

UNIT_TEST(test_api_global_set_checks_type_and_mutability)
{
    struct world w;
    world_begin(&w);
    struct mote_instance *instance = world_instance(&w, "basics");
    struct mote_value value;
    CHECK_EQUAL(mote_global_get(instance, "counter", &value), MOTE_ERROR_NONE);
    CHECK_EQUAL(value.type, MOTE_I32);
    CHECK_EQUAL(value.of.i32, 7);
    value = i32_value(41);
    CHECK_EQUAL(mote_global_set(instance, "counter", &value), MOTE_ERROR_NONE);
    CHECK_EQUAL(world_call_i32(&w, instance, "count", 0), 42);
    CHECK_EQUAL(mote_global_get(instance, "counter", &value), MOTE_ERROR_NONE);
    CHECK_EQUAL(value.of.i32, 42);
    value.type = MOTE_I64;
    CHECK_EQUAL(mote_global_set(instance, "counter", &value), MOTE_ERROR_SIGNATURE_MISMATCH);
    CHECK_EQUAL(mote_global_set(instance, "fixed", &value), MOTE_ERROR_SIGNATURE_MISMATCH);
    CHECK_EQUAL(mote_global_set(instance, "no such", &value), MOTE_ERROR_NOT_FOUND);
    CHECK_EQUAL(mote_global_get(instance, "fixed", &value), MOTE_ERROR_NONE);
    CHECK_EQUAL(value.type, MOTE_I64);
    CHECK_EQUAL(value.of.i64, UINT64_MAX - 1);
    CHECK_EQUAL(mote_global_get(instance, "ratio", &value), MOTE_ERROR_NONE);
    CHECK(value.of.f64 == 0.5);
    world_end(&w);
}

UNIT_TEST(test_api_registering_wants_names_and_readable_signatures)
{
    struct world w;
    world_begin(&w);
    struct mote_instance *instance = world_instance(&w, "basics");
    CHECK_EQUAL(mote_instance_register(instance, NULL), MOTE_ERROR_INVALID_ARGUMENT);
    CHECK_EQUAL(mote_instance_register(NULL, "x"), MOTE_ERROR_INVALID_ARGUMENT);
    CHECK_EQUAL(mote_host_module_register(w.runtime, NULL), MOTE_ERROR_INVALID_ARGUMENT);
    static const char *const unreadable[] = {"", "i", "z:", ":z", "i:i:i", NULL};
    for (int i = 0; unreadable[i]; i++) {
        struct mote_host_func functions[2] = {{"f", unreadable[i], NULL, NULL}, {NULL, NULL, NULL, NULL}};
        struct mote_host_module module = {"env", functions, NULL};
        CHECK_EQUAL(mote_host_module_register(w.runtime, &module), MOTE_ERROR_INVALID_ARGUMENT);
    }
    world_end(&w);
}

UNIT_TEST(test_api_agent_of_no_stack_is_an_error)
{
    struct world w;
    world_begin(&w);
    struct mote_agent *agent = (void *)1;
    enum mote_error error = mote_agent_new(w.runtime, 0, &agent);
    CHECK_EQUAL(error, MOTE_ERROR_INVALID_ARGUMENT);
    CHECK(agent == NULL);
    CHECK_EQUAL(mote_agent_new(NULL, 4096, &agent), MOTE_ERROR_INVALID_ARGUMENT);
    CHECK_EQUAL(mote_agent_new(w.runtime, 4096, NULL), MOTE_ERROR_INVALID_ARGUMENT);
    CHECK_EQUAL(mote_agent_new(w.runtime, SIZE_MAX / 2, &agent), MOTE_ERROR_NO_MEMORY);
    world_end(&w);
}
