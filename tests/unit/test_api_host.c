/* mote.h: host functions, with user data, traps, calls back in, and through tables. */
#include "world.h"

struct host {
    struct mote_instance *instance;
    uint32_t calls;
    const struct mote_caller *last;
};

static enum mote_trap host_sum(struct mote_caller *caller, uint64_t *values)
{
    struct host *host = caller->user;
    float single;
    double wide;
    memcpy(&single, &values[2], sizeof single);
    memcpy(&wide, &values[3], sizeof wide);
    double sum = (double)(uint32_t)values[0] + (double)(int64_t)values[1] + (double)single + wide;
    memcpy(&values[0], &sum, sizeof sum);
    host->calls++;
    return caller->instance == host->instance ? MOTE_TRAP_NONE : MOTE_TRAP_HOST;
}

static enum mote_trap host_back(struct mote_caller *caller, uint64_t *values)
{
    struct host *host = caller->user;
    host->calls++;
    struct mote_value param = i32_value((uint32_t)values[0]), result;
    enum mote_error error = mote_call(caller->agent, mote_find_func(host->instance, "nest"), &param, 1, &result, 1);
    values[0] = result.of.i32;
    return error ? mote_agent_trap(caller->agent) : MOTE_TRAP_NONE;
}

static enum mote_trap host_fail(struct mote_caller *caller, uint64_t *values)
{
    (void)values;
    return caller->user ? MOTE_TRAP_HOST : MOTE_TRAP_NONE;
}

static enum mote_trap host_three(struct mote_caller *caller, uint64_t *values)
{
    (void)caller;
    values[2] = values[0];
    values[1] = UINT64_MAX;
    values[0] = 0x89ABCDEF;
    return MOTE_TRAP_NONE;
}

static const struct mote_host_func functions[] = {
    {"sum", "iIfF:F", host_sum, NULL},
    {"back", "i:i", host_back, NULL},
    {"fail", ":", host_fail, NULL},
    {"three", "x:iIx", host_three, NULL},
    {NULL, NULL, NULL, NULL},
};

static void begin(struct world *w, struct host *host, struct mote_host_module *module)
{
    world_begin(w);
    *host = (struct host){.calls = 0};
    *module = (struct mote_host_module){"env", functions, host};
    REQUIRE(mote_host_module_register(w->runtime, module) == MOTE_ERROR_NONE);
    host->instance = world_instance(w, "host");
}

UNIT_TEST(test_host_gets_arguments_and_user_data)
{
    struct world w;
    struct host host;
    struct mote_host_module module;
    begin(&w, &host, &module);
    struct mote_value params[4] = {{.type = MOTE_I32}, {.type = MOTE_I64}, {.type = MOTE_F32}, {.type = MOTE_F64}}, result;
    params[0].of.bits = 1;
    params[1].of.i64 = (uint64_t)-20;
    params[2].of.bits = 0x40400000; /* 3.0 */
    params[3].of.f64 = 0.25;
    CHECK_EQUAL(world_call(&w, host.instance, "sum", params, 4, &result, 1), MOTE_ERROR_NONE);
    CHECK(result.of.f64 == -15.75);
    CHECK_EQUAL(host.calls, 1);
    world_end(&w);
}

UNIT_TEST(test_host_gives_several_results)
{
    struct world w;
    struct host host;
    struct mote_host_module module;
    begin(&w, &host, &module);
    struct mote_value param = {.type = MOTE_EXTERNREF, .of = {.externref = &w}}, results[3];
    CHECK_EQUAL(world_call(&w, host.instance, "three", &param, 1, results, 3), MOTE_ERROR_NONE);
    CHECK_EQUAL(results[0].of.i32, 0x89ABCDEF);
    CHECK_EQUAL(results[1].of.i64, UINT64_MAX);
    CHECK(results[2].of.externref == &w);
    world_end(&w);
}

UNIT_TEST(test_host_may_call_back_in)
{
    struct world w;
    struct host host;
    struct mote_host_module module;
    begin(&w, &host, &module);
    CHECK_EQUAL(world_call_i32(&w, host.instance, "nest", 10), 110);
    CHECK_EQUAL(host.calls, 10);
    struct mote_value depth;
    CHECK_EQUAL(mote_global_get(host.instance, "depth", &depth), MOTE_ERROR_NONE);
    CHECK_EQUAL(depth.of.i32, 11);
    world_end(&w);
}

UNIT_TEST(test_host_recursion_through_the_host_is_bounded)
{
    struct world w;
    struct host host;
    struct mote_host_module module;
    begin(&w, &host, &module);
    CHECK_EQUAL(world_trap(&w, host.instance, "nest", 1, UINT32_MAX), MOTE_TRAP_CALL_STACK_EXHAUSTED);
    CHECK_EQUAL(world_call_i32(&w, host.instance, "nest", 3), 103);
    world_end(&w);
}

