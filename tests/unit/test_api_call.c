/* mote.h: values in and out, types, traps and their call stacks, memory. */
#include "world.h"

UNIT_TEST(test_api_call_passes_values_of_every_type)
{
    struct world w;
    world_begin(&w);
    struct mote_instance *instance = world_instance(&w, "basics");
    int anything;
    struct mote_value params[5] = {{.type = MOTE_I32}, {.type = MOTE_I64}, {.type = MOTE_F32}, {.type = MOTE_F64}, {.type = MOTE_EXTERNREF}};
    params[0].of.i32 = 0xDEADBEEF;
    params[1].of.i64 = UINT64_C(0x0123456789ABCDEF);
    params[2].of.bits = 0x7FA00001; /* a signalling NaN passes unchanged */
    params[3].of.bits = UINT64_C(0xFFF4000000000001);
    params[4].of.externref = &anything;
    struct mote_value results[5];
    memset(results, 0xFF, sizeof results);
    CHECK_EQUAL(world_call(&w, instance, "everything", params, 5, results, 5), MOTE_ERROR_NONE);
    CHECK_EQUAL(results[0].type, MOTE_EXTERNREF);
    CHECK(results[0].of.externref == &anything);
    CHECK_EQUAL(results[1].type, MOTE_F64);
    CHECK_EQUAL(results[1].of.bits, UINT64_C(0xFFF4000000000001));
    CHECK_EQUAL(results[2].type, MOTE_F32);
    CHECK_EQUAL(results[2].of.i32, 0x7FA00001);
    CHECK_EQUAL(results[3].of.i64, UINT64_C(0x0123456789ABCDEF));
    CHECK_EQUAL(results[4].of.i32, 0xDEADBEEF);
    CHECK_EQUAL(results[4].of.bits, 0xDEADBEEF); /* the upper half is zero */
    params[4].of.externref = NULL;
    CHECK_EQUAL(world_call(&w, instance, "everything", params, 5, results, 5), MOTE_ERROR_NONE);
    CHECK(results[0].of.externref == NULL);
    world_end(&w);
}

UNIT_TEST(test_api_func_types_are_told)
{
    struct world w;
    world_begin(&w);
    struct mote_func *func = mote_find_func(world_instance(&w, "basics"), "everything");
    static const enum mote_valtype types[] = {MOTE_I32, MOTE_I64, MOTE_F32, MOTE_F64, MOTE_EXTERNREF};
    CHECK_EQUAL(mote_func_param_count(func), 5);
    CHECK_EQUAL(mote_func_result_count(func), 5);
    for (uint32_t i = 0; i < 5; i++) {
        CHECK_EQUAL(mote_func_param_type(func, i), types[i]);
        CHECK_EQUAL(mote_func_result_type(func, 4 - i), types[i]);
    }
    CHECK_TEXT(mote_valtype_text(MOTE_FUNCREF), "funcref");
    CHECK_TEXT(mote_valtype_text((enum mote_valtype)0), "?");
    world_end(&w);
}

UNIT_TEST(test_api_export_names_are_listed_in_order)
{
    struct world w;
    world_begin(&w);
    struct mote_instance *instance = world_instance(&w, "basics");
    static const char *const names[] = {"add", "everything", "nothing", "divide", "count"};
    uint32_t length, count = 0;
    for (uint32_t i = 0; i < 5; i++) {
        const char *name = mote_export_func_name(instance, i, &length);
        REQUIRE(name != NULL);
        CHECK(length == strlen(names[i]) && memcmp(name, names[i], length) == 0);
    }
    while (mote_export_func_name(instance, count, &length)) {
        count++;
    }
    CHECK_EQUAL(count, 15);
    CHECK(mote_export_func_name(instance, UINT32_MAX, &length) == NULL);
    world_end(&w);
}

