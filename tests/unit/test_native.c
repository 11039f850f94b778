/* aot: native code run from a section made by hand, with traps, call stacks and host functions. */
#include "native_file.h"
#include "world.h"

static enum mote_trap host_trap; /* what env.f does: this trap, or */
static const char *host_calls;   /* a call back of this export */

static enum mote_trap host_function(struct mote_caller *caller, uint64_t *values)
{
    if (host_calls) {
        struct mote_value result;
        mote_call(caller->agent, mote_find_func(caller->instance, host_calls), NULL, 0, &result, 1);
        return mote_agent_trap(caller->agent);
    }
    values[0] = 2 * (uint32_t)values[0];
    return host_trap;
}

static const struct mote_host_func host_functions[] = {{"f", "i:i", host_function, NULL}, {NULL, NULL, NULL, NULL}};
static const struct mote_host_module host = {"env", host_functions, NULL};

static struct mote_instance *begin(struct world *world, const struct native_file *file)
{
    host_trap = MOTE_TRAP_NONE;
    host_calls = NULL;
    world_begin(world);
    struct mote_module *module = NULL;
    REQUIRE(mote_host_module_register(world->runtime, &host) == MOTE_ERROR_NONE);
    enum mote_error error = mote_module_load(world->runtime, file->bytes, file->size, &module, &world->diag);
    CHECK_EQUAL(error, MOTE_ERROR_NONE);
    CHECK_TEXT(world->diag.message, "");
    REQUIRE(module != NULL);
    CHECK_TEXT(mote_module_engine(module), "native");
    struct mote_instance *instance = NULL;
    CHECK_EQUAL(mote_instance_new(module, world->agent, &instance, &world->diag), MOTE_ERROR_NONE);
    REQUIRE(instance != NULL);
    mote_module_unload(module);
    return instance;
}

static void check_frame(const struct world *world, uint32_t i, uint32_t funcidx, uint32_t offset)
{
    struct mote_frame frame;
    REQUIRE(mote_agent_frame(world->agent, i, &frame));
    CHECK_EQUAL(frame.funcidx, funcidx);
    CHECK_EQUAL(frame.offset, offset);
}

UNIT_TEST(test_native_code_runs_in_place)
{
    struct native_file file;
    struct world world;
    if (native_file_can_run) {
        native_file_make(&file);
        struct mote_instance *instance = begin(&world, &file);
        CHECK_EQUAL(world_call_i32(&world, instance, "next", 41), 42);
        CHECK_EQUAL(world_call_i32(&world, instance, "next", UINT32_MAX), 0);
        world_end(&world);
    }
}

UNIT_TEST(test_native_traps_tell_their_frames)
{
    struct native_file file;
    struct world world;
    if (native_file_can_run) {
        native_file_make(&file);
        struct mote_instance *instance = begin(&world, &file);
        CHECK_EQUAL(world_trap(&world, instance, "outer", 0, 0), MOTE_TRAP_UNREACHABLE);
        CHECK_EQUAL(mote_agent_frame_count(world.agent), 2);
        check_frame(&world, 0, 2, file.code_at + 7 + 77); /* what TRAP was told, in the second body */
        check_frame(&world, 1, 3, 52); /* what the table of lines says */
        CHECK_EQUAL(world_call_i32(&world, instance, "next", 1), 2);
        world_end(&world);
    }
}

UNIT_TEST(test_native_calls_go_through_host_functions_and_back)
{
    struct native_file file;
    struct world world;
    if (native_file_can_run) {
        native_file_make(&file);
        struct mote_instance *instance = begin(&world, &file);
        CHECK_EQUAL(world_call_i32(&world, instance, "host", 21), 42);
        host_trap = MOTE_TRAP_EXIT;
        CHECK_EQUAL(world_trap(&world, instance, "host", 1, 1), MOTE_TRAP_EXIT);
        CHECK_EQUAL(mote_agent_frame_count(world.agent), 1);
        check_frame(&world, 0, 4, 52);
        host_trap = MOTE_TRAP_NONE;
        host_calls = "outer";
        CHECK_EQUAL(world_trap(&world, instance, "host", 1, 1), MOTE_TRAP_UNREACHABLE);
        host_calls = NULL;
        CHECK_EQUAL(world_call_i32(&world, instance, "host", 4), 8);
        world_end(&world);
    }
}

UNIT_TEST(test_native_interrupts_wait_until_they_are_resumed)
{
    struct native_file file;
    struct world world;
    if (native_file_can_run) {
        native_file_make(&file);
        struct mote_instance *instance = begin(&world, &file);
        mote_agent_interrupt(world.agent, MOTE_TRAP_DEADLINE);
        CHECK_EQUAL(world_trap(&world, instance, "next", 1, 1), MOTE_TRAP_DEADLINE);
        mote_agent_resume(world.agent);
        CHECK_EQUAL(world_call_i32(&world, instance, "next", 1), 2);
        world_end(&world);
    }
}

UNIT_TEST(test_native_accesses_of_guard_pages_tell_their_frames)
{
    struct native_file file;
    struct world world;
    if (native_file_can_run && ENABLED(CONFIG_MEMORY_GUARD_PAGES)) {
        native_file_make(&file);
        file.header->flags = NATIVE_GUARD_PAGES;
        native_file_seal(&file);
        struct mote_instance *instance = begin(&world, &file);
        CHECK_EQUAL(world_call_i32(&world, instance, "load", 65532), 0);
        CHECK_EQUAL(world_trap(&world, instance, "load", 1, 65533), MOTE_TRAP_MEMORY_OUT_OF_BOUNDS);
        CHECK_EQUAL(mote_agent_frame_count(world.agent), 1);
        check_frame(&world, 0, 5, 52);
        CHECK_EQUAL(world_call_i32(&world, instance, "next", 1), 2);
        world_end(&world);
    }
}