UNIT_TEST(test_host_trap_unwinds_the_caller)
{
    struct world w;
    struct host host;
    struct mote_host_module module;
    begin(&w, &host, &module);
    CHECK_EQUAL(world_trap(&w, host.instance, "fail", 0, 0), MOTE_TRAP_HOST);
    CHECK_EQUAL(world_call_i32(&w, host.instance, "nest", 0), 100);
    world_end(&w);
}

/* Calls into another instance, where it traps, and keeps the frames: user is a struct host with that instance. */
static struct mote_frame frames[8];

static enum mote_trap host_trap_elsewhere(struct mote_caller *caller, uint64_t *values)
{
    (void)values;
    struct host *host = caller->user;
    enum mote_error error = mote_call(caller->agent, mote_find_func(host->instance, "trap_deep"), NULL, 0, NULL, 0);
    while (host->calls < 8 && mote_agent_frame(caller->agent, host->calls, &frames[host->calls])) {
        host->calls++;
    }
    return error == MOTE_ERROR_TRAPPED ? MOTE_TRAP_NONE : MOTE_TRAP_HOST;
}

UNIT_TEST(test_host_sees_frames_of_both_instances)
{
    struct world w;
    struct host host;
    struct mote_host_module module;
    begin(&w, &host, &module);
    struct host other = {.instance = world_instance(&w, "basics")};
    const struct mote_host_func replaced[] = {{"fail", ":", host_trap_elsewhere, &other}, {NULL, NULL, NULL, NULL}};
    struct mote_host_module later = {"env", replaced, NULL};
    CHECK_EQUAL(mote_host_module_register(w.runtime, &later), MOTE_ERROR_NONE);
    struct mote_instance *user = world_instance(&w, "host");
    CHECK_EQUAL(world_call(&w, user, "fail", NULL, 0, NULL, 0), MOTE_ERROR_NONE);
    REQUIRE(other.calls == 4);
    CHECK(frames[0].instance == other.instance && frames[2].instance == other.instance);
    CHECK(frames[0].name_length == 7 && memcmp(frames[0].name, "deepest", 7) == 0);
    CHECK(frames[3].instance == user && frames[3].offset != MOTE_NO_INDEX);
    CHECK(frames[3].name_length == 4 && memcmp(frames[3].name, "fail", 4) == 0);
    mote_runtime_free(w.runtime);
    CHECK_EQUAL(w.account.bytes, 0);
}

UNIT_TEST(test_host_functions_go_through_tables_and_exports)
{
    struct world w;
    struct host host;
    struct mote_host_module module;
    begin(&w, &host, &module);
    CHECK_EQUAL(world_call_i32(&w, host.instance, "through_table", 2), 102);
    CHECK_EQUAL(world_call_i32(&w, host.instance, "back", 1), 101); /* called by the embedder itself */
    world_end(&w);
}

UNIT_TEST(test_host_function_of_another_type_is_refused)
{
    struct world w;
    world_begin(&w);
    static const struct mote_host_func wrong[] = {
        {"sum", "iIfF:f", host_sum, NULL}, {"back", "i:i", host_back, NULL}, {"fail", ":", host_fail, NULL},
        {"three", "x:iIx", host_three, NULL}, {NULL, NULL, NULL, NULL},
    };
    struct mote_host_module module = {"env", wrong, NULL};
    CHECK_EQUAL(mote_host_module_register(w.runtime, &module), MOTE_ERROR_NONE);
    struct mote_module *user = world_load(&w, "host");
    struct mote_instance *instance;
    CHECK_EQUAL(mote_instance_new(user, w.agent, &instance, &w.diag), MOTE_ERROR_IMPORT_TYPE);
    world_end(&w);
}

UNIT_TEST(test_host_later_module_is_asked_first_and_rows_have_their_own_user)
{
    struct world w;
    struct host host;
    struct mote_host_module module;
    begin(&w, &host, &module);
    struct host other = {.calls = 0};
    const struct mote_host_func replaced[] = {{"sum", "iIfF:F", host_sum, &other}, {NULL, NULL, NULL, NULL}};
    struct mote_host_module later = {"env", replaced, NULL};
    CHECK_EQUAL(mote_host_module_register(w.runtime, &later), MOTE_ERROR_NONE);
    other.instance = world_instance(&w, "host"); /* back, fail and three come from the earlier one */
    struct mote_value params[4] = {{.type = MOTE_I32}, {.type = MOTE_I64}, {.type = MOTE_F32}, {.type = MOTE_F64}}, result;
    CHECK_EQUAL(world_call(&w, other.instance, "sum", params, 4, &result, 1), MOTE_ERROR_NONE);
    CHECK_EQUAL(other.calls, 1);
    CHECK_EQUAL(host.calls, 0);
    mote_runtime_free(w.runtime);
    CHECK_EQUAL(w.account.bytes, 0);
}