UNIT_TEST(test_api_funcrefs_go_out_and_back_in)
{
    struct world w;
    world_begin(&w);
    struct mote_instance *instance = world_instance(&w, "basics");
    struct mote_value index = i32_value(0), ref;
    CHECK_EQUAL(world_call(&w, instance, "get_func", &index, 1, &ref, 1), MOTE_ERROR_NONE);
    CHECK_EQUAL(ref.type, MOTE_FUNCREF);
    REQUIRE(ref.of.funcref != NULL);
    CHECK_EQUAL(mote_func_param_count(ref.of.funcref), 2);
    struct mote_value params[3] = {i32_value(2), i32_value(3)}, result;
    CHECK_EQUAL(mote_call(w.agent, ref.of.funcref, params, 2, &result, 1), MOTE_ERROR_NONE);
    CHECK_EQUAL(result.of.i32, 5);
    params[0] = i32_value(3);
    params[1] = ref;
    CHECK_EQUAL(world_call(&w, instance, "set_func", params, 2, NULL, 0), MOTE_ERROR_NONE);
    params[1] = i32_value(30);
    params[2] = i32_value(4);
    CHECK_EQUAL(world_call(&w, instance, "indirect", params, 3, &result, 1), MOTE_ERROR_NONE);
    CHECK_EQUAL(result.of.i32, 34);
    world_end(&w);
}

UNIT_TEST(test_api_traps_are_told_and_forgotten)
{
    struct world w;
    world_begin(&w);
    struct mote_instance *instance = world_instance(&w, "basics");
    struct mote_value params[3] = {i32_value(1), i32_value(0), i32_value(0)}, result;
    CHECK_EQUAL(world_call(&w, instance, "divide", params, 2, &result, 1), MOTE_ERROR_TRAPPED);
    CHECK_EQUAL(mote_agent_trap(w.agent), MOTE_TRAP_INTEGER_DIVIDE_BY_ZERO);
    params[0] = i32_value(0x80000000);
    params[1] = i32_value(UINT32_MAX);
    CHECK_EQUAL(world_call(&w, instance, "divide", params, 2, &result, 1), MOTE_ERROR_TRAPPED);
    CHECK_EQUAL(mote_agent_trap(w.agent), MOTE_TRAP_INTEGER_OVERFLOW);
    params[0] = i32_value(1);
    CHECK_EQUAL(world_call(&w, instance, "indirect", params, 3, &result, 1), MOTE_ERROR_TRAPPED);
    CHECK_EQUAL(mote_agent_trap(w.agent), MOTE_TRAP_INDIRECT_CALL_MISMATCH);
    params[0] = i32_value(2);
    CHECK_EQUAL(world_call(&w, instance, "indirect", params, 3, &result, 1), MOTE_ERROR_TRAPPED);
    CHECK_EQUAL(mote_agent_trap(w.agent), MOTE_TRAP_UNINITIALIZED_ELEMENT);
    params[0] = i32_value(4);
    CHECK_EQUAL(world_call(&w, instance, "indirect", params, 3, &result, 1), MOTE_ERROR_TRAPPED);
    CHECK_EQUAL(mote_agent_trap(w.agent), MOTE_TRAP_UNDEFINED_ELEMENT);
    CHECK_EQUAL(world_call_i32(&w, instance, "count", 0), 8);
    CHECK_EQUAL(mote_agent_trap(w.agent), MOTE_TRAP_NONE);
    world_end(&w);
}

UNIT_TEST(test_api_trap_tells_its_call_stack)
{
    struct world w;
    world_begin(&w);
    struct mote_instance *instance = world_instance(&w, "basics");
    CHECK_EQUAL(world_trap(&w, instance, "trap_deep", 0, 0), MOTE_TRAP_UNREACHABLE);
    static const char *const names[] = {"deepest", "middle", "outer"};
    CHECK_EQUAL(mote_agent_frame_count(w.agent), 3);
    const struct unit_module *bytes = unit_find_module("basics");
    struct mote_frame frame;
    for (uint32_t i = 0; i < 3; i++) {
        REQUIRE(mote_agent_frame(w.agent, i, &frame));
        CHECK(frame.instance == instance);
        CHECK_EQUAL(frame.funcidx, 11 + i);
        REQUIRE(frame.name != NULL);
        CHECK(frame.name_length == strlen(names[i]) && memcmp(frame.name, names[i], frame.name_length) == 0);
        REQUIRE(frame.offset < bytes->size);
        CHECK_EQUAL(bytes->bytes[frame.offset], i == 0 ? 0x00 : 0x10); /* unreachable, call, call */
    }
    CHECK(!mote_agent_frame(w.agent, 3, &frame));
    CHECK(!mote_agent_frame(w.agent, UINT32_MAX, &frame));
    world_end(&w);
}

UNIT_TEST(test_api_deep_recursion_exhausts_the_stack_and_no_more)
{
    struct world w;
    world_begin(&w);
    struct mote_instance *instance = world_instance(&w, "basics");
    CHECK_EQUAL(world_trap(&w, instance, "recurse", 0, 0), MOTE_TRAP_CALL_STACK_EXHAUSTED);
    uint32_t frames = mote_agent_frame_count(w.agent);
    CHECK(frames > 500);
    CHECK(frames < WORLD_STACK_BYTES / 8);
    CHECK_EQUAL(world_call_i32(&w, instance, "down", 400), 400);
    struct mote_frame frame;
    CHECK(!mote_agent_frame(w.agent, 0, &frame));
    world_end(&w);
}

UNIT_TEST(test_api_stack_size_decides_the_depth)
{
    struct world w;
    world_begin(&w);
    struct mote_instance *instance = world_instance(&w, "basics");
    uint32_t depths[2];
    for (int i = 0; i < 2; i++) {
        struct mote_agent *agent;
        REQUIRE(mote_agent_new(w.runtime, i ? 32768 : 16384, &agent) == MOTE_ERROR_NONE);
        struct mote_value result;
        CHECK_EQUAL(mote_call(agent, mote_find_func(instance, "recurse"), NULL, 0, &result, 1), MOTE_ERROR_TRAPPED);
        depths[i] = mote_agent_frame_count(agent);
        mote_agent_free(agent);
    }
    CHECK(depths[1] > depths[0] * 3 / 2);
    CHECK(depths[1] < depths[0] * 3);
    world_end(&w);
}

UNIT_TEST(test_api_memory_view_is_range_checked)
{
    struct world w;
    world_begin(&w);
    struct mote_instance *instance = world_instance(&w, "basics");
    CHECK_EQUAL(mote_memory_size(instance), 65536);
    char *hello = mote_memory_at(instance, 8, 5);
    REQUIRE(hello != NULL);
    CHECK(memcmp(hello, "hello", 5) == 0);
    CHECK(mote_memory_at(instance, 65535, 1) != NULL);
    CHECK(mote_memory_at(instance, 0, 65536) != NULL);
    CHECK(mote_memory_at(instance, 65536, 0) != NULL);
    CHECK(mote_memory_at(instance, 65536, 1) == NULL);
    CHECK(mote_memory_at(instance, 65537, 0) == NULL);
    CHECK(mote_memory_at(instance, 1, 65536) == NULL);
    CHECK(mote_memory_at(instance, 0, UINT64_MAX) == NULL);
    CHECK(mote_memory_at(instance, UINT64_MAX, 2) == NULL);
    CHECK(mote_memory_at(instance, UINT64_MAX - 1, 1) == NULL);
    hello[0] = 'J';
    CHECK_EQUAL(world_call_i32(&w, instance, "load", 8), 'J' | 'e' << 8 | 'l' << 16 | 'l' << 24);
    struct mote_instance *empty = world_instance(&w, "empty");
    CHECK_EQUAL(mote_memory_size(empty), 0);
    CHECK(mote_memory_at(empty, 0, 1) == NULL);
    world_end(&w);
}

UNIT_TEST(test_api_memory_grows_up_to_its_maximum_and_keeps_its_contents)
{
    struct world w;
    world_begin(&w);
    struct mote_instance *instance = world_instance(&w, "basics");
    CHECK_EQUAL(world_trap(&w, instance, "load", 1, 65536), MOTE_TRAP_MEMORY_OUT_OF_BOUNDS);
    CHECK_EQUAL(world_call_i32(&w, instance, "grow", 2), 1);
    CHECK_EQUAL(mote_memory_size(instance), 3 * 65536);
    CHECK(memcmp(mote_memory_at(instance, 8, 5), "hello", 5) == 0);
    CHECK_EQUAL(world_call_i32(&w, instance, "load", 3 * 65536 - 4), 0);
    CHECK_EQUAL(world_trap(&w, instance, "load", 1, 3 * 65536 - 3), MOTE_TRAP_MEMORY_OUT_OF_BOUNDS);
    CHECK_EQUAL(world_trap(&w, instance, "load", 1, UINT32_MAX), MOTE_TRAP_MEMORY_OUT_OF_BOUNDS);
    CHECK_EQUAL(world_call_i32(&w, instance, "grow", 1), UINT32_MAX);
    CHECK_EQUAL(world_call_i32(&w, instance, "grow", 0), 3);
    CHECK_EQUAL(world_call_i32(&w, instance, "grow", UINT32_MAX), UINT32_MAX);
    world_end(&w);
}
